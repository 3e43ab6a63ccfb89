"""The HTML page in a real browser: corrected by its keys, downloaded, compared."""

import base64
import io
import json

import pytest
from chromium import Browser, start_chromium
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from ocr_cli import Alternative, Box, Character, Line, Page, Word
from ocr_cli.writers.json_lines import page_to_json_line


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    driver = start_chromium(tmp_path_factory.mktemp("profile"))
    yield driver
    driver.quit()


@pytest.fixture
def browser(chromium, tmp_path):
    opened = Browser(chromium, tmp_path)
    yield opened
    log = [entry for entry in chromium.get_log("browser") if entry["level"] == "SEVERE"]
    chromium.get("about:blank")
    assert log == []


@pytest.fixture
def note():
    """HELL0 W0RLD and 12, with the zeros unsure and their alternatives at hand."""
    lines = []
    for row, text in enumerate(("HELL0 W0RLD", "12")):
        words, left = [], 20
        for word in text.split():
            characters = []
            for letter in word:
                box = Box(left, 30 + 80 * row, left + 30, 80 + 80 * row)
                others = (Alternative("O", 0.4), Alternative("Q", 0.05)) if letter == "0" else ()
                characters.append(Character(box, letter, 0.55 if letter == "0" else 0.98, others))
                left += 40
            words.append(Word(tuple(characters)))
            left += 30
        lines.append(Line(tuple(words), 0.5, (Alternative(text, 0.5),)))
    return Page(600, 200, tuple(lines), "scans/note.jpg")


def rounded(page):
    """The page with confidences as JSON has them."""
    return Page.from_dict(json.loads(page_to_json_line(page)))


def test_untouched_downloads_are_what_was_read(browser, note):
    browser.open(note)
    assert browser.lines == ["HELL0 W0RLD", "12"]
    assert browser.download("Download transcript", "note.gt.txt") == "HELL0 W0RLD\n12\n"
    downloaded = browser.download("Download JSON", "note.json")
    assert json.loads(downloaded) == json.loads(page_to_json_line(note))
    assert downloaded.isascii()
    assert downloaded.count("\n") == 1


def test_a_character_is_corrected_by_keyboard_and_downloaded(browser, note):
    browser.open(note)
    browser.chord(Keys.CONTROL, Keys.ARROW_RIGHT)
    assert browser.focused == "0, 55 % sure, unsure"
    browser.press(Keys.ENTER)
    assert browser.focused == "O, 40 %"
    browser.press(Keys.ARROW_RIGHT)
    assert browser.focused == "Q, 5 %"
    browser.press(Keys.ARROW_LEFT, Keys.ENTER)
    assert browser.said == "0 replaced by O"
    browser.chord(Keys.CONTROL, Keys.ARROW_RIGHT)
    browser.press("o")
    assert browser.lines == ["HELLO WoRLD", "12"]
    assert browser.download("Download transcript", "note.gt.txt") == "HELLO WoRLD\n12\n"
    page = browser.page()
    assert (page.text, page.source, page.width) == ("HELLO WoRLD\n12", "scans/note.jpg", 600)
    character = page.lines[0].words[0].characters[4]
    assert (character.text, character.confidence, character.box) == ("O", 1.0, note.characters[4].box)
    assert character.alternatives[0] == Alternative("0", 0.55)
    # What was not touched is as it was.
    assert page.lines[1] == rounded(note).lines[1]
    assert page.lines[0].words[0].characters[:4] == note.lines[0].words[0].characters[:4]


def test_missed_and_false_characters_words_and_lines(browser, note):
    browser.open(note)
    browser.press(Keys.DELETE, Keys.INSERT, "J", Keys.END, "!", Keys.HOME)
    assert browser.lines[0] == "JELL0 W0RLD!"
    browser.press(*[Keys.ARROW_RIGHT] * 5, Keys.DELETE)
    assert (browser.lines[0], browser.said) == ("JELL0W0RLD!", "space, deleted")
    browser.press(Keys.ARROW_LEFT, Keys.SPACE)
    assert browser.lines[0] == "JELL 0W0RLD!"
    browser.chord(Keys.SHIFT, Keys.ENTER)
    assert browser.lines == ["JELL", "0W0RLD!", "12"]
    browser.press(Keys.END, Keys.DELETE)
    assert browser.lines == ["JELL", "0W0RLD! 12"]
    page = browser.page()
    assert [[word.text for word in line.words] for line in page.lines] == [["JELL"], ["0W0RLD!", "12"]]
    assert all(box.right <= 600 and box.bottom <= 200 for box in (c.box for c in page.characters))
    for _ in range(7):
        browser.chord(Keys.CONTROL, "z")
    assert browser.lines == ["HELL0 W0RLD", "12"]
    browser.chord(Keys.CONTROL, "y")
    assert browser.lines == ["ELL0 W0RLD", "12"]


def test_a_line_is_typed_as_a_whole_and_keeps_its_boxes(browser, note):
    browser.open(note)
    browser.press(Keys.F2)
    assert browser.focused == "Text of line 1"
    browser.chord(Keys.CONTROL, "a")
    browser.press("HELLO THE WORLD", Keys.ENTER)
    page = browser.page()
    assert page.lines[0].text == "HELLO THE WORLD"
    first, _, last = page.lines[0].words
    assert [c.box for c in first.characters] == [c.box for c in note.lines[0].words[0].characters]
    assert [c.box for c in last.characters] == [c.box for c in note.lines[0].words[1].characters]
    browser.press(Keys.F2, "nothing", Keys.ESCAPE)
    assert browser.lines[0] == "HELLO THE WORLD"
    browser.click("Add line")
    browser.press("NEW ONE", Keys.ENTER)
    assert browser.lines == ["HELLO THE WORLD", "NEW ONE", "12"]
    box = browser.page().lines[1].box
    assert 80 <= box.top < box.bottom <= 110


