"""A page as plain values, and back: what JSON of a page holds (``writers/page.schema.json``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from ocr_cli.alphabet import without_mark
from ocr_cli.page import Alternative, Box, Character, Line, Page, Word
from ocr_cli.version import __version__

FORMAT, VERSION = "ocr-page", 1
"""What a record says it is. The version grows when records change so that older readers misunderstand them;
new entries alone do not count."""

_LARGEST = 1 << 31
"""No side of a picture has so many pixels."""


def page_to_dict(page: Page) -> dict[str, Any]:
    """Plain dicts, lists, strings and numbers; first what made them."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "tool": f"ocr_cli {__version__}",
        "model": page.model,
        "source": page.source,
        "frame": page.frame,
        "width": page.width,
        "height": page.height,
        "text": page.text,
        "lines": [
            {
                "text": line.text,
                "confidence": line.confidence,
                "box": asdict(line.box),
                "words": [
                    {
                        "text": word.text,
                        "confidence": word.confidence,
                        "box": asdict(word.box),
                        "characters": list(map(_character_record, word.characters)),
                    }
                    for word in line.words
                ],
                "readings": [asdict(reading) for reading in line.readings],
            }
            for line in page.lines
        ],
    }


def page_from_dict(data: Mapping[str, Any]) -> Page:
    """The inverse of ``page_to_dict``; texts and boxes of words and lines follow from the characters.

    Records without ``format``, ``version``, ``model`` and ``frame``, as older versions wrote them, will do.

    Raises:
        ValueError: if a value is missing or out of range, or the record is of a newer format.
    """
    try:
        if data.get("format", FORMAT) != FORMAT:
            raise TypeError("JSON of something else")
        version = _whole(data.get("version", VERSION))
        if version > VERSION:
            raise TypeError(f"of format version {version}, and this program knows {VERSION}")
        return Page(
            width=_whole(data["width"]),
            height=_whole(data["height"]),
            source=_text_or_none(data["source"]),
            frame=_whole(data.get("frame", 1)),
            lines=tuple(map(_line, data["lines"])),
            model=_text_or_none(data.get("model")),
        )
    except (KeyError, TypeError, AttributeError, OverflowError) as error:
        raise ValueError(f"not a page: {error!r}") from error


def _character_record(character: Character) -> dict[str, Any]:
    """Of a letter with a mark, also both apart."""
    base, mark = without_mark(character.text)
    return asdict(character) | ({} if mark is None else {"base": base, "mark": mark})


def _line(data: Mapping[str, Any]) -> Line:
    return Line(
        words=tuple(
            Word(tuple(map(_character, word["characters"])), _probability(word["confidence"]))
            for word in data["words"]
        ),
        confidence=_probability(data["confidence"]),
        readings=_alternatives(data["readings"]),
    )


def _character(data: Mapping[str, Any]) -> Character:
    return Character(
        box=Box(**{side: _whole(place) for side, place in data["box"].items()}),
        text=_text(data["text"]),
        confidence=_probability(data["confidence"]),
        alternatives=_alternatives(data["alternatives"]),
        rejected=bool(data["rejected"]),
    )


def _alternatives(data: Iterable[Mapping[str, Any]]) -> tuple[Alternative, ...]:
    return tuple(Alternative(_text(one["text"]), _probability(one["confidence"])) for one in data)


def _whole(value: Any) -> int:
    """A whole number of pixels or frames: JSON has numbers that are endless, or of any length."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or not abs(value) < _LARGEST:
        raise TypeError("a number that is not whole, or too large")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text that is none")
    return value


def _text_or_none(value: Any) -> str | None:
    return None if value is None else _text(value)


def _probability(value: Any) -> float:
    """A number in [0, 1]: data cannot ask for the product of the parts' confidences."""
    number = float(value)
    if not 0.0 <= number <= 1.0:
        raise ValueError(f"not a probability: {number}")
    return number
