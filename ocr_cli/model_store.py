"""Where models are found: a file of the user's, or one of those that come with the package."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from ocr_cli.errors import ModelFileError

if TYPE_CHECKING:
    from importlib.abc import Traversable

_SUFFIX = ".npz"


def shipped_models() -> dict[str, Path]:
    """The models that come with this installation, name to file, sorted by name.

    A wheel carries them as the package ``ocr_cli.models``; in a source checkout they lie in ``models/``
    beside the package.
    """
    folder: Traversable
    try:
        folder = resources.files("ocr_cli.models")
    except ModuleNotFoundError:
        folder = Path(__file__).resolve().parent.parent / "models"
    files = [Path(str(entry)) for entry in folder.iterdir()] if folder.is_dir() else []
    return {path.stem: path for path in sorted(files) if path.suffix == _SUFFIX}


def find_model(name_or_path: str | Path) -> Path:
    """The file of a model.

    Args:
        name_or_path: a file, or the name of a model that comes with the package (``block``). A file wins.

    Raises:
        ModelFileError: if there is neither.
    """
    path = Path(name_or_path)
    if path.is_file():
        return path
    shipped = shipped_models()
    name = str(name_or_path)
    if name in shipped:
        return shipped[name]
    if path.is_dir():
        raise ModelFileError(f"{name}: is a folder, not a model file")
    names = ", ".join(shipped) or "none"
    raise ModelFileError(f"{name}: no such model file, nor a model that comes with ocr (these do: {names})")
