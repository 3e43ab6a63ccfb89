"""A browser without a window and a person at its keyboard; needs selenium, Chromium and chromedriver."""

import json
import shutil
import time

import pytest
from PIL import Image

from ocr_cli import Page
from ocr_cli.writers.html import HtmlWriter

webdriver = pytest.importorskip("selenium.webdriver", reason="needs selenium")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
if CHROMIUM is None or DRIVER is None:
    pytest.skip("needs Chromium and chromedriver", allow_module_level=True)

from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1200,900",
)


def start_chromium(profile):
    """A browser with a folder of its own; ``quit`` ends it."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service(DRIVER))


class Browser:
    """A person at the keyboard before the page that ``ocr read --format html`` writes."""

    def __init__(self, driver, folder):
        self.driver, self.folder = driver, folder

    def open(self, *pages):
        writer = HtmlWriter()
        parts = [
            writer.add(page, lambda page=page: Image.new("RGB", (page.width, page.height), "white"))
            for page in pages
        ]
        path = self.folder / "page.html"
        path.write_bytes(b"".join([*parts, writer.finish()]))
        self.open_file(path)

    def open_file(self, path):
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(self.folder)}
        )
        self.driver.get(path.as_uri())
        self.find(".grid [aria-selected]").click()

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def press(self, *keys):
        """One key after the other, each to what has the focus then."""
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def chord(self, modifier, key):
        webdriver.ActionChains(self.driver).key_down(modifier).send_keys(key).key_up(modifier).perform()

    @property
    def focused(self):
        """What a screen reader says of the element that has the focus."""
        element = self.driver.switch_to.active_element
        return element.accessible_name

    @property
    def said(self):
        return self.find("[role=status]").get_property("textContent")

    @property
    def lines(self):
        return self.driver.execute_script(
            """return [...document.querySelectorAll(".grid [role=row]")].map((row) =>
              [...row.querySelectorAll("[role=gridcell]:not(.end)")].map((cell) => cell.textContent)
                .join("").replaceAll("\\u00a0", " "));"""
        )

    def click(self, text):
        self.driver.find_element(By.XPATH, f"//button[text()='{text}']").click()

    def download(self, button, name):
        path = self.folder / name
        path.unlink(missing_ok=True)
        self.click(button)
        end = time.monotonic() + 10
        # Chromium reserves the name with an empty file, which the whole one then replaces.
        while not (path.exists() and path.stat().st_size) and time.monotonic() < end:
            time.sleep(0.02)
        return path.read_text(encoding="utf-8")

    def page(self, name="note.json"):
        return Page.from_dict(json.loads(self.download("Download JSON", name)))
