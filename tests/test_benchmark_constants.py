"""The benchmark of constants must change what it says it changes, and put it back."""

import importlib

import constants
import pytest

from ocr_cli.segmentation import rules, sides


def test_every_number_of_a_module_is_found_with_its_value():
    found = {(name, place): value for name, place, value in constants.numbers_of(sides)}
    assert found[("_NEAR", None)] == sides._NEAR
    assert all(isinstance(value, (int, float)) for value in found.values())


@pytest.mark.parametrize(("value", "factor", "new"), [(3, 0.5, 2), (4, 2.0, 8), (0.3, 0.5, 0.15)])
def test_whole_numbers_stay_whole(value, factor, new):
    scaled = constants.scaled(value, factor)
    assert scaled == new
    assert type(scaled) is type(value)


def test_a_number_is_changed_and_what_stood_there_is_told(monkeypatch):
    monkeypatch.setattr(rules, "_THICKNESS", (1.0, 2.0))
    assert constants.changed(rules, "_THICKNESS", 1, 5.0) == (1.0, 2.0)
    assert rules._THICKNESS == (1.0, 5.0)
    assert constants.changed(rules, "_THICKNESS", None, 4.0) == (1.0, 5.0)
    assert rules._THICKNESS == 4.0


@pytest.mark.parametrize("named", constants.modules_of_reading())
def test_every_number_of_reading_says_where_it_comes_from(named):
    module = importlib.import_module(f"ocr_cli.{named}")
    origins = constants.origins_of(module)
    silent = {name for name, *_ in constants.numbers_of(module) if origins.get(name) == ""}
    assert not silent


def test_defaults_of_arguments_are_marked():
    from ocr_cli.segmentation import chains

    assert constants.is_default(chains, "FARTHEST")
    assert not constants.is_default(chains, "_CLOSE")
