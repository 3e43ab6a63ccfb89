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

FURTHER = "ßæœøłđÆŒØŁĐ¡¿«»\u201e\u2013€£§°"
"""Letters and signs of Europe's languages that are no letter with a mark set on it."""
_EVERYWHERE = "€°§\u2013"
_OF_LANGUAGES: Mapping[str, str] = {
    "any": FURTHER,
    "de": "ß\u201e«»" + _EVERYWHERE,
    "es": "¡¿«»" + _EVERYWHERE,
    "fr": "æœÆŒ«»" + _EVERYWHERE,
    "it": "«»" + _EVERYWHERE,
    "nl": "\u201e" + _EVERYWHERE,
    "pt": "«»" + _EVERYWHERE,
}
"""Those of each language; English has none."""


def further_of(languages: Iterable[str]) -> frozenset[str]:
    """Those of ``FURTHER`` that some languages have.

    Args:
        languages: their codes, of two letters; ``any`` has those of all of Europe.
    """
    return frozenset("".join(_OF_LANGUAGES.get(one, "") for one in languages))
