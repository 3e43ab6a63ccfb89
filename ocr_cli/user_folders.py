"""Where the platform wants a program to keep what is a user's."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def named_folder(variable: str) -> Path | None:
    """The folder that a variable of the environment names, as ``XDG_CONFIG_HOME``; None if it names none.

    A relative one is none (https://specifications.freedesktop.org/basedir-spec): it would be another folder
    in each working folder, and there anybody's.
    """
    named = os.environ.get(variable, "")
    return Path(named) if os.path.isabs(named) else None


def user_folder(variable: str, below: str, *, windows: str, mac: str, other: str) -> Path:
    """A folder of the user's, whether or not it exists; always an absolute path.

    Args:
        variable: of the environment, such as ``XDG_DATA_HOME``; if it names a folder, it counts on all
            platforms.
        below: the folder below that.
        windows: the folder in ``%LOCALAPPDATA%``.
        mac: the folder in the user's home on macOS.
        other: the folder in the user's home elsewhere.

    Raises:
        RuntimeError: if the user's home is needed, and nothing says where it is.
    """
    if (base := named_folder(variable)) is not None:
        return base / below
    if sys.platform == "win32":
        return (named_folder("LOCALAPPDATA") or _home()) / windows
    return _home() / (mac if sys.platform == "darwin" else other)


def _home() -> Path:
    home = Path.home()
    if not home.is_absolute():
        raise RuntimeError(f"no home: {home} is a relative path")
    return home
