import pytest

from ocr_cli import Alternative, Box, Character, Line, Page, Word


@pytest.fixture
def make_page():
    """Lays texts out as a typewriter would: letters 20 wide and 30 high in cells of 24 x 40 pixels."""

    def make(*texts, width=400, height=300, source=None):
        lines = []
        for row, text in enumerate(texts):
            words, column = [], 0
            for word in text.split(" "):
                characters = []
                for letter in word:
                    left, top = 10 + 24 * column, 20 + 40 * row
                    box = Box(left, top, left + 20, top + 30)
                    characters.append(Character(box, letter, 0.9, (Alternative("?", 0.1),)))
                    column += 1
                words.append(Word(tuple(characters)))
                column += 1
            lines.append(Line(tuple(words)))
        return Page(width, height, tuple(lines), source)

    return make
