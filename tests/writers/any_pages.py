"""Pages of any text, for the property tests of the writers."""

from hypothesis import strategies as st

from ocr_cli import Alternative, Box, Character, Line, Page, Word

# Markup, quotes, controls, line ends, a combining accent, marks and overrides of direction, noncharacters,
# halves of a surrogate pair, characters beyond 16 bits.
HOSTILE = (
    "<>&\"'\\();%/]#\x00\x08\t\n\r\x1b\x7f\x85\xa0\xad\u0301\u200e\u200f\u202e\u2028\u2029\ufeff\ufffe\uffff"
)
HOSTILE += "\ud800\udfff\U0001f600\U0010ffff"

LETTERS = st.one_of(st.sampled_from("AB01"), st.sampled_from(HOSTILE), st.characters())

_WORDS = st.text(LETTERS, min_size=1, max_size=4)
_LINES = st.lists(st.lists(_WORDS, min_size=1, max_size=3), max_size=3)


def _page(lines, source, other, confidence):
    page = []
    for top, words in enumerate(lines):
        line, left = [], 0
        for word in words:
            characters = []
            for letter in word:
                box = Box(left, 30 * top, left + 5, 30 * top + 20 + left % 5)
                characters.append(Character(box, letter, confidence, (Alternative(other, 1 - confidence),)))
                left += 6
            line.append(Word(tuple(characters)))
            left += 4
        page.append(Line(tuple(line)))
    return Page(100, 100, tuple(page), source)


def pages():
    """Pages of 100 x 100 pixels with a few lines of a few words, or none."""
    sources = st.none() | st.text(LETTERS, max_size=8)
    return st.builds(_page, _LINES, sources, LETTERS, st.floats(0, 1))
