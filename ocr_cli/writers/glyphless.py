"""A font for text that is there to be found and copied, not seen: every character is an empty cell.

A PDF file's text is a string of codes of a font. This font gives each character that is used a code of its
own and says in its ToUnicode table which character that is, so any Unicode text comes back exactly. All have
the same glyph, which is half as wide as high (ISO 32000-1, 9.7 and 9.10).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

UNITS = 1000
"""Units of a glyph's space to its height."""
ADVANCE = 500
"""Width of each character in those units."""

_LAST_CODE = 0xFFFF
_REPLACEMENT = "\ufffd"
_CHARACTERS_A_BLOCK = 100
"""The longest block of a ToUnicode table."""

_CMAP_HEAD = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
"""
_CMAP_TAIL = b"endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"


class Codes:
    """The codes of a document's characters, in the order in which they are first met."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {_REPLACEMENT: 1}

    def encode(self, character: str) -> str:
        """The character's code in hexadecimal; that of U+FFFD if there are no codes left."""
        code = self._codes.get(character)
        if code is None:
            code = len(self._codes) + 1
            if code > _LAST_CODE:
                code = self._codes[_REPLACEMENT]
            else:
                self._codes[character] = code
        return f"{code:04X}"

    def to_unicode(self) -> bytes:
        """The table that says which character each code is (a CMap)."""
        return b"".join([_CMAP_HEAD, *self._blocks(), _CMAP_TAIL])

    def _blocks(self) -> Iterator[bytes]:
        entries = [
            f"<{code:04X}> <{character.encode('utf-16-be').hex().upper()}>\n"
            for character, code in self._codes.items()
        ]
        for start in range(0, len(entries), _CHARACTERS_A_BLOCK):
            block = entries[start : start + _CHARACTERS_A_BLOCK]
            yield f"{len(block)} beginbfchar\n{''.join(block)}endbfchar\n".encode("ascii")


def glyph_map() -> bytes:
    """Which glyph each code is drawn with: the same for all."""
    return b"\x00\x01" * (_LAST_CODE + 1)


def font_file() -> bytes:
    """A TrueType font of two glyphs, none and a line without width, with the tables that PDF asks for.

    The line is as wide and high as the glyph's cell: programs that go by the ink's box find the cell.
    """
    # One contour of two points on the curve; their places are steps from the one before.
    glyph = struct.pack(">5hHH2B4h", 1, 0, 0, ADVANCE, UNITS, 1, 0, 1, 1, 0, ADVANCE, 0, UNITS)
    tables = {
        b"glyf": glyph,
        b"head": struct.pack(
            ">IIIIHHQQ4hHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, UNITS, 0, 0),
            *(0, 0, ADVANCE, UNITS, 0, 8, 2, 0, 0),
        ),
        b"hhea": struct.pack(">I3hH11hH", 0x10000, UNITS, 0, 0, ADVANCE, *(0, 0, ADVANCE, 1), *[0] * 7, 1),
        b"hmtx": struct.pack(">HhH", ADVANCE, 0, 0),
        b"loca": struct.pack(">3H", 0, 0, len(glyph) // 2),
        b"maxp": struct.pack(">IH13H", 0x10000, 2, *(2, 1, 0, 0, 1), *[0] * 8),
    }
    directory = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, 32)
    offset = len(directory) + 16 * len(tables)
    content = b""
    for tag, table in tables.items():
        padded = table + bytes(-len(table) % 4)
        checksum = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += struct.pack(">4sIII", tag, checksum, offset + len(content), len(table))
        content += padded
    return directory + content
