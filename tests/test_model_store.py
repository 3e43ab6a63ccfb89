import os
import sys
from importlib import import_module, invalidate_caches
from pathlib import Path

import pytest

from ocr_cli import model_store
from ocr_cli.errors import ModelFileError
from ocr_cli.model_store import (
    find_judges,
    find_language,
    find_model,
    name_for,
    shipped_languages,
    shipped_models,
)


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """``ocr_cli.models`` as a wheel installs it: a folder inside the package, without ``__init__.py``."""
    folder = tmp_path / "site-packages" / "ocr_cli" / "models"
    folder.mkdir(parents=True)
    (folder / "pencil.npz").touch()
    (folder / "block.npz").touch()
    (folder / "block.md").touch()
    package = import_module("ocr_cli")
    monkeypatch.setattr(package, "__path__", [str(folder.parent)])
    monkeypatch.delitem(sys.modules, "ocr_cli.models", raising=False)
    monkeypatch.delattr(package, "models", raising=False)
    invalidate_caches()
    yield folder
    sys.modules.pop("ocr_cli.models", None)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A source checkout: ``models/`` beside the package, and no ``ocr_cli.models``."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "block.npz").touch()
    monkeypatch.setattr(model_store, "__file__", str(tmp_path / "ocr_cli" / "model_store.py"))
    monkeypatch.setitem(sys.modules, "ocr_cli.models", None)
    return tmp_path / "models"


def test_the_models_of_an_installed_package_are_found(installed):
    assert shipped_models() == {"block": installed / "block.npz", "pencil": installed / "pencil.npz"}
    assert find_model("pencil") == installed / "pencil.npz"


def test_the_models_of_a_source_checkout_are_found(checkout):
    assert shipped_models() == {"block": checkout / "block.npz"}
    assert find_model("block") == checkout / "block.npz"


@pytest.mark.parametrize("place", ["installed", "checkout"])
def test_languages_are_found_beside_the_models_and_are_none_of_them(place, request):
    folder = request.getfixturevalue(place)
    models = shipped_models()
    (folder / "languages").mkdir()
    (folder / "languages" / "en.npz").touch()
    (folder / "languages" / "notes.txt").touch()
    assert shipped_languages() == {"en": folder / "languages" / "en.npz"}
    assert find_language("en") == folder / "languages" / "en.npz"
    assert shipped_models() == models
    with pytest.raises(ModelFileError, match=r"xx: no language that comes with ocr \(these do: en\)"):
        find_language("xx")


def test_a_checkout_without_languages_ships_none(checkout):
    assert shipped_languages() == {}
    with pytest.raises(ModelFileError, match="these do: none"):
        find_language("en")


def test_a_checkout_without_models_ships_none(checkout):
    (checkout / "block.npz").unlink()
    checkout.rmdir()
    assert shipped_models() == {}


@pytest.fixture
def working(checkout, tmp_path, monkeypatch):
    """A working directory with files that are called like models, and a user's folder of models elsewhere."""
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in ("block", "block.npz", "me", "me.npz", "mine.npz", "pencil.npz"):
        (folder / name).touch()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data" / "ocr" / "models").mkdir(parents=True)
    (tmp_path / "data" / "ocr" / "models" / "mine.npz").touch()
    (tmp_path / "data" / "ocr" / "models" / "block.npz").touch()
    return folder


def test_a_name_is_never_a_file_in_the_working_directory(working, checkout, tmp_path):
    assert find_model("block") == checkout / "block.npz"
    assert find_model("mine") == tmp_path / "data" / "ocr" / "models" / "mine.npz"
    for name in ("me", "me.npz", "block.npz", "mine.npz", "pencil"):
        with pytest.raises(ModelFileError, match=f"^{name}: no model of this name, but a file$") as caught:
            find_model(name)
        file = name if (working / name).exists() else f"{name}.npz"
        assert caught.value.hint == f"a file is named with its folder: {os.path.join('.', file)}"


def test_a_file_is_named_with_a_separator_or_by_a_path(working):
    for name in ("block", "block.npz", "me.npz"):
        for path in (f"./{name}", f"../scans/{name}", str(working / name), Path(name)):
            assert find_model(path).resolve() == working / name


@pytest.fixture
def both(checkout):
    (checkout / "mixed.npz").touch()
    return [checkout / "block.npz", checkout / "mixed.npz"]


def test_auto_is_the_model_that_reads_everything(both):
    assert find_model("auto") == both[1]


def test_both_that_ship_judge_forms_together(both):
    assert find_judges("auto") == both
    assert find_judges("mixed") == both[1:]


def test_auto_needs_its_model(checkout):
    with pytest.raises(ModelFileError, match=r"mixed: no model of this name"):
        find_model("auto")


@pytest.mark.parametrize(
    ("texts", "name"), [(["ANNA 14", "B-7!"], "block"), (["ANNA", "to B"], "mixed"), ([], "block")]
)
def test_auto_goes_by_the_text_where_it_is_known(texts, name):
    assert name_for("auto", texts) == name
    assert name_for("./mine.npz", texts) == "./mine.npz"


def test_a_folder_does_not_hide_a_name(checkout, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "block").mkdir()
    assert find_model("block") == checkout / "block.npz"


def test_what_is_neither_is_refused_with_the_names_there_are(checkout, tmp_path):
    with pytest.raises(ModelFileError, match=r"blok: no model of this name \(there are: block\)"):
        find_model("blok")
    with pytest.raises(ModelFileError, match=r"\./blok: no such model file"):
        find_model("./blok")
    with pytest.raises(ModelFileError, match="is a folder, not a model file"):
        find_model(tmp_path)
