"""Codes of the languages that come with the package."""

from __future__ import annotations

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
