"""Days and times of day: which texts are one, and how likely each is."""

from __future__ import annotations

import datetime
import math
import re
from itertools import groupby

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS = re.compile(r"(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,4})")
_WORDS = re.compile(r"(?:([a-z]+)[.,]? (\d\d?)|(\d\d?)[a-z]*[.,]? ([a-z]+))\w{0,2}[.,]? ?(\d{4})")
_TIME = re.compile(r"(\d\d?)[:.](\d\d)(?:[:.](\d\d))?(?: ?[ap]\.?m\.?)?")
_STROKES = re.compile(r"(\d\d?)1(\d\d?)1(\d{4}|\d\d)")
_CAPTIONS = (
    *("DDMMYYYY", "MMDDYYYY", "YYYYMMDD", "DDMMYY", "MMDDYY", "YYMMDD"),
    *("TTMMJJJJ", "TTMMJJ", "JJMMAAAA", "DDMMAAAA", "GGMMAAAA", "DDMMAA"),
)
"""What is printed in the cells for a date: English, German, French, Spanish or Portuguese, Italian."""
_PARTED = tuple(" ".join("".join(part) for _, part in groupby(one)) for one in _CAPTIONS)
"""The same with any sign in a cell between day, month and year."""
_ALIKE = 0.75
"""Share of its letters that are read as such, at least. Set by hand."""
CAPTIONED = frozenset(map(len, _CAPTIONS + _PARTED))
"""How many cells have such a caption."""
_YEARS = range(1900, 2100)
"""Years that most dates are of."""
_SLIP = 0.01
"""Share of what is written in fields for dates and times that is none; and of dates of other years. Set by
hand."""


def is_date(text: str) -> bool:
    """Whether a text is a day that there is, in any usual order; months may be English words."""
    return _year(text) is not None


def is_caption(text: str) -> bool:
    """Whether letters read from cells are the caption of a date, some of them misread."""
    return any(_is_alike(text.upper(), one) for one in _CAPTIONS + _PARTED)


def _is_alike(text: str, caption: str) -> bool:
    letters = [(one, other) for one, other in zip(text, caption, strict=False) if other != " "]
    same = sum(one == other for one, other in letters)
    return len(text) == len(caption) and same >= _ALIKE * len(letters)


def is_time(text: str) -> bool:
    """Whether a text is a time of day."""
    found = _TIME.fullmatch(text.strip().lower())
    return (
        found is not None and int(found[1]) < 24 and all(int(part or 0) < 60 for part in found.groups()[1:])
    )


def log_date(text: str) -> float:
    """Log probability of a text in a field for a date, whatever order and signs are usual there."""
    year = _year(text)
    if year is None:
        month = re.search("[a-z]{3}", text.lower()) is not None
        return math.log(_SLIP) - _digits(text) * math.log(10) - month * math.log(12)
    long = re.search(r"\d{4}", text) is not None
    usual = len(_YEARS) if long else 100
    return -math.log(366 * (usual if year in _YEARS else 10_000 / _SLIP))


def log_time(text: str) -> float:
    """Likewise, for a time of day."""
    return -math.log(1440) if is_time(text) else math.log(_SLIP) - _digits(text) * math.log(10)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def with_strokes(text: str) -> str:
    """A date whose slanted strokes were read as ones with strokes; other texts as they are."""
    found = _STROKES.fullmatch(text.replace(" ", ""))
    return text if found is None else "/".join(found.groups())


def _year(text: str) -> int | None:
    """The year of a text that is a day; None if there is no such day."""
    words = _WORDS.fullmatch(text.lower())
    if words is not None:
        month = (words[1] or words[4])[:3]
        day, year = int(words[2] or words[3]), int(words[5])
        return year if month in _MONTHS and _exists(year, _MONTHS.index(month) + 1, day) else None
    found = _PARTS.fullmatch(text.strip())
    digits = re.sub(r"\D", "", text)
    if found is not None:
        parts = found.groups()
    elif digits == text and len(digits) in (6, 8):
        parts = (digits[:2], digits[2:4], digits[4:])
    else:
        return None
    first, second, third = (int(part) for part in parts)
    if len(parts[0]) == 4:
        return first if _exists(first, second, third) else None
    year = third if len(parts[2]) == 4 else 2000 + third
    return year if _exists(year, second, first) or _exists(year, first, second) else None


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True
