"""What is to be read: pictures by name, in folders, in lists, or from a pipe."""

from __future__ import annotations

import codecs
import io
import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ocr_cli.errors import ImageError
from ocr_cli.imaging.formats import picture_endings
from ocr_cli.imaging.frames import PageRanges, chosen_frames
from ocr_cli.imaging.load import MAX_BYTES, pictures_in
from ocr_cli.plain_files import read_plain

_STDIN_NAME = "<stdin>"
_PIECE = 1 << 16
_LONGEST_NAME = 1 << 16
"""Bytes; systems know no longer ones than a fraction of it."""
MAX_LIST = 256 * 1024 * 1024
"""Bytes of a list of names; a list of more is refused."""


class _Named(io.BytesIO):
    """A content with the name that shows in messages and results."""

    name: str


@dataclass(frozen=True, slots=True)
class Source:
    """A picture file, or what a pipe had to give.

    Attributes:
        name: shows in messages and results: the path, or ``<stdin>``.
        folder: where it lies below the folder that was asked for; empty if directly there.
        content: of what can be read only once, or of a file that whoever reads it cannot reach.
        named: whether the user named this very thing: only then may it be a pipe, for whose writer one waits.
    """

    name: str
    folder: str = ""
    content: bytes | None = None
    named: bool = False

    @property
    def stem(self) -> str:
        """Its name without folder and ending."""
        return "stdin" if self.name == _STDIN_NAME else Path(self.name).stem

    def opened(self) -> str | BinaryIO:
        """What ``load_picture`` takes."""
        if self.content is None:
            return self.name
        file = _Named(self.content)
        file.name = self.name
        return file


_NAMES_HINT = "it has a name a line, or with --null a NUL after each"
_NUL_HINT = "--null is for names that end with one"

STDIN = Source(_STDIN_NAME)
"""Stands for standard input, by identity; its content is not read yet."""


class Selection(NamedTuple):
    """What is taken of the folders and files that are named.

    Attributes:
        recursive: whether folders within folders are searched, too.
        patterns: as of shells, of the names to take in folders; or of paths below the folder if there is a
            slash in it. Without any, whatever is called like a picture.
        pages: of each file; by default all pages of documents, and the first frame of others.
        max_bytes: files and contents that are larger are not read.
        skipped: folders that are not searched.
    """

    recursive: bool = False
    patterns: tuple[str, ...] = ()
    pages: PageRanges | None = None
    max_bytes: int = MAX_BYTES
    skipped: tuple[str, ...] = ()

    def frames(self, source: Source) -> list[int]:
        """The frames of a source to read.

        Raises:
            ImageError: if it has none of the chosen ones.
            MissingExtraError: if a package that opens such files is not installed.
        """
        try:
            return chosen_frames(
                source.name if source.content is None else source.content,
                self.pages,
                max_bytes=self.max_bytes,
            )
        except ImageError as error:
            raise ImageError(f"{source.name}: {error}", hint=error.hint) from error


def find_sources(
    names: Iterable[str],
    selection: Selection,
    on_error: Callable[[ImageError], object],
    *,
    mirrored: bool = False,
    dash: bool = False,
) -> Iterator[Source]:
    """The pictures that names of files and folders stand for; files are not opened.

    Args:
        names: of files and folders.
        selection: which of the files in folders are taken.
        on_error: told of folders that cannot be read or hold no picture; the rest is found all the same.
        dash: whether the user named each of them, so that ``-`` is standard input, and one may be a pipe.
        mirrored: whether relative paths of files count as lying in folders below the one asked for.
    """
    skipped = {os.path.realpath(folder) for folder in selection.skipped}
    for name in names:
        try:
            if dash and name == "-":
                yield STDIN
            elif "\0" in name:
                raise ImageError(f"{name}: no file has such a name, with a NUL in it", hint=_NUL_HINT)
            elif not os.path.isdir(name):
                yield Source(name, _below(name) if mirrored else "", named=dash)
            elif selection.recursive or selection.patterns:
                yield from _within(name, selection, skipped, on_error)
            else:
                yield from (Source(str(path)) for path in pictures_in(name))
        except ImageError as error:
            on_error(error)


