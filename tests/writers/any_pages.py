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


@st.composite
def _characters(draw, row):
    left, top = draw(st.integers(0, 80)), 10 * row
    box = Box(left, top, left + draw(st.integers(1, 20)), top + draw(st.integers(1, 9)))
    others = draw(st.lists(st.builds(Alternative, LETTERS, st.floats(0, 1)), max_size=2))
    return Character(box, draw(LETTERS), draw(st.floats(0, 1)), tuple(others))


@st.composite
def pages(draw):
    """Pages of 100 x 100 pixels with a few lines of a few words, or none."""
    lines = []
    for row in range(draw(st.integers(0, 3))):
        words = st.lists(_characters(row), min_size=1, max_size=4).map(lambda some: Word(tuple(some)))
        lines.append(Line(tuple(draw(st.lists(words, min_size=1, max_size=3)))))
    source = draw(st.none() | st.text(st.characters(), max_size=8))
    return Page(100, 100, tuple(lines), source)
