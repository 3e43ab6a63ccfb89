"""Where models are found: by a name, what comes with the package or the user keeps; else by a path."""

from __future__ import annotations

import os
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

from ocr_cli.errors import MissingModelError, ModelFileError
from ocr_cli.files import user_folder

_SUFFIX = ".npz"
AUTO = "auto"
"""Stands for the model that comes with the package and reads every kind of writing."""
_NARROW, _WIDE = "block", "mixed"
"""Those that come with it: of capitals and digits, and of small letters and signs as well."""


def shipped_models() -> dict[str, Path]:
    """The models that come with this installation, name to file, sorted by name."""
    return _files(_folder())


def user_models() -> dict[str, Path]:
    """The models in the user's folder of models, name to file, sorted by name."""
    return models_in(models_folder())


def models_folder() -> Path:
    """Where a user may put models to have them by name, whether or not the folder exists.

    ``$XDG_DATA_HOME/ocr/models``, by default in ``~/.local/share``; on Windows in ``%LOCALAPPDATA%``, on
    macOS in ``~/Library/Application Support``.
    """
    return user_folder(
        "XDG_DATA_HOME",
        "ocr/models",
        windows="ocr/models",
        mac="Library/Application Support/ocr/models",
        other=".local/share/ocr/models",
    )


def models_in(folder: Path) -> dict[str, Path]:
    """The files in a folder that may be models, by their endings, name to file, sorted by name."""
    try:
        return _files(folder)
    except OSError:  # A folder that cannot be looked into has none for us.
        return {}


def named_models() -> dict[str, Path]:
    """The models that have a name wherever one works: the user's, and those that come with the package."""
    return user_models() | shipped_models()


def shipped_languages() -> dict[str, Path]:
    """The language files that come with this installation, name to file, sorted by name."""
    return _files(_folder() / "languages")


def find_weights() -> Path:
    """The record of weights that comes with the package: ``ocr_cli.weights``."""
    return shipped_file("weights.json")


def shipped_file(name: str) -> Path:
    """Where a file lies that comes with the package's models, or would: what is made anew is put there."""
    return Path(str(_folder() / name))


def accents_file(name: str) -> Path:
    """The file that knows ``marks`` by their look, or the ``words`` that have them."""
    return shipped_file("accents") / f"{name}.npz"


def find_language(name: str) -> Path:
    """The file of a language that comes with the package (``en``; ``any`` for all of them in one).

    Raises:
        ModelFileError: if there is none.
    """
    shipped = shipped_languages()
    if name not in shipped:
        names = ", ".join(shipped) or "none"
        raise MissingModelError(f"{name}: no language that comes with ocr (these do: {names})", hint="")
    return shipped[name]


def _folder() -> Path:
    """A wheel carries the files as the package ``ocr_cli.models``; a source checkout has ``models/``."""
    # importlib.resources would find it, too, after importing ten other modules.
    package = find_spec("ocr_cli.models")
    if package is not None and package.submodule_search_locations:
        return Path(next(iter(package.submodule_search_locations)))
    return Path(__file__).resolve().parent.parent / "models"


def _files(folder: Path) -> dict[str, Path]:
    files = list(folder.iterdir()) if folder.is_dir() else []
    return {path.stem: path for path in sorted(files) if path.suffix == _SUFFIX}


def is_file_name(model: str | Path) -> bool:
    """Whether a file is meant: a ``Path``, or a text with a separator in it, such as ``./me.npz``.

    ``block`` is a name, and so are ``me`` and ``me.npz``. A name never stands for what lies in the working
    directory, where anybody may have put it.
    """
    if isinstance(model, Path):
        return True
    return any(sign in model for sign in (os.sep, os.altsep or os.sep)) or bool(os.path.splitdrive(model)[0])


def find_model(name_or_path: str | Path) -> Path:
    """The file of a model.

    Args:
        name_or_path: the name of a model that comes with the package (``block``) or else lies in the user's
            folder of models; ``auto``; or a file, see ``is_file_name``.

    Raises:
        ModelFileError: if there is none.
    """
    name = str(name_or_path)
    if is_file_name(name_or_path):
        if os.path.isdir(name):
            raise ModelFileError(f"{name}: is a folder, not a model file")
        if not os.path.exists(name):
            raise MissingModelError(f"{name}: no such model file")
        return Path(name_or_path)
    shipped = shipped_models()
    if name == AUTO:
        name = _WIDE
    if name in shipped:
        return shipped[name]
    own = user_models()
    if name in own:
        return own[name]
    beside = next((one for one in (name, f"{name}{_SUFFIX}") if name and os.path.isfile(one)), None)
    if beside is not None:
        hint = f"a file is named with its folder: {os.curdir}{os.sep}{beside}"
        raise MissingModelError(f"{name}: no model of this name, but a file", hint=hint)
    names = ", ".join(shipped | own) or "none"
    raise MissingModelError(f"{name}: no model of this name (there are: {names})")


def find_judges(name_or_path: str | Path) -> list[Path]:
    """The files of the models that judge the fields of forms together: both that ship for ``auto``, else one.

    Args:
        name_or_path: as for ``find_model``.

    Raises:
        ModelFileError: if one is missing.
    """
    names = (_NARROW, _WIDE) if name_or_path == AUTO else (name_or_path,)
    return [find_model(name) for name in names]


def name_for(name: str, texts: Iterable[str]) -> str:
    """The model to learn from where it is known what is written: for ``auto`` one for capitals, if that does.

    Args:
        name: as for ``find_model``; any other than ``auto`` is itself.
        texts: what is written.
    """
    if name != AUTO:
        return name
    return _WIDE if any(text != text.upper() for text in texts) else _NARROW
