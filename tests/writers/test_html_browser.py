"""The HTML page in a real browser: corrected by its keys, downloaded, compared."""

import base64
import io
import json

import pytest
from chromium import Browser, start_chromium, webdriver
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


@pytest.fixture
def sheet():
    """Forty lines of small writing, more than any window shows."""
    lines = []
    for row in range(40):
        words, left = [], 30
        for word in ("SMALL", "WRITING", "ON", "A", "LARGE", "SHEET", str(row)):
            characters = []
            for letter in word:
                box = Box(left, 30 + 40 * row, left + 10, 46 + 40 * row)
                others = (Alternative("X", 0.3), Alternative("Y", 0.004))
                characters.append(Character(box, letter, 0.95, others))
                left += 14
            words.append(Word(tuple(characters)))
            left += 12
        lines.append(Line(tuple(words), 0.9, (Alternative("X", 0.009),)))
    return Page(1200, 1700, tuple(lines), "sheet.jpg", model="block")


SIZES = [(360, 740), (1366, 768), (1440, 900), (1920, 1080)]


WINDOWS = [
    pytest.param(((width, height), scheme), marks=pytest.mark.slow if width in (1366, 1440) else [])
    for (width, height), scheme in zip(SIZES, ("light", "dark") * 2, strict=True)
]


@pytest.fixture(params=WINDOWS, ids=str)
def window(request, chromium):
    """The window of a telephone, of laptops and of a large screen."""
    (width, height), scheme = request.param
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    yield width
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


PLACES = """
    const focused = document.activeElement, row = focused.closest(".row");
    const place = (one) => { const { left, top, right, bottom } = one.getBoundingClientRect(); return { left, top, right, bottom }; };
    const { left, top, right, bottom } = place(focused);
    return {
      own: focused.contains(document.elementFromPoint((left + right) / 2, (top + bottom) / 2)),
      focused: place(focused), strip: place(row.querySelector(".strip")),
      panel: place(document.querySelector(".inspector")), picture: place(document.querySelector("figure")),
      chosen: place(document.querySelector("rect.chosen") ?? focused),
      high: innerHeight, wide: document.documentElement.scrollWidth };
"""  # noqa: E501


def test_what_is_edited_can_be_seen_beside_its_ink_and_nothing_lies_over_it(browser, sheet, window):
    browser.open(sheet)

    def check():
        at = browser.driver.execute_script(PLACES)
        assert at["own"]
        assert 0 <= at["focused"]["top"] < at["focused"]["bottom"] <= at["panel"]["top"]
        assert at["panel"]["bottom"] <= at["high"]
        assert at["wide"] <= window
        strip = at["strip"]
        assert strip["right"] - strip["left"] > 100
        # Above the text, and in sight with it: a line wraps into three rows at the most.
        assert 0 <= strip["top"] < strip["bottom"] <= at["focused"]["top"]
        assert at["focused"]["bottom"] - strip["bottom"] < 100
        return at

    check()
    for _ in range(3):
        browser.press(*[Keys.ARROW_DOWN] * 13)
        check()
    browser.chord(Keys.CONTROL, Keys.END)
    browser.press(Keys.ARROW_LEFT)
    at = check()
    assert browser.focused == "9, 95 % sure"
    # The picture follows.
    assert at["picture"]["top"] <= at["chosen"]["top"] < at["chosen"]["bottom"] <= at["picture"]["bottom"]
    browser.press("8")
    check()
    browser.press(Keys.F2)
    assert browser.focused == "Text of line 40"
    check()
    browser.press(Keys.ESCAPE)
    browser.chord(Keys.CONTROL, Keys.HOME)
    check()


def test_a_line_shows_its_own_ink_and_where_the_character_is(browser, note):
    browser.open(note)
    browser.press(Keys.ARROW_RIGHT)
    strip = browser.find(".row .strip").rect
    here = browser.find(".row .here").rect
    # The second letter, at 60 to 90, of what is shown from 0 to 430.
    assert here["x"] - strip["x"] == pytest.approx(strip["width"] * 60 / 430, abs=3)
    assert here["width"] == pytest.approx(strip["width"] * 30 / 430, abs=3)


def test_words_look_like_words(browser, note):
    browser.open(note)
    letters = [one.rect for one in browser.driver.find_elements(By.CSS_SELECTOR, ".row:first-child .sure")]
    gap = letters[1]["x"] - letters[0]["x"] - letters[0]["width"]
    assert abs(gap) < 1
    assert "mono" not in browser.find(".grid").value_of_css_property("font-family")


def test_unlikely_readings_are_not_offered_and_the_model_is_named(browser, sheet):
    browser.open(sheet)
    shown = [one.text for one in browser.driver.find_elements(By.CSS_SELECTOR, ".readings button")]
    assert shown == ["X 30 %"]
    assert browser.find(".model").text == "read with the model block"
    assert "<" not in browser.find("main").text


def test_the_picture_is_enlarged_and_moved_by_keys_and_mouse(browser, sheet):
    browser.open(sheet)
    frame = browser.find("figure")

    def width():
        return browser.find("figure img").rect["width"]

    fitting = width()
    browser.driver.execute_script("arguments[0].focus()", frame)
    browser.press("+", "+")
    assert width() == pytest.approx(fitting * 2.25, abs=3)
    browser.driver.execute_script("arguments[0].scrollTo(0, 0)", frame)
    webdriver.ActionChains(browser.driver).drag_and_drop_by_offset(frame, -120, -80).perform()
    moved = browser.driver.execute_script("return [arguments[0].scrollLeft, arguments[0].scrollTop]", frame)
    assert moved == [pytest.approx(120, abs=3), pytest.approx(80, abs=3)]
    # The chosen character comes into sight again, sideways too.
    browser.find(".grid [aria-selected]").click()
    browser.press(Keys.END, Keys.ARROW_LEFT)
    at = browser.driver.execute_script(PLACES)
    assert at["picture"]["left"] <= at["chosen"]["left"] < at["chosen"]["right"] <= at["picture"]["right"]
    for name, share in (("Smaller", 1.5), ("Whole", 1), ("Larger", 1.5), ("Smaller", 1), ("Smaller", 1)):
        browser.find(f".zoom [title^='{name}']").click()
        assert width() == pytest.approx(fitting * share, abs=3)
