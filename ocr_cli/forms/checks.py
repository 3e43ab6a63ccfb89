"""What a form says of itself: dates that there are, sums that are right; and readings repaired by it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from ocr_cli.forms.fields import Field
from ocr_cli.forms.values import FieldValue

_MOST_SURE = 0.9
"""Confidence of what was repaired at most: something else may be wrong."""
_DOUBTFUL = 0.5
"""Confidence of what contradicts itself at most."""
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_PARTS = re.compile(r"(\d{1,4})\s*[./\-\s]\s*(\d{1,2})\s*[./\-\s]\s*(\d{1,4})")
_GAP = re.compile(r"([$]?\d+) (\d\d)")
_STROKES = re.compile(r"(\d\d?)1(\d\d?)1(\d{4}|\d\d)")
"""A date whose slanted strokes were read as ones."""


def is_date(text: str) -> bool:
    """Whether a text is a day that there is, in any usual order; months may be English words."""
    words = re.fullmatch(
        r"(?:([a-z]+)\.? (\d\d?)|(\d\d?)[a-z]*\.? ([a-z]+))\w{0,2}[.,]? ?(\d{4})", text.lower()
    )
    if words is not None:
        month = (words[1] or words[4])[:3]
        day, year = int(words[2] or words[3]), int(words[5])
        return month in _MONTHS and _exists(year, _MONTHS.index(month) + 1, day)
    found = _PARTS.fullmatch(text.strip())
    digits = re.sub(r"\D", "", text)
    if found is not None:
        parts = found.groups()
    elif digits == text and len(digits) in (6, 8):
        parts = (digits[:2], digits[2:4], digits[4:])
    else:
        return False
    first, second, third = (int(part) for part in parts)
    if len(parts[0]) == 4:
        return _exists(first, second, third)
    year = third if len(parts[2]) == 4 else 2000 + third
    return _exists(year, second, first) or _exists(year, first, second)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        datetime.date(year, month, day)
    except ValueError:
        return False
    return True


def checked(values: Sequence[FieldValue], fields: Sequence[Field]) -> tuple[FieldValue, ...]:
    """Values with what dates and sums say of them.

    Args:
        values: as they were read.
        fields: what they were read from, in the same order.
    """
    found = [
        _checked_amount(_checked_date(value, field), field)
        for value, field in zip(values, fields, strict=True)
    ]
    names = {value.name: number for number, value in enumerate(found)}
    for number, field in enumerate(fields):
        if field.sum is not None and found[number].text:
            places = [names[part.strip()] for part in field.sum.split("+")]
            found[number] = _checked_sum(found[number], [found[place] for place in places])
            if found[number].doubts and found[number].text == values[number].text:
                _repair_part(found, places, number)
    return tuple(found)


def _checked_date(value: FieldValue, field: Field) -> FieldValue:
    # A comb for the day alone is no date, and neither is one that the user describes.
    whole = field.cells is None or field.cells >= 6
    if field.kind != "date" or not value.text or not whole or field.pattern is not None:
        return value
    if is_date(value.text):
        return value
    strokes = _STROKES.fullmatch(value.text.replace(" ", ""))
    texts = ["/".join(strokes.groups())] if strokes is not None else []
    return _repaired(value, filter(is_date, [*texts, *_nearly(value)]), "no date")


def _checked_amount(value: FieldValue, field: Field) -> FieldValue:
    """Where an amount's last two digits stand apart, its point was too faint to be seen."""
    parts = _GAP.fullmatch(value.text) if field.kind == "amount" and field.pattern is None else None
    if parts is None:
        return value
    return _repaired(value, [".".join(parts.groups())], "without a point")


def _checked_sum(value: FieldValue, parts: Iterable[FieldValue]) -> FieldValue:
    amounts = [_amount(part.text) if part.text else Decimal(0) for part in parts]
    if any(amount is None for amount in amounts):
        return replace(value, doubts=(*value.doubts, "a part of its sum is no number"))
    whole = sum((amount for amount in amounts if amount is not None), Decimal(0))
    if _amount(value.text) == whole:
        return value
    fitting = (text for text in _nearly(value) if _amount(text) == whole)
    return _repaired(value, fitting, f"is not the sum, {whole}")


def _repair_part(values: list[FieldValue], places: Sequence[int], number: int) -> None:
    """Read one part of a sum as what it may be as well, if that alone makes the sum right."""
    whole = _amount(values[number].text)
    amounts = [_amount(values[place].text) if values[place].text else Decimal(0) for place in places]
    if whole is None or any(amount is None for amount in amounts):
        return
    total = sum((amount for amount in amounts if amount is not None), Decimal(0))
    for place, amount in sorted(zip(places, amounts, strict=True), key=lambda one: values[one[0]].confidence):
        wanted = whole - total + (amount or 0)
        if not values[place].text:
            continue
        text = next((text for text in _nearly(values[place]) if _amount(text) == wanted), None)
        if text is not None:
            said = f"repaired: {values[place].text} makes no sum, {whole}"
            sure = min(max(values[place].confidence, _DOUBTFUL), _MOST_SURE)
            values[place] = replace(
                values[place], text=text, confidence=sure, doubts=(*values[place].doubts, said)
            )
            values[number] = replace(values[number], confidence=sure, doubts=())
            return


def _amount(text: str) -> Decimal | None:
    """A number as it is written, without what fills unused cells."""
    plain = text.replace(" ", "").strip("Xx$").lstrip("-—")
    if re.fullmatch(r"\d{1,3}([.,']\d{3})+", plain):
        plain = re.sub(r"\D", "", plain)
    try:
        return Decimal(plain.replace(",", ".").replace("'", ""))
    except InvalidOperation:
        return None


def _nearly(value: FieldValue) -> Iterable[str]:
    """Texts in which one character is another that it may be, the likeliest first."""
    compact = value.text.replace(" ", "")
    if "".join(one.text for one in value.characters) != compact:
        return ()
    places = [number for number, sign in enumerate(value.text) if sign != " "]
    found = [
        (other.confidence, value.text[:place] + other.text + value.text[place + 1 :])
        for place, one in zip(places, value.characters, strict=True)
        for other in one.alternatives
    ]
    return [text for _, text in sorted(found, key=lambda one: -one[0])]


def _repaired(value: FieldValue, texts: Iterable[str], doubt: str) -> FieldValue:
    """A value as the first of some texts, which says so; with a doubt if there is none."""
    text = next(iter(texts), None)
    if text is None:
        sure = min(value.confidence, _DOUBTFUL)
        return replace(value, confidence=sure, doubts=(*value.doubts, doubt))
    said = f"repaired: {value.text} is {doubt}"
    sure = min(max(value.confidence, _DOUBTFUL), _MOST_SURE)
    return replace(value, text=text, confidence=sure, doubts=(*value.doubts, said))
