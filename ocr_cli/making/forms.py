"""The weights of fields of forms, fitted to forms whose fields are known.

A row's text is chosen among candidates by a weighed sum of what lattices, windows and words say. Its weights
make the right texts likeliest, as those of a conditional random field; in turn with them is told what other
fields of a column say of a row (``forms.together``). Confidences are logistic regressions. Both are judged on
forms of a kind that nothing was fitted to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from ocr_cli.forms.certainty import SORTS, Evidence, of_lines
from ocr_cli.forms.field_rows import FieldRow
from ocr_cli.forms.observing import FieldsRead, LinesRead
from ocr_cli.forms.reader import FormReader
from ocr_cli.forms.template import Template
from ocr_cli.forms.together import Lines
from ocr_cli.forms.values import FieldValue
from ocr_cli.making.confidence import Samples
from ocr_cli.weights import FormWeights, Logistic

Floats = npt.NDArray[np.float64]

MARKS = ("check", "choice")
_SAME = str.maketrans(
    {0xD7: "X", 0x2715: "X", 0x201C: '"', 0x201D: '"', 0x2018: "'", 0x2019: "'", 0x2013: "-"}
)
"""Other shapes of crosses, quotes and dashes."""
_RIDGE = 1.0
"""Keeps weights near those that judges have who know nothing of each other. Set by hand."""
_START = np.array([2 / 3, 1 / 3, 1.0])
_TURNS = 3
"""Times that weights are fitted and words are expected by them."""


def plain(text: str, kind: str) -> str:
    """A text as it is compared: without case, space and shapes of signs; of dates, no signs."""
    text = "".join(text.upper().split()).translate(_SAME)
    return "".join(filter(str.isalnum, text)) if kind == "date" else text


def is_right(field: Mapping[str, Any], text: str) -> bool:
    """Whether a text is what stands in a field, as NAME.fields.json has it."""
    if field["kind"] == "check":
        return bool(text)
    true = [plain(one, field["kind"]) for one in [field["text"], *field.get("also", [])]]
    return plain(text, field["kind"]) in true


def template_of(entry: Mapping[str, Any], name: str, *, withheld: bool = False) -> Template:
    """A template of the fields of a form.

    Args:
        entry: what NAME.fields.json holds.
        name: of the form.
        withheld: whether it says no kinds but those of marks.
    """
    fields = []
    for field in entry["fields"]:
        kind = (
            "text" if field["kind"] == "empty" or (withheld and field["kind"] not in MARKS) else field["kind"]
        )
        known = {key: field[key] for key in ("cells", "lines", "options") if field.get(key)}
        fields.append({"name": field["name"], "box": field["box"], "kind": kind, **known})
    return Template.from_dict(
        {"format": "ocr-form", "version": 1, "page": entry["page"], "fields": fields}, name
    )


def kind_of(name: str) -> str:
    """What fillings of one form, and sheets for one use, have in common: the name's first word."""
    return re.split(r"[_\d]", name)[0]


@dataclass(eq=False)
class FormRead:
    """A form that was read.

    Attributes:
        name: of the form.
        fields: as NAME.fields.json has them.
        values: of each.
        right: of each, whether it is.
        evidence: for each value.
        lines: those of its fields that were read together, and their names.
    """

    name: str
    fields: Sequence[Mapping[str, Any]]
    values: Sequence[FieldValue]
    right: list[bool]
    evidence: list[Evidence]
    lines: Sequence[tuple[tuple[str, ...], Lines]]

    @property
    def kind(self) -> str:
        """As of ``kind_of``."""
        return kind_of(self.name)


def read_forms(folder: Path, only: Sequence[str] = (), *, withheld: bool = False) -> Iterator[FormRead]:
    """Read the forms of a folder, NAME.jpg with NAME.fields.json.

    Args:
        folder: of them.
        only: how names begin of those that are read; all if there are none.
        withheld: as of ``template_of``.
    """
    for path in sorted(folder.glob("*.fields.json")):
        name, entry = path.name.removesuffix(".fields.json"), json.loads(path.read_text(encoding="utf-8"))
        if only and not name.startswith(tuple(only)):
            continue
        seen: list[LinesRead | FieldsRead] = []
        reader = FormReader([template_of(entry, name, withheld=withheld)], observer=seen.append)
        values = reader.read(folder / entry["image"]).form.fields
        lines = [
            (tuple(field.name for field in one.fields), one.lines)
            for one in seen
            if isinstance(one, LinesRead)
        ]
        evidence = next(one.evidence for one in seen if isinstance(one, FieldsRead))
        right = [is_right(field, one.text) for field, one in zip(entry["fields"], values, strict=True)]
        yield FormRead(name, entry["fields"], values, right, list(evidence), lines)


class _Known(NamedTuple):
    """A row that is all of its field, and which of its texts are right."""

    form: FormRead
    number: int
    row: FieldRow
    right: npt.NDArray[np.bool_]