def test_another_reading_of_the_line_is_taken(browser, note):
    first, second = note.lines
    readings = (Alternative("HELL0 W0RLD", 0.5), Alternative("HELLO WORLD", 0.3))
    browser.open(Page(600, 200, (Line(first.words, 0.5, readings), second), "note.jpg"))
    browser.find(".of-line button").click()
    assert browser.said == "line 1 is now HELLO WORLD"
    assert browser.lines == ["HELLO WORLD", "12"]
    page = browser.page()
    assert [c.box for c in page.characters] == [c.box for c in note.characters]
    assert page.lines[0].words[0].characters[4].alternatives[0] == Alternative("0", 0.55)


def test_leaving_with_work_unsaved_is_asked_about(browser, note):
    browser.open(note)
    browser.press("X")
    unsaved = "return !window.dispatchEvent(new Event('beforeunload', { cancelable: true }))"
    assert browser.driver.execute_script(unsaved)
    browser.download("Download transcript", "note.gt.txt")
    assert not browser.driver.execute_script(unsaved)


def test_pages_of_any_text_and_pages_without_any(browser):
    row = "</script><b>&\u202e\u0301\U0001f600"
    characters = tuple(Character(Box(20 * i, 5, 20 * i + 20, 30), one, 0.3) for i, one in enumerate(row))
    hostile = Page(400, 60, (Line((Word(characters),)),), "a</h2>.png")
    browser.open(hostile, Page(400, 60, source=None))
    assert browser.lines[0] == row
    assert browser.driver.find_elements(By.CSS_SELECTOR, "b") == []
    last = browser.driver.find_elements(By.CSS_SELECTOR, ".page")[1]
    last.find_element(By.XPATH, ".//button[text()='Add line']").click()
    browser.press("LATE", Keys.ENTER)
    lines = browser.download("Download JSON of all 2 pages", "pages.json").splitlines()
    assert [json.loads(line)["text"] for line in lines] == [row, "LATE"]
    assert Page.from_dict(json.loads(lines[1])).lines[0].box == Box(0, 0, 400, 60)
    assert json.loads(lines[0]) == json.loads(page_to_json_line(hostile))


def test_mouse_and_boxes(browser, note):
    browser.open(note)
    chosen = browser.find("rect[data-row='1'][data-column='1']")
    chosen.click()
    assert browser.focused == "2, 98 % sure"
    field = browser.find(".typed input")
    field.send_keys("rn", Keys.ENTER)
    assert browser.lines[1] == "1rn"
    boxes = [character.box for character in browser.page().lines[1].characters]
    assert (boxes[1], boxes[2]) == (Box(60, 110, 75, 160), Box(75, 110, 90, 160))


def test_it_can_be_used_with_a_screen_reader(browser, note):
    browser.open(note)
    driver = browser.driver
    assert browser.find("[role=grid]").accessible_name == "note.jpg"
    assert browser.find("[role=status]").get_attribute("role") == "status"
    controls = driver.find_elements(By.CSS_SELECTOR, "button, input, [role=gridcell]")
    assert all(control.accessible_name for control in controls)
    # One stop of the Tab key in the text, however many characters it has.
    assert len(driver.find_elements(By.CSS_SELECTOR, ".grid [tabindex='0']")) == 1
    browser.press(Keys.TAB)
    assert browser.focused == "It says"
    # Unsure characters differ by more than colour.
    styles = {
        kind: browser.find(f".grid .{kind}").value_of_css_property("border-bottom-style")
        for kind in ("sure", "unsure")
    }
    assert styles == {"sure": "solid", "unsure": "dotted"}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_can_be_told_from_their_ground(browser, note, scheme):
    """WCAG 2.2, 1.4.3: text has a contrast of at least 4.5."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.open(note)
    browser.press("X")
    pairs = browser.driver.execute_script(
        """const drawn = (colour) => {
          const pen = new OffscreenCanvas(1, 1).getContext("2d");
          pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1);
          return [...pen.getImageData(0, 0, 1, 1).data];
        };
        const ground = (one) => { for (; one; one = one.parentElement) {
          const colour = drawn(getComputedStyle(one).backgroundColor);
          if (colour[3] === 255) return colour; } };
        const kinds = ".sure, .unsure, .corrected, .about, .summary, .number, button, summary, h1, h2, li";
        return [...document.querySelectorAll(kinds)].map((one) =>
          [one.className + one.textContent, drawn(getComputedStyle(one).color), ground(one)]);"""
    )

    def luminance(colour):
        parts = [c / 255 for c in colour[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    assert len(pairs) > 20
    for name, ink, ground in pairs:
        light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, name


def test_it_looks_like_a_page(browser, note):
    """The picture fills its column, boxes lie over it, nothing sticks out at the side."""
    browser.open(note)
    for width in (1200, 400):
        browser.driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False},
        )
        assert browser.driver.execute_script("return document.documentElement.scrollWidth") <= width
        picture, overlay = browser.find("img").rect, browser.find("figure svg").rect
        assert {key: round(value) for key, value in overlay.items()} == {
            key: round(value) for key, value in picture.items()
        }
        shot = Image.open(io.BytesIO(base64.b64decode(browser.driver.get_screenshot_as_base64())))
        assert len(shot.convert("RGB").getcolors(1 << 20)) > 100
    browser.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
