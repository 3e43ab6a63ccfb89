"""Which settings of a folder are obeyed: whoever filled it need not be who works in it.

An archive of scans that somebody unpacks may hold a file of settings, and so may any folder above. Such a
file says how the pages are read and nothing else: not what is written, started, opened or connected to, and
not what is said. And it counts only if nobody else can have put it there after the user did.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ocr_cli.model_store import is_file_name

READING = frozenset(
    {
        "accents",
        "blacklist",
        "case",
        "ignore-print",
        "thorough",
        "language",
        "layout",
        "min-confidence",
        "model",
        "pattern",
        "region",
        "rotate",
        "unknown",
        "whitelist",
    }
)
"""The options that a folder's settings may give; ``model`` only by its name, not as a file."""


def folders(start: Path) -> Iterator[Path]:
    """Where a project's file may lie: in a folder and in those above it.

    Args:
        start: an absolute path.

    Yields:
        The folders, the nearest first; none above the user's home, none on another file system.
    """
    home = os.path.realpath(os.path.expanduser("~"))
    try:
        device = os.stat(start).st_dev
        for place in (start, *start.parents):
            if os.stat(place).st_dev != device:
                return
            yield place
            if os.path.realpath(place) == home:
                return
    except OSError:  # It was removed meanwhile, or is closed to us.
        return


def distrust(path: Path) -> str | None:
    """Why a file of settings is not obeyed; None if it is the user's own, and nobody else's to write.

    Administrators obey their own files alone, too. Windows has no such owners; there every file is obeyed.

    Raises:
        OSError: if there is no such file.
    """
    if not hasattr(os, "geteuid"):
        return None
    status = os.stat(path)
    # The file, and the link that leads to it.
    if {status.st_uid, os.lstat(path).st_uid} != {os.geteuid()}:
        return "is somebody else's"
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by others"
    return None


def reading_alone(values: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """What of a project's file is obeyed.

    Args:
        values: all that it says, as TOML has it.

    Returns:
        What says how pages are read, and the keys of all else, with that of their table before them.
    """
    kept: dict[str, Any] = {}
    refused = []
    for key, value in values.items():
        if isinstance(value, dict):
            kept[key] = {name: one for name, one in value.items() if _is_reading(name, one)}
            refused += [f"{key}.{name}" for name in value if name not in kept[key]]
        elif _is_reading(key, value):
            kept[key] = value
        else:
            refused.append(key)
    return kept, tuple(refused)


def _is_reading(key: str, value: Any) -> bool:
    name = key.replace("_", "-")
    return name in READING and not (name == "model" and isinstance(value, str) and is_file_name(value))
