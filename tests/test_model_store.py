import sys
from importlib import import_module, invalidate_caches

import pytest

from ocr_cli import model_store
from ocr_cli.errors import ModelFileError
from ocr_cli.model_store import find_language, find_model, shipped_languages, shipped_models


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


def test_a_file_wins_over_a_name(checkout, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "block").touch()
    assert find_model("block").resolve() == tmp_path / "block"


def test_a_folder_does_not_hide_a_name(checkout, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "block").mkdir()
    assert find_model("block") == checkout / "block.npz"


def test_what_is_neither_is_refused_with_the_names_there_are(checkout, tmp_path):
    with pytest.raises(ModelFileError, match=r"blok: no such model file.*\(these do: block\)"):
        find_model("blok")
    with pytest.raises(ModelFileError, match="is a folder, not a model file"):
        find_model(tmp_path)
