"""Pictures and what is written on them: ``NAME.gt.txt`` beside ``NAME.jpg``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ocr_cli.errors import DataError, TranscriptError
from ocr_cli.evaluation.transcript_files import read_text, read_transcript
from ocr_cli.files import TRANSCRIPT_ENDING
from ocr_cli.imaging.load import pictures_in

SUFFIX = TRANSCRIPT_ENDING
_LONGEST = 50_000
"""Characters; a closely written sheet has a tenth of them. Laying a text of millions takes minutes."""


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
        if os.path.isdir(path):
            pictures = [picture for picture in pictures_in(path) if os.path.isfile(_transcript(picture))]
            if not pictures:
                raise DataError(
                    f"{path}: no picture with a transcript (NAME{SUFFIX}) beside it",
                    hint=f"the text of a.jpg belongs into a{SUFFIX}",
                )
        else:
            pictures = [path]
        found += [Transcribed(picture, read_text(_transcript(picture))) for picture in pictures]
    return found


def pair_transcripts(paths: Sequence[str | Path], transcripts: Sequence[str | Path]) -> list[Transcribed]:
    """Pictures with the transcripts that are named for them.

    Args:
        paths: pictures.
        transcripts: as many files that ``read_transcript`` knows, in the same order; or none: then as
            ``find_transcribed``.

    Raises:
        DataError: if a transcript is missing or cannot be used, or their number is not that of the pictures.
        ImageError: if a folder cannot be listed.
    """
    if not transcripts:
        return find_transcribed(paths)
    if len(transcripts) != len(paths):
        raise DataError(
            f"{len(transcripts)} transcripts for {len(paths)} pictures",
            hint="give --text once for each, in their order",
        )
    return [
        Transcribed(Path(picture), read_transcript(text, picture))
        for picture, text in zip(paths, transcripts, strict=True)
    ]


def files_of(paths: Sequence[str | Path], transcripts: Sequence[str | Path] = ()) -> Iterator[Path]:
    """The files that ``pair_transcripts`` reads: pictures and transcripts, as far as they are there.

    Raises:
        ImageError: if a folder cannot be listed.
    """
    yield from map(Path, transcripts)
    for path in map(Path, paths):
        for picture in pictures_in(path) if os.path.isdir(path) else [path]:
            beside = _transcript(picture)
            if path != picture and not os.path.isfile(beside):
                continue
            yield picture
            if not transcripts:
                yield beside


def check_length(text: str, page: str) -> None:
    """Find out whether a text may be a page's at all, before it is compared with one.

    Args:
        text: the transcript.
        page: what to call the page.

    Raises:
        TranscriptError: if it is longer than any page.
    """
    if len(text) > _LONGEST:
        raise TranscriptError(
            f"{page}: a transcript of {len(text):,} characters is no page's",
            hint=f"a page has {_LONGEST:,} at most",
        )


def _transcript(picture: Path) -> Path:
    return picture.with_name(picture.stem + SUFFIX)
