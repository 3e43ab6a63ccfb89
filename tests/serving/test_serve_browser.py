"""The server in a real browser: pictures are dropped, corrected, downloaded, learned from."""

from __future__ import annotations

import base64
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from chromium import Browser, By, start_chromium
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.wait import WebDriverWait

pytest.importorskip("uvicorn", reason="needs the extra serve")
pytest.importorskip("starlette", reason="needs the extra serve")

SAMPLES = Path(__file__).parents[2] / "samples"
SHORT = """
from dataclasses import replace
from ocr_cli.learning import adapt
adapt.SETTINGS = replace(adapt.SETTINGS, epochs=1, batch_size=32)
adapt.BATCHES, adapt._WRITERS = 2, 2
adapt._better = lambda after, before: True
from ocr_cli.cli import main
main(["serve", "--port", "0", "--model", "block"], prog_name="ocr")
"""
"""Learning is short: how well is tested elsewhere."""
PATIENCE = 120
DROP = """
const bytes = (content) => Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
const moved = new DataTransfer();
for (const [name, content] of arguments[0]) moved.items.add(new File([bytes(content)], name));
for (const kind of ["dragenter", "dragover", "drop"])
  document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: moved, bubbles: true, cancelable: true }));
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    server = subprocess.Popen([sys.executable, "-c", SHORT], stderr=subprocess.PIPE, text=True, cwd=folder)
    yield re.search(r"http://\S+", server.stderr.readline())[0]
    server.terminate()
    server.wait(30)
    server.stderr.close()


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    driver = start_chromium(tmp_path_factory.mktemp("profile"))
    driver.set_page_load_timeout(PATIENCE)
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium, tmp_path: Path, address: str) -> Iterator[Browser]:
    opened = Browser(chromium, tmp_path)
    chromium.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    chromium.get(address)
    yield opened
    log = [entry for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"]
    chromium.execute_script("window.onbeforeunload = null; window.stop()")
    chromium.get("about:blank")
    assert [entry for entry in log if "status of 422" not in entry["message"]] == []


def until(condition) -> None:
    # What was found may be of the page before.
    WebDriverWait(None, PATIENCE, 0.1, [StaleElementReferenceException]).until(lambda _: condition())


def drop(browser: Browser, *files: tuple[str, bytes]) -> None:
    """As from a window with files, and wait until they are read."""
    given = [[name, base64.b64encode(content).decode()] for name, content in files]
    browser.driver.execute_script(DROP, given)
    until(lambda: browser.driver.find_elements(By.CSS_SELECTOR, "html.ready, .failed li"))


def test_a_photograph_is_dropped_corrected_downloaded_and_learned_from(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    drop(browser, ("table.jpg", (SAMPLES / "table.jpg").read_bytes()), ("bad.txt", b"no picture"))
    assert browser.lines == (SAMPLES / "table.gt.txt").read_text().splitlines()
    assert browser.find(".failed").text == "bad.txt: is not a picture in a known format"
    assert browser.find(".model").text == "read with the model block"
    browser.find(".grid [aria-selected]").click()
    browser.press(Keys.F2)
    browser.chord(Keys.CONTROL, "a")
    browser.press("J. KOVALSKI", Keys.ENTER)
    assert browser.download("Download transcript", "table.gt.txt").startswith("J. KOVALSKI\n48 MILL LANE\n")
    table = browser.download("Download table", "table.csv")
    assert "table.jpg,1,1,2,KOVALSKI," in table
    browser.click("Download PDF")
    until(lambda: (tmp_path / "table.pdf").exists() and (tmp_path / "table.pdf").stat().st_size)
    assert (tmp_path / "table.pdf").read_bytes().startswith(b"%PDF-")

    browser.click("Learn from this page")
    until(lambda: browser.find(".learned").text)
    assert re.match(r"Learned: learned from \d+ characters; of \d+ held back", browser.find(".learned").text)
    assert (folder / "me.npz").exists()
    browser.find("header a").click()
    assert "me.npz" in browser.find(".small").text


def test_nothing_that_can_be_read(browser: Browser) -> None:
    drop(browser, ("<b>.txt", b"no picture"))
    assert browser.find(".failed li").text == "<b>.txt: is not a picture in a known format"
    assert browser.find(".place b").text == "Drop photographs or scans here"


def test_by_keyboard_and_file_dialog(browser: Browser) -> None:
    choose = browser.find("input[type=file]")
    assert choose.accessible_name.startswith("Drop photographs or scans here")
    choose.send_keys(str(SAMPLES / "note.jpg"))
    browser.find("button").send_keys(Keys.ENTER)
    until(lambda: browser.driver.find_elements(By.CSS_SELECTOR, "html.ready"))
    assert browser.lines[0] == "DEAR ANNA"


@pytest.mark.parametrize("width", [360, 1366])
def test_it_fits_its_window(browser: Browser, width: int) -> None:
    metrics = {"width": width, "height": 740, "deviceScaleFactor": 1, "mobile": False}
    browser.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= width
    browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


class Elsewhere(BaseHTTPRequestHandler):
    """Another site, on this computer too, so that the browser itself has nothing against it."""

    target = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        form = f"<form action='{self.target}' method=post enctype='multipart/form-data'><button>go</button>"
        self.wfile.write(form.encode())

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


def test_another_sites_form_is_refused(browser: Browser, address: str) -> None:
    Elsewhere.target = f"{address}pages"
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        browser.driver.get(f"http://127.0.0.1:{other.server_port}/")
        browser.find("button").click()
        until(lambda: "refused" in browser.find("body").text)
        other.shutdown()
    assert browser.find("body").text == "refused: another site asks"
    # What the browser says of the answer 403 is no fault of ours.
    browser.driver.get_log("browser")
