"""Accents from the picture to every format."""

import json
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from ocr_cli import Reader, ReadOptions
from ocr_cli.alphabet import CAPITALS, DIGITS
from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.errors import KnowledgeError
from ocr_cli.evaluation.pages import Comparison, score_page
from ocr_cli.learning.harvest import harvest
from ocr_cli.page import Page

SAMPLES = Path(__file__).parents[1] / "samples" / "accents"
LINES = ("MÜLLER CAFÉ", "GARÇON PEÑA")
PLAIN = "MULLER CAFE\nGARCON PENA"


@pytest.fixture(scope="module")
def picture():
    ink = draw_text(LINES, style=Style(seed=24, slant=3, pen=7), seed=2, height=52, line_spacing=2.2).ink
    return np.rint(245 - 205 * ink).astype(np.uint8)


def text(picture, **options):
    return Reader("block", ReadOptions(**options)).read(picture).text


@pytest.mark.parametrize("options", [{"language": "any"}, {"language": "fr+de"}, {"accents": "keep"}])
def test_accents_are_read_as_written(picture, options):
    assert text(picture, **options) == "\n".join(LINES)


@pytest.mark.parametrize("options", [{}, {"language": None}, {"language": "any", "accents": "drop"}])
def test_letters_are_printed_without(picture, options):
    assert text(picture, **options) == PLAIN


def test_accents_of_the_wrong_case_follow_it(picture):
    assert text(picture, language="any", case="lower") == "\n".join(LINES).lower()


def test_characters_with_accents_may_be_allowed_or_not(picture):
    assert text(picture, language="any", blacklist="É").splitlines()[0] == "MÜLLER CAFE"
    allowed = text(picture, language="any", whitelist="ABCDEFGHIJKLMNOPQRSTUVWXYZÜÇÑ", unknown="")
    assert allowed.splitlines()[0] == "MÜLLER CAFE"
    read = text(picture, language="any", whitelist="ÜÇÑ", unknown="")
    assert set("".join(read.split())) == set("ÜÇÑ")


def test_words_of_the_user_may_have_accents(picture):
    found = text(picture, language="any", lexicon=["Müller", "Café", "Garçon", "Peña"], lexicon_only=True)
    assert found == "\n".join(LINES)
    assert text(picture, lexicon=["Müller", "Café", "Garçon", "Peña"], lexicon_only=True) == PLAIN


def test_patterns_may_have_accents(picture):
    found = text(picture, language="fr", patterns=["x[çé]*", "peña"], unknown="_")
    assert found.splitlines()[1] == "______ PEÑA"


def test_a_page_without_accents_has_none():
    ink = draw_text(("THE QUICK BROWN FOX", "JUMPS OVER 13 DOGS"), style=Style(seed=3), height=52).ink
    found = text(np.rint(245 - 205 * ink).astype(np.uint8), language="any")
    assert found.isascii()


def test_options_say_what_is_looked_at():
    assert not ReadOptions().sees_accents
    assert not ReadOptions(language=None).sees_accents
    assert ReadOptions(language="en", accents="keep").shows_accents
    assert ReadOptions(language="en+de").shows_accents
    dropped = ReadOptions(language="de", accents="drop")
    assert (dropped.sees_accents, dropped.shows_accents) == (True, False)
    with pytest.raises(KnowledgeError, match="kept or dropped"):
        ReadOptions(accents="bend")


def test_json_has_letter_and_mark_apart(make_page):
    page = make_page("CAFÉ")
    characters = page.to_dict()["lines"][0]["words"][0]["characters"]
    assert [one.get("mark") for one in characters] == [None, None, None, "acute"]
    assert characters[3]["base"] == "E"
    assert "base" not in characters[0]
    assert Page.from_dict(json.loads(page.to_json())).text == "CAFÉ"


@pytest.mark.parametrize(
    "ending", ["txt", "json", "tsv", "csv", "md", "hocr", "alto.xml", "page.xml", "html"]
)
def test_every_format_keeps_them_composed(make_page, tmp_path, ending):
    path = tmp_path / f"page.{ending}"
    make_page("CAFÉ").save(path, picture=np.full((300, 400), 255, np.uint8))
    content = path.read_text(encoding="utf-8")
    assert any(one in content for one in ("CAFÉ", json.dumps("CAFÉ"), ">É</span>"))


def test_text_copied_from_a_pdf_keeps_them(make_page, tmp_path):
    pdfium = pytest.importorskip("pypdfium2")
    make_page("CAFÉ MÜLLER").save(tmp_path / "page.pdf", picture=np.full((300, 400), 255, np.uint8))
    with pdfium.PdfDocument(tmp_path / "page.pdf") as document:
        assert document[0].get_textpage().get_text_range().strip() == "CAFÉ MÜLLER"


def test_transcripts_are_compared_composed():
    apart = "CAFE\u0301"
    assert score_page(apart, "CAFÉ").characters.errors == 0
    assert score_page("CAFÉ", "CAFE").characters.errors == 1
    assert Comparison().reduce(apart) == "CAFÉ"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_letters_are_harvested_by_transcripts_with_accents(form):
    reader = Reader("block", ReadOptions(language=None))
    truth = (SAMPLES / "names.gt.txt").read_text(encoding="utf-8").upper()
    found = harvest(reader, SAMPLES / "names.jpg", unicodedata.normalize(form, truth), "names")
    # The model has no class for them: they are the letters without their marks.
    assert {one.label for one in found.samples} <= {*CAPITALS, *DIGITS}
    assert len(found.samples) > 0.8 * len("".join(truth.split()))
    assert found.score > 0.6


def test_the_sample_is_read_as_written():
    page = Reader(options=ReadOptions(language="any")).read(SAMPLES / "names.jpg")
    assert page.text + "\n" == (SAMPLES / "names.gt.txt").read_text(encoding="utf-8")
