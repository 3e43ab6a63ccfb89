"""Weights are fitted to rows whose judges are made up, and to evidence that is."""

from types import SimpleNamespace

import numpy as np
import pytest

from ocr_cli.forms.certainty import of_signs
from ocr_cli.making.forms import FormRead, fit, found_by_review, is_right, plain, template_of
from ocr_cli.weights import FormWeights

FIELD = {"name": "a", "box": [0, 0, 90, 30], "text": "AB", "kind": "text"}


class MadeUpRow:
    """A row of two texts: by windows the right one fits better, lattices know nothing."""

    def __init__(self, rng, owner):
        self.owner, self.texts = owner, ["AB", "CD"]
        self.weights = FormWeights(1.0, 1.0, 1.0, {})
        self.judged = np.stack([rng.normal(size=2) * 3, np.array([-1.0, -4.0]) + rng.normal(size=2)])
        self.expected = rng.normal(size=2)

    @property
    def shares(self):
        score = np.array(self.weights[:3]) @ np.vstack([self.judged, self.expected])
        found = np.exp(score - score.max())
        return found / found.sum()

    def told(self):
        best = int(self.shares.argmax())
        return SimpleNamespace(texts=((self.texts[best], float(self.shares[best])),), fits=-1.0)


def form(name, rng, count=40):
    fields = [{**FIELD, "name": str(number)} for number in range(2 * count)]
    lines = SimpleNamespace(rows=[MadeUpRow(rng, number) for number in range(count)], learn=lambda: None)
    sure = rng.uniform(0.01, 0.99, 2 * count)
    right = (rng.uniform(size=2 * count) < sure**3).tolist()
    names = tuple(str(number) for number in range(count))
    return FormRead(name, fields, (), right, [of_signs([one]) for one in sure], [(names, lines)])


def test_what_tells_right_texts_weighs_more():
    rng = np.random.default_rng(5)
    said = []
    group = fit([form("a_1", rng), form("a_2", rng), form("b_1", rng)], said.append)
    assert group["windows"] > 3 * abs(group["lattices"])
    assert group["certainty"]["marks"] == {"bias": 0.0, "weights": [1.0]}
    # Made-up evidence believes too much.
    assert group["certainty"]["signs"]["bias"] < -0.5
    assert [line.split(":")[0] for line in said] == ["a", "b", "all fields"]


def test_weights_of_a_kind_are_not_fitted_to_it():
    rng = np.random.default_rng(6)
    odd = form("odd_1", rng)
    for row in odd.lines[0][1].rows:
        row.judged[1] = -row.judged[1]
    said = []
    fit([form("a_1", rng), form("a_2", rng), odd], said.append)
    good = {line.split(":")[0]: int(line.split()[1]) for line in said[:2]}
    assert good["odd"] < 10


def test_the_least_sure_fifth_is_reviewed():
    values = [(number / 10, number not in (0, 1, 7)) for number in range(10)]
    assert found_by_review(values) == (2, 3)


@pytest.mark.parametrize(
    ("field", "text", "right"),
    [
        (FIELD, "ab", True),
        (FIELD, "A B", True),
        (FIELD, "", False),
        ({**FIELD, "also": ["XY"]}, "xy", True),
        ({**FIELD, "kind": "check", "text": "X"}, "ticked", True),
        ({**FIELD, "kind": "date", "text": "1/2/24"}, "1.2.24", True),
        ({**FIELD, "kind": "empty", "text": ""}, "", True),
        ({**FIELD, "kind": "empty", "text": ""}, "1", False),
    ],
)
def test_readings_are_compared_as_their_kind_asks(field, text, right):
    assert is_right(field, text) is right


def test_quotes_and_dashes_have_many_shapes():
    assert plain("“a” \u2013 b", "text") == '"A"-B'


def test_kinds_may_be_withheld():
    entry = {"page": {"width": 100, "height": 50}, "fields": [{**FIELD, "kind": "digits", "cells": 3}]}
    (known,) = template_of(entry, "a").every_field
    (withheld,) = template_of(entry, "a", withheld=True).every_field
    assert (known.kind, withheld.kind, withheld.cells) == ("digits", "text", 3)
