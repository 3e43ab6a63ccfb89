"""What a form says of itself: dates that there are, sums that are right; and readings repaired by it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from ocr_cli.forms.dates import is_date, log_date, with_strokes
from ocr_cli.forms.fields import Field
from ocr_cli.forms.values import FieldValue
from ocr_cli.page import Alternative, Character

_MOST_SURE = 0.9
"""Confidence of what was repaired at most: something else may be wrong."""
_DOUBTFUL = 0.5
"""Confidence of what contradicts itself at most."""
_LEAST = 1e-6
"""Least confidence of a character."""
_GAP = re.compile(r"([$]?\d+) (\d\d)")


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
    strokes = with_strokes(value.text)
    if is_date(strokes):
        return _repaired(value, [strokes], "no date")
    # What looks otherwise is the less believed the less it looks so, and the less usual the date is.
    nearly = {text: log + log_date(text) for log, text in _nearly(value) if is_date(text)}
    best = max(nearly, key=nearly.__getitem__, default=None)
    likely = best is not None and nearly[best] > log_date(value.text)
    return _repaired(value, [best] if best is not None and likely else [], "no date")


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
    fitting = (text for _, text in _nearly(value) if _amount(text) == whole)
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
        text = next((text for _, text in _nearly(values[place]) if _amount(text) == wanted), None)
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


def _nearly(value: FieldValue) -> list[tuple[float, str]]:
    """Texts in which one character is another that it may be, and by how much that is likelier, in nats.

    The likeliest stand first.
    """
    compact = value.text.replace(" ", "")
    if "".join(one.text for one in value.characters) != compact:
        return []
    places = [number for number, sign in enumerate(value.text) if sign != " "]
    found = [
        (
            _log_odds(other, one),
            value.text[:place] + other.text + value.text[place + 1 :],
        )
        for place, one in zip(places, value.characters, strict=True)
        for other in one.alternatives
    ]
    return sorted(found, key=lambda one: -one[0])


def _log_odds(other: Alternative, one: Character) -> float:
    return math.log(max(other.confidence, _LEAST)) - math.log(max(one.confidence, _LEAST))


def _repaired(value: FieldValue, texts: Iterable[str], doubt: str) -> FieldValue:
    """A value as the first of some texts, which says so; with a doubt if there is none."""
    text = next(iter(texts), None)
    if text is None:
        sure = min(value.confidence, _DOUBTFUL)
        return replace(value, confidence=sure, doubts=(*value.doubts, doubt))
    said = f"repaired: {value.text} is {doubt}"
    sure = min(max(value.confidence, _DOUBTFUL), _MOST_SURE)
    return replace(value, text=text, confidence=sure, doubts=(*value.doubts, said))
