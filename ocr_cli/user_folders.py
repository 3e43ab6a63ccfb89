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
    """
    if (base := named_folder(variable)) is not None:
        return base / below
    if sys.platform == "win32":
        return (named_folder("LOCALAPPDATA") or home()) / windows
    return home() / (mac if sys.platform == "darwin" else other)


def home() -> Path:
    """The user's home, always an absolute path.

    What ``$HOME`` says if it is absolute, else what the system knows of the user; the root of the file system
    for who has none, as containers have it.
    """
    for name in ("~", f"~{_login()}"):
        expanded = os.path.expanduser(name)
        if os.path.isabs(expanded):
            return Path(expanded)
    return Path(os.path.abspath(os.sep))


def _login() -> str:
    """The user's name by what the system knows, not by the environment; empty if it knows none."""
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return ""