def _rows(forms: Sequence[FormRead]) -> list[_Known]:
    found = []
    for form in forms:
        numbers = {field["name"]: number for number, field in enumerate(form.fields)}
        for names, lines in form.lines:
            owners = [row.owner for row in lines.rows]
            for row in lines.rows:
                number = numbers[names[row.owner]]
                if owners.count(row.owner) == 1:
                    right = [is_right(form.fields[number], text) for text in row.texts]
                    found.append(_Known(form, number, row, np.array(right, bool)))
    return found


def _fitted(rows: Sequence[_Known]) -> Floats:
    """The weights by which the right texts are likeliest: float (3,)."""
    data = [
        (np.vstack([one.row.judged, one.row.expected]).T, one.right)
        for one in rows
        if one.right.any() and not one.right.all()
    ]

    def loss(weights: Floats) -> tuple[float, Floats]:
        away = weights - _START
        total, gradient = _RIDGE * float(away @ away), 2 * _RIDGE * away
        for evidence, right in data:
            score = evidence @ weights
            share = np.exp(score - score.max())
            share /= share.sum()
            good = share * right / max(float(share @ right), 1e-12)
            total -= float(np.log(max(float(share @ right), 1e-12)))
            gradient += (share - good) @ evidence
        return total, gradient

    return np.asarray(minimize(loss, _START, jac=True, method="L-BFGS-B").x)


def _expect(forms: Sequence[FormRead], weights: Floats) -> None:
    """Learn once more what columns have in common, by other weights."""
    for form in forms:
        for _, lines in form.lines:
            for row in lines.rows:
                lattices, windows, expected = weights.tolist()
                row.weights = FormWeights(lattices, windows, expected, {})
            lines.learn()


def _certainty(forms: Sequence[FormRead]) -> dict[str, Logistic]:
    """The logistic regression of each sort of field."""
    every = {sort: Samples() for sort in SORTS}
    for form in forms:
        for evidence, right in zip(form.evidence, form.right, strict=True):
            every[evidence.sort].add(evidence.numbers, right, 1.0)
    return {
        sort: samples.fit() if samples.right else Logistic(0.0, (1.0,) + (0.0,) * (pieces - 1))
        for (sort, samples), pieces in zip(every.items(), SORTS.values(), strict=True)
    }


def fit(forms: Sequence[FormRead], tell: Callable[[str], None]) -> dict[str, Any]:
    """The group ``forms`` of the record, fitted to all forms; it is told how well others are read.

    Args:
        forms: of several kinds.
        tell: is told the figures of forms of kinds that nothing was fitted to.
    """
    weights = _START
    for _ in range(_TURNS):
        _expect(forms, weights)
        weights = _fitted(_rows(forms))
    _expect(forms, weights)
    _report(forms, weights, tell)
    lattices, windows, expected = (round(weight, 3) for weight in weights.tolist())
    certainty = {
        sort: {"bias": one.bias, "weights": list(one.weights)} for sort, one in _certainty(forms).items()
    }
    return {
        "provenance": {
            "script": "models/fit_forms.py",
            "forms": len(forms),
            "fields": sum(len(form.fields) for form in forms),
        },
        "lattices": lattices,
        "windows": windows,
        "expected": expected,
        "certainty": certainty,
    }


def _report(forms: Sequence[FormRead], weights: Floats, tell: Callable[[str], None]) -> None:
    """Tell how well forms of each kind are read by weights of the others, and what a review finds.

    What the forms have as right and as evidence is then that of such weights.
    """
    kinds = {kind: [form for form in forms if form.kind == kind] for kind in {form.kind for form in forms}}
    for kind, own in sorted(kinds.items()):
        others = _fitted(_rows([form for form in forms if form.kind != kind]))
        _expect(own, others)
        rows = _rows(own)
        for one in rows:
            told = one.row.told()
            text, share = told.texts[0] if told.texts else ("", 0.0)
            one.form.right[one.number] = is_right(one.form.fields[one.number], text)
            one.form.evidence[one.number] = of_lines([share], [told.fits], len(text))
        _expect(own, weights)
        if rows:
            good = sum(one.form.right[one.number] for one in rows)
            tell(
                f"{kind}: {good} of {len(rows)} lines right by weights of others, {others.round(2).tolist()}"
            )
    sure: list[tuple[float, bool]] = []
    for kind, own in kinds.items():
        certainty = _certainty([form for form in forms if form.kind != kind])
        for form in own:
            confidences = [one.confidence(certainty) for one in form.evidence]
            sure += zip(confidences, form.right, strict=True)
    seen, wrong = found_by_review(sure)
    tell(f"all fields: {len(sure) - wrong} of {len(sure)} right; the least sure fifth has {seen} of {wrong}")


def found_by_review(values: Sequence[tuple[float, bool]]) -> tuple[int, int]:
    """How many wrong values are among the least sure fifth, and how many there are.

    Args:
        values: the confidence of each, and whether it is right.
    """
    order = sorted(values, key=lambda one: one[0])
    fifth = order[: len(order) // 5]
    return sum(not good for _, good in fifth), sum(not good for _, good in order)
