"""The review of forms in a real browser: its order, its keys, and what is saved."""

import csv
import io
import zipfile

import pytest
from chromium import Browser, start_chromium
from PIL import Image
from selenium.webdriver.common.keys import Keys

from ocr_cli import Alternative, Box
from ocr_cli.forms.review import ReviewWriter
from ocr_cli.forms.values import FieldValue, FormPage, FormValues


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    driver = start_chromium(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


def value(name, text, confidence, kind="text", others=(), doubts=()):
    alternatives = tuple(Alternative(other, 0.1) for other in others)
    return FieldValue(name, kind, text, confidence, Box(20, 20, 220, 60), (), alternatives, doubts)


FORMS = {
    "a.jpg": [value("Name", "ANNA", 0.9), value("Date", "31.02.2024", 0.4, "date", doubts=("no date",))],
    "b.jpg": [value("Name", "MlLA", 0.6, others=("MILA", "MELA")), value("Date", "01.02.2024", 0.94, "date")],
    "c.jpg": [value("Name", "RUTH", 0.99), value("Sure", "7", 1.0)],
}


@pytest.fixture
def review(chromium, tmp_path):
    writer = ReviewWriter(0.95)
    parts = []
    for source, values in FORMS.items():
        page = FormPage(400, 100, (), source, 1, form=FormValues("visit", 0.01, tuple(values)))
        parts.append(writer.add(page, lambda: Image.new("RGB", (400, 100), "white")))
    path = tmp_path / "review.html"
    path.write_bytes(b"".join([*parts, writer.finish()]))
    browser = Browser(chromium, tmp_path)
    chromium.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    chromium.get(path.as_uri())
    yield browser
    log = [entry for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"]
    chromium.execute_script("window.onbeforeunload = null; unsaved = false;")
    chromium.get("about:blank")
    assert log == []


def order(browser):
    return browser.driver.execute_script(
        "return [...document.querySelectorAll('.item')].map((one) => one.querySelector('input').ariaLabel);"
    )


def test_the_least_sure_first_and_the_same_field_of_all_forms_together(review):
    assert [text.rpartition(",")[0] for text in order(review)] == [
        "Date, a.jpg",
        "Date, b.jpg",
        "Name, b.jpg",
        "Name, a.jpg",
    ]
    assert review.focused.startswith("Date, a.jpg, 40 % sure")


def test_enter_accepts_and_corrections_are_saved(review):
    review.press(*"03.02.2024", Keys.ENTER)
    review.press(Keys.ENTER)
    assert review.focused.startswith("Name, b.jpg")
    review.click("MILA")
    review.press(Keys.ENTER)
    rows = list(csv.DictReader(io.StringIO(review.download("Save corrections", "corrections.csv"))))
    found = [(row["file"], row["field"], row["value"], row["read"], row["reviewed"]) for row in rows]
    assert found == [
        ("a.jpg", "Date", "03.02.2024", "31.02.2024", "yes"),
        ("b.jpg", "Date", "01.02.2024", "01.02.2024", "yes"),
        ("b.jpg", "Name", "MILA", "MlLA", "yes"),
        ("a.jpg", "Name", "ANNA", "ANNA", "no"),
    ]
    assert "corrections.csv is saved" in review.said


def test_escape_takes_back_and_arrows_go_on(review):
    review.press(*"x", Keys.ESCAPE, Keys.ARROW_DOWN)
    assert review.focused.startswith("Date, b.jpg")
    review.press(Keys.ARROW_UP)
    field = review.driver.switch_to.active_element
    assert field.get_property("value") == "31.02.2024"


def test_reviewed_fields_are_transcripts_to_learn_from(review, tmp_path):
    review.press(Keys.ENTER, Keys.ENTER)
    path = tmp_path / "transcripts.zip"
    review.click("Save transcripts")
    for _ in range(200):
        if path.exists() and path.stat().st_size:
            break
        review.driver.execute_async_script("setTimeout(arguments[0], 20)")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [
            "0001-Date.jpg",
            "0001-Date.gt.txt",
            "0002-Date.jpg",
            "0002-Date.gt.txt",
        ]
        assert archive.read("0001-Date.gt.txt").decode().strip() == "31.02.2024"
        assert Image.open(io.BytesIO(archive.read("0001-Date.jpg"))).size == (224, 64)
