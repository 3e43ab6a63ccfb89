"""The languages that come with the package: their codes, and what they are written with beyond ASCII."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LONGER_CODES = {
    "deu": "de",
    "dut": "nl",
    "eng": "en",
    "fra": "fr",
    "fre": "fr",
    "ger": "de",
    "ita": "it",
    "nld": "nl",
    "por": "pt",
    "spa": "es",
}
"""Codes of three letters (ISO 639-2, bibliographic ones too), as Tesseract takes them, to those of two."""

_EVERYWHERE = "€°§\u2013"
_FURTHER: Mapping[str, str] = {
    "de": "ß\u201e«»" + _EVERYWHERE,
    "en": "",
    "es": "¡¿«»" + _EVERYWHERE,
    "fr": "æœÆŒ«»" + _EVERYWHERE,
    "it": "«»" + _EVERYWHERE,
    "nl": "\u201e" + _EVERYWHERE,
    "pt": "«»" + _EVERYWHERE,
}
_ANY = "ßæœøłđÆŒØŁĐ¡¿«»\u201e£" + _EVERYWHERE
"""Of all that have letters or signs which are no letter with a mark set on it."""


def further_of(languages: Iterable[str]) -> frozenset[str]:
    """The letters and signs beyond ASCII of some languages that no mark on a letter makes; of others, none.

    Args:
        languages: their codes, of two letters; ``any`` has those of all of Europe.
    """
    return frozenset("".join(_ANY if one == "any" else _FURTHER.get(one, "") for one in languages))
