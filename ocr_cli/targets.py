"""No result replaces what it is made from: what a command reads and what it writes are told apart.

Files are the same if they are the same on the disk, whatever they are called: by a link, by another path, or,
where the file system does not tell them apart, in small letters.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from ocr_cli.errors import NameClashError

TRANSCRIPT_ENDING = ".gt.txt"
"""How the names of transcripts end: ``NAME.gt.txt`` beside ``NAME.jpg``."""

_Identity: TypeAlias = tuple[int, int]


class ReadAndWritten:
    """The files that a command reads and those that it will write, as they become known, in any order.

    What is no plain file (a terminal, a pipe, ``/dev/null``) may be both, and may be written twice.
    """

    def __init__(self) -> None:
        self._read: dict[_Identity, str] = {}
        self._replaced: dict[_Identity, str] = {}
        self._owners: dict[str, str] = {}

    def reads(self, path: str | Path) -> None:
        """A file is read. There need not be one.

        Raises:
            NameClashError: if it is one of those that are written.
        """
        identity = _identity(path)
        written = self._replaced.get(identity) if identity else None
        if written is None and identity is not None and _place(path) in self._owners:
            written = str(path)
        if written is not None:
            raise _would_replace(written, str(path))
        if identity is not None:
            self._read.setdefault(identity, str(path))

    def writes(self, path: str | Path, owner: str, *, hint: str | None = None, kept: bool = False) -> None:
        """A file is written, or what is there replaced.

        Args:
            path: the file; the folder need not be there.
            owner: what is written there: an option, or the picture that was read.
            hint: what to do if two owners write the same file.
            kept: whether what is there already stays as it is.

        Raises:
            NameClashError: if it is one of those that are read, is a transcript that is there already, or is
                written by another owner.
        """
        if os.path.exists(path) and not os.path.isfile(path):
            return
        place = _place(path)
        first = self._owners.get(place)
        if first == owner:
            return
        if first is not None:
            raise NameClashError(f"{first} and {owner} would both be written to {path}", hint=hint)
        identity = _identity(path)
        if identity is not None and not kept:
            if identity in self._read:
                raise _would_replace(str(path), self._read[identity])
            if os.path.basename(place).endswith(TRANSCRIPT_ENDING):
                raise NameClashError(
                    f"{path}: is a transcript that is there already",
                    hint="move it away, leave it with --skip-existing, or choose another name",
                )
            self._replaced[identity] = str(path)
        self._owners[place] = owner

    @property
    def places(self) -> Iterable[str]:
        """Where files are written: absolute paths without links."""
        return self._owners


def _would_replace(target: str, read: str) -> NameClashError:
    if target == read:
        return NameClashError(f"{target}: would be overwritten by what is made from it")
    return NameClashError(f"{target}: is the same file as {read}, which is read, and would be overwritten")


def _identity(path: str | Path) -> _Identity | None:
    """What tells a plain file from all others; None if there is none."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return (status.st_dev, status.st_ino) if stat.S_ISREG(status.st_mode) else None


def _place(path: str | Path) -> str:
    """Where a file is or will be, in the one spelling that the system's own file systems give it."""
    place = os.path.normcase(os.path.realpath(path))
    if sys.platform == "darwin":
        import unicodedata

        place = unicodedata.normalize("NFD", place).casefold()
    return place
