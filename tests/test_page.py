import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ocr_cli import Alternative, Box, Character, Line, Page, Word

coordinates = st.tuples(st.integers(0, 9999), st.integers(1, 9999))
probabilities = st.floats(0.0, 1.0)


@st.composite
def boxes(draw):
    (left, width), (top, height) = draw(coordinates), draw(coordinates)
    return Box(left, top, left + width, top + height)


alternatives = st.builds(Alternative, st.text(min_size=1, max_size=3), probabilities)
characters = st.builds(
    Character,
    box=boxes(),
    text=st.characters(),
    confidence=probabilities,
    alternatives=st.lists(alternatives, max_size=2).map(tuple),
    rejected=st.booleans(),
)
several_characters = st.lists(characters, min_size=1, max_size=3).map(tuple)
words = st.builds(Word, several_characters) | st.builds(Word, several_characters, probabilities)
several_words = st.lists(words, min_size=1, max_size=3).map(tuple)
lines = st.builds(Line, several_words) | st.builds(
    Line, several_words, probabilities, st.lists(alternatives, max_size=2).map(tuple)
)
pages = st.builds(
    Page,
    width=st.integers(1, 9999),
    height=st.integers(1, 9999),
    lines=st.lists(lines, max_size=3).map(tuple),
    source=st.none() | st.text(),
    frame=st.integers(1, 9999),
)


def character(text="A", confidence=0.5, box=None):
    return Character(box or Box(0, 0, 1, 1), text, confidence)


class TestBox:
    def test_sides(self):
        box = Box(2, 3, 12, 8)
        assert (box.width, box.height) == (10, 5)

    @pytest.mark.parametrize(
        "corners", [(0, 0, 0, 1), (0, 0, 1, 0), (-1, 0, 1, 1), (0, -1, 1, 1), (5, 0, 3, 1)]
    )
    def test_what_holds_no_pixel_or_lies_outside_is_no_box(self, corners):
        with pytest.raises(ValueError, match="not a box"):
            Box(*corners)

    @given(st.lists(boxes(), min_size=1, max_size=5))
    def test_around_holds_all_and_touches_every_side(self, several):
        around = Box.around(several)
        assert around.left == min(b.left for b in several)
        assert around.top == min(b.top for b in several)
        assert around.right == max(b.right for b in several)
        assert around.bottom == max(b.bottom for b in several)
        assert Box.around([around, *several]) == around

    def test_around_nothing(self):
        with pytest.raises(ValueError, match="no boxes"):
            Box.around([])


class TestCharacter:
    @pytest.mark.parametrize("text", ["", "AB"])
    def test_one_letter_exactly(self, text):
        with pytest.raises(ValueError, match="one letter"):
            character(text)

    @pytest.mark.parametrize("confidence", [-0.1, 1.1, math.nan])
    def test_confidence_is_a_probability(self, confidence):
        with pytest.raises(ValueError, match="not a probability"):
            character(confidence=confidence)
        with pytest.raises(ValueError, match="not a probability"):
            Alternative("A", confidence)

    def test_an_alternative_needs_a_text(self):
        with pytest.raises(ValueError, match="needs a text"):
            Alternative("", 0.5)

    def test_frozen(self):
        with pytest.raises(AttributeError):
            character().text = "B"


class TestWordAndLine:
    def test_text_and_box_follow_from_the_characters(self):
        first = Word((character("A", box=Box(0, 5, 10, 20)), character("B", box=Box(12, 0, 20, 18))))
        second = Word((character("C", box=Box(40, 2, 50, 25)),))
        line = Line((first, second))
        assert (first.text, first.box) == ("AB", Box(0, 0, 20, 20))
        assert (line.text, line.box) == ("AB C", Box(0, 0, 50, 25))
        assert [c.text for c in line.characters] == ["A", "B", "C"]

    def test_confidence_is_that_of_all_parts_unless_it_is_known(self):
        letters = (character(confidence=0.9), character(confidence=0.4))
        word = Word(letters)
        assert word.confidence == pytest.approx(0.36)
        assert Line((word, word)).confidence == pytest.approx(0.36**2)
        assert Word(letters, 0.5).confidence == 0.5
        assert Line((word, word), 0.2).confidence == 0.2

    @pytest.mark.parametrize("confidence", [-0.1, 1.1, math.nan])
    def test_confidence_is_a_probability(self, confidence):
        with pytest.raises(ValueError, match="not a probability"):
            Word((character(),), confidence)
        with pytest.raises(ValueError, match="not a probability"):
            Line((Word((character(),)),), confidence)

    def test_one_impossible_character_makes_the_word_impossible(self):
        assert Word((character(confidence=0.0), character(confidence=1.0))).confidence == 0.0

    def test_neither_is_empty(self):
        with pytest.raises(ValueError, match="needs a character"):
            Word(())
        with pytest.raises(ValueError, match="needs a word"):
            Line(())

    @given(lines)
    def test_confidences_stay_probabilities(self, line):
        assert 0.0 <= line.confidence <= 1.0


class TestPage:
    def test_text_and_characters(self, make_page):
        page = make_page("AB C", "D")
        assert page.text == "AB C\nD"
        assert "".join(c.text for c in page.characters) == "ABCD"

    def test_a_blank_page_has_no_text(self):
        assert Page(10, 20).text == ""

    @pytest.mark.parametrize("size", [(0, 1), (1, 0), (-1, 5)])
    def test_size(self, size):
        with pytest.raises(ValueError, match="not a page"):
            Page(*size)

    @given(pages)
    def test_goes_through_json_and_back(self, page):
        assert Page.from_dict(json.loads(json.dumps(page.to_dict()))) == page

    def test_without_a_frame_it_is_the_first(self, make_page):
        data = make_page("A").to_dict()
        del data["frame"]
        assert Page.from_dict(data).frame == 1

    def test_a_record_of_an_older_version_will_do(self, make_page):
        page = make_page("A")
        data = page.to_dict()
        for name in ("format", "version", "tool", "model"):
            del data[name]
        assert Page.from_dict(data) == page

    @pytest.mark.parametrize(
        "damage",
        [
            lambda data: data.update(format="ocr-form"),
            lambda data: data.update(version=2),
            lambda data: data.update(version="1"),
            lambda data: data.update(model=3),
            lambda data: data.pop("width"),
            lambda data: data.update(width=0),
            lambda data: data.update(height="tall"),
            lambda data: data.update(frame=0),
            lambda data: data.update(lines=None),
            lambda data: data["lines"][0].update(words=[]),
            lambda data: data["lines"][0].update(confidence=-1),
            lambda data: data["lines"][0].update(readings=[{"text": ""}]),
            lambda data: data["lines"][0]["words"][0].update(confidence=-1.0),
            lambda data: data["lines"][0]["words"][0].pop("characters"),
            lambda data: data["lines"][0]["words"][0]["characters"][0].update(text="AB"),
            lambda data: data["lines"][0]["words"][0]["characters"][0].update(confidence=2),
            lambda data: data["lines"][0]["words"][0]["characters"][0]["box"].update(right=0),
            lambda data: data["lines"][0]["words"][0]["characters"][0]["box"].update(extra=0),
            lambda data: data["lines"][0]["words"][0]["characters"][0].update(alternatives=[3]),
        ],
    )
    def test_damaged_data_are_refused(self, make_page, damage):
        data = make_page("A").to_dict()
        damage(data)
        with pytest.raises(ValueError, match=r"not a|one letter|needs a|invalid literal"):
            Page.from_dict(data)
