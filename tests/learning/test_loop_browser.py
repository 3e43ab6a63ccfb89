"""The whole loop: read, correct in a real browser, learn, read again."""

from dataclasses import replace

import pytest
from PIL import Image
from test_html_browser import Browser, By, Keys, chromium  # noqa: F401 (a fixture; skips without a browser)

from ocr_cli import Reader, ReadOptions
from ocr_cli.cli import main
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.paper import photograph
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.learning import adapt

DRAWN, MEANT = "KAKTUS\nKIOSK\nKODAK", "HAHTUS\nHIOSH\nHODAH"
"""This writer's H looks like a K."""


@pytest.fixture
def page(tmp_path, monkeypatch):
    ink = draw_text(DRAWN.splitlines(), style=Style(seed=4), seed=4, height=48).ink
    Image.fromarray(photograph(ink, seed=1)).save(tmp_path / "page.png")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(adapt, "SETTINGS", replace(adapt.SETTINGS, epochs=4, batch_size=48))
    monkeypatch.setattr(adapt, "_WRITERS", 4)
    return tmp_path / "page.png"


def ocr(*arguments):
    with pytest.raises(SystemExit) as ended:
        main([str(one) for one in arguments], prog_name="ocr")
    assert not ended.value.code


def test_three_words_corrected_in_the_page_teach_the_model(page, chromium):  # noqa: F811
    ocr("read", page, "-o", "page.html")
    browser = Browser(chromium, page.parent)
    chromium.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(page.parent)}
    )
    chromium.get((page.parent / "page.html").as_uri())
    browser.find(".grid [aria-selected]").click()
    assert browser.lines == DRAWN.splitlines()
    for number, word in enumerate(MEANT.splitlines()):
        row = chromium.find_elements(By.CSS_SELECTOR, ".grid [role=row]")[number]
        row.find_element(By.CSS_SELECTOR, "[role=gridcell]").click()
        browser.press(Keys.F2)
        browser.chord(Keys.CONTROL, "a")
        browser.press(word, Keys.ENTER)
    browser.download("Download JSON", "page.json")
    chromium.get("about:blank")

    ocr("learn", page, "--text", "page.json", "-o", "me.npz", "--quiet")
    alone = ReadOptions(language=None)
    assert [Reader(model, alone).read(page).text for model in ("block", "./me.npz")] == [DRAWN, MEANT]
