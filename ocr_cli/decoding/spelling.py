"""Letters as the readers write them: without accents, in one case."""

from __future__ import annotations

import unicodedata

_TYPOGRAPHIC = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "\u0131": "i"}
    | dict.fromkeys("\u2018\u2019\u02bc\u0060\u00b4", "'")
    | dict.fromkeys("\u2010\u2011\u2013", "-")
)
"""What Unicode does not decompose into a base letter and an accent."""


def base_letters(text: str) -> str:
    """The text in small letters without accents: "Ångström" is "angstrom", "Straße" is "strasse".

    What is no letter stays, but for typographic apostrophes and hyphens, which become those of a keyboard.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_TYPOGRAPHIC))
    return "".join(character for character in decomposed if not unicodedata.combining(character))
