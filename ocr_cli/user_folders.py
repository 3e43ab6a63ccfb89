"""Where the platform wants a program to keep what is a user's."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def user_folder(variable: str, below: str, *, windows: str, mac: str, other: str) -> Path:
    """A folder of the user's, whether or not it exists.

    Args:
        variable: of the environment, such as ``XDG_DATA_HOME``; if it is set, it counts on all platforms.
        below: the folder below what it says.
        windows: the folder in ``%LOCALAPPDATA%``.
        mac: the folder in the user's home on macOS.
        other: the folder in the user's home elsewhere.

    Raises:
        RuntimeError: if the user's home is needed, and nothing says where it is.
    """
    if base := os.environ.get(variable):
        return Path(base, below)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home(), windows)
    return Path.home() / (mac if sys.platform == "darwin" else other)
