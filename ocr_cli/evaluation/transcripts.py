"""Pictures and what is written on them: ``NAME.gt.txt`` beside ``NAME.jpg``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr_cli.errors import DataError
from ocr_cli.imaging.load import pictures_in

SUFFIX = ".gt.txt"


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A picture and its text, one line of text for each line of writing."""

    picture: Path
    text: str


def find_transcribed(paths: Sequence[str | Path]) -> list[Transcribed]:
    """Pictures that have a transcript beside them.

    Args:
        paths: pictures, which must have one, and folders, whose other pictures are left out.

    Raises:
        DataError: if a transcript is missing or no UTF-8 text, or a folder holds none.
        ImageError: if a folder cannot be listed.
    """
    found = []
    for path in map(Path, paths):
        if path.is_dir():
            pictures = [picture for picture in pictures_in(path) if _transcript(picture).is_file()]
            if not pictures:
                raise DataError(f"{path}: no picture with a transcript (NAME{SUFFIX}) beside it")
        else:
            pictures = [path]
        found += [Transcribed(picture, _read(_transcript(picture))) for picture in pictures]
    return found


def _transcript(picture: Path) -> Path:
    return picture.with_name(picture.stem + SUFFIX)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 text") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}") from error