def _below(name: str) -> str:
    """The folders that a relative path goes down; empty if it is absolute or leads upwards."""
    folder = os.path.dirname(os.path.normpath(name))
    leads_away = os.path.isabs(folder) or folder.split(os.sep, 1)[0] == os.pardir
    return "" if leads_away else folder


def _within(
    root: str, selection: Selection, skipped: Collection[str], on_error: Callable[[ImageError], object]
) -> Iterator[Source]:
    """The pictures in a folder and, if wanted, in those below it; hidden ones stay hidden."""
    endings = picture_endings()
    found = False

    def unreadable(error: OSError) -> None:
        on_error(ImageError(f"{error.filename}: {error.strerror or error}"))

    for folder, subfolders, files in os.walk(root, onerror=unreadable):
        below = os.path.relpath(folder, root)
        below = "" if below == os.curdir else below
        subfolders[:] = sorted(
            name
            for name in subfolders
            if selection.recursive
            and not name.startswith(".")
            and os.path.realpath(os.path.join(folder, name)) not in skipped
        )
        for name in sorted(files):
            path = os.path.join(below, name)
            if selection.patterns:
                taken = any(_matches(path, name, pattern) for pattern in selection.patterns)
            else:
                taken = os.path.splitext(name)[1].lower() in endings
            if taken and not name.startswith("."):
                found = True
                yield Source(os.path.join(folder, name), below)
    if not found:
        raise ImageError(
            f"{root}: there is no picture in this folder that is asked for", hint="its folders: --recursive"
        )


def _matches(path: str, name: str, pattern: str) -> bool:
    return fnmatchcase(path if "/" in pattern else name, pattern)


def names_in(file: BinaryIO, *, null: bool = False) -> Iterator[str]:
    """The names in a list, as they come: one a line, or with a NUL character after each.

    Empty ones are left out. A line may end as on Windows, and the first begin with a byte-order mark.

    Raises:
        ImageError: if one is too long for a name, or the list too long for a list.
    """
    separator = b"\0" if null else b"\n"
    rest, size, begun = b"", 0, False
    # What a pipe has to give now shall be read now, so that pages come as soon as they are named.
    read = getattr(file, "read1", file.read)
    trimmed = _trimmed(null)
    while piece := read(_PIECE):
        *whole, rest = (rest + piece).split(separator)
        if whole and not begun and not null:
            whole[0] = whole[0].removeprefix(codecs.BOM_UTF8)
        begun = begun or bool(whole)
        size += len(piece)
        if size > MAX_LIST:
            raise ImageError(f"refused, more than {MAX_LIST:,} bytes", hint="divide it into several lists")
        # One that is too long is never put together, which would take time that grows as the square of it.
        if len(rest) > _LONGEST_NAME or any(len(name) > _LONGEST_NAME for name in whole):
            end = "NULs" if null else "ends of lines"
            raise ImageError(f"not a list of names: {_LONGEST_NAME:,} bytes without {end}", hint=_NAMES_HINT)
        yield from (os.fsdecode(name) for name in map(trimmed, whole) if name)
    if not begun and not null:
        rest = rest.removeprefix(codecs.BOM_UTF8)
    if rest := trimmed(rest):
        yield os.fsdecode(rest)


def _trimmed(null: bool) -> Callable[[bytes], bytes]:
    return (lambda name: name) if null else (lambda name: name.removesuffix(b"\r"))


def with_content(source: Source, max_bytes: int = MAX_BYTES, *, always: bool = False) -> Source:
    """The source with its content, if it can be read only once, as a pipe.

    Args:
        source: a file's.
        max_bytes: one byte more than this is read at most, which ``load_picture`` refuses.
        always: whether the content of plain files is read, too: for readers elsewhere.

    Returns:
        The source as it is if it is a plain file (and not ``always``) or cannot be opened: whoever reads
        it says why. So it is if it is a pipe that the user did not name: nobody may ever write to that.
    """
    try:
        if source.content is not None:
            return source
        if source.named and stat.S_ISFIFO(os.stat(source.name).st_mode):
            with open(source.name, "rb") as pipe:
                return replace(source, content=pipe.read(max_bytes + 1))
        return replace(source, content=read_plain(source.name, max_bytes)) if always else source
    except (OSError, ValueError):
        return source
