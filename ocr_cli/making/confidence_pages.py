"""What confidences are fitted to: lines of writing, their text, and how they are read.

Name lines, photographed pages and crops by people whose writing no network has seen, the mixed-case ones read
with the ``mixed`` model, and pages that the package's own hand draws, with words, numbers and signs.

The networks have learned letters of the name lines of the training part, so these are read more easily than
others'. ``models/name_lines.csv`` therefore gives the text of a random eighth of the lines without labels,
read by eye, what is illegible as ``?``; no network has learned from them, nor may any: those among them that
``names_pseudo`` has letters of are held out. It also has the lines whose label is plainly wrong, one in
thirteen of the labelled ones, found by eye without a look at what was read: these are mostly lines that are
hard to read, so a fit cannot take wrong labels for chance. Nothing is fitted to the validation part.
"""

from __future__ import annotations

import csv
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.decoding.decoder import Decoder, ReadLine
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.rows import DecodedRow
from ocr_cli.evaluation.transcripts import find_transcribed
from ocr_cli.loading import load_tools
from ocr_cli.model_store import find_language, find_model, shipped_file
from ocr_cli.reader import Reader

Kind: TypeAlias = Literal["training", "unlearned", "validation", "validation, mended", "page", "drawn"]
List: TypeAlias = Literal["none", "list", "whole list", "list without them"]

CAPITALS = [
    "cmu_01_list",
    "cmu_02_letters",
    "cmu18752_alphabet_black",
    "pyimg_hello_world",
    "pyimg_umbc_zipcode",
    "writein_alphabet_line",
    "writein_george_washington",
    "writein_john_cage",
    "pangram_author0_upper_crop",
    "nist_hsf_form1_upper_crop",
]
MIXED = [
    "jim_dream_tablet",
    "jim_rapid_progress",
    "jim_schrodinger",
    "hubert_abc",
    "graph_ink",
    "rocketbook_page",
    "writein_matt_coffey_mixed",
    "pangram_author0",
]
DRAWN = 150
"""Pages drawn, three lines each."""
PARTS = 8
"""Lists that lack what is written, each the words of as large a part of the lines."""
WORDS = """
BREAD MILK LEMON RICE SUGAR ORANGE BUTTER SALT TRAIN TICKET MONDAY GARDEN WINDOW BRIDGE STREET NUMBER PAPER
DOCTOR SCHOOL QUEEN HOUSE TABLE CHAIR CLOCK RADIO GLASS KNIFE AND THE FOR WITH FROM CALL VISIT BRING SEND
""".split()  # noqa: SIM905 - as a list it would take fifty lines


@dataclass(frozen=True, eq=False)
class Source:
    """The rows of a page, and its text; the number tells it from others."""

    kind: Kind
    number: int
    rows: list[DecodedRow]
    text: str


@dataclass(frozen=True)
class Read:
    """What was read of a page, as of ``Source``, and the list of words that it was read with."""

    kind: Kind
    number: int
    listed: List
    lines: list[ReadLine]
    text: str


def name_lines(data: Path) -> Iterator[tuple[Kind, Path, str]]:
    """Pictures of names without print or cut letters, and their text."""
    seen = transcripts()
    with (data / "names/labels.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            path = data / "names/labelled" / row["file"]
            # Some labels have spaces about a hyphen, none of the lines has.
            text = re.sub(" *- *", "-", row["text"])
            if row["printed_caption"] == row["ink_at_edge"] == "0":
                mended = seen.get(path.name, text)
                if row["part"] == "training":
                    yield "training", path, mended
                else:
                    yield "validation", path, text
                    yield "validation, mended", path, mended
    for name, text in seen.items():
        if (path := data / "names/unlabelled" / name).exists():
            yield "unlearned", path, text


def transcripts() -> dict[str, str]:
    """The text of each of the name lines that were read by eye, by the name of its file."""
    with shipped_file("name_lines.csv").open(encoding="utf-8") as file:
        return {row["file"]: row["text"] for row in csv.DictReader(file)}


def draw_page(seed: int) -> tuple[npt.NDArray[np.uint8], str]:
    """A page of words, numbers, codes and signs, uint8 (H, W), and its text."""
    rng = np.random.default_rng(seed)

    def token() -> str:
        kind = rng.choice(["word", "number", "code", "item"], p=[0.6, 0.2, 0.1, 0.1])
        if kind == "word":
            return str(rng.choice(WORDS)) + str(rng.choice(["", ".", ","], p=[0.8, 0.1, 0.1]))
        if kind == "number":
            return str(rng.integers(10, 99999))
        if kind == "item":
            return f"{rng.choice(WORDS)}-{rng.choice(WORDS)}"
        return "".join(rng.choice(list("ABCDEFGHJKLMNPRSTUVWXYZ23456789"), int(rng.integers(3, 7))))

    lines = [" ".join(token() for _ in range(int(rng.integers(1, 4)))) for _ in range(3)]
    drawing = draw_text(
        lines,
        style=Style.random(int(rng.integers(10**6))),
        seed=seed,
        height=float(rng.uniform(16, 44)),
        letter_spacing=float(rng.uniform(0.15, 0.45)),
    )
    noisy = 235 - 200 * drawing.ink + rng.normal(0, 6, drawing.ink.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), "\n".join(lines)


def decoder_of(model: str, words: Lexicon | None) -> Decoder:
    """A decoder as a ``Reader`` of the model, English and the user's words has it."""
    return load_tools([find_model(model)], [find_language("en")], lexicon=words)[0].decoder


def find_pages(data: Path, model: str, numbers: Iterator[int]) -> list[Source]:
    """All that a model is to read, as a ``Reader`` finds it, numbered as given."""
    reader = Reader(model)

    names = CAPITALS if model == "block" else MIXED
    pages = [page for page in find_transcribed([data / "pages"]) if page.picture.stem in names]
    pages += find_transcribed([data / "writein"]) if model == "block" else []
    found: list[tuple[Kind, Path | npt.NDArray[np.uint8], str]]
    found = [("page", page.picture, page.text) for page in pages]
    if model == "block":
        found += name_lines(data)
        found += [("drawn", *draw_page(seed)) for seed in range(DRAWN)]
    return [
        Source(kind, number, reader.rows(picture).writing(), text)
        for number, (kind, picture, text) in zip(numbers, found, strict=False)
    ]


def read_all(data: Path) -> list[Read]:
    """All pages read, by the models that suit them, and the name lines also with the list of names.

    A user's list may hold all that is written, or not: it has the labels of the lines that are labelled, and
    three quarters of the others' names. These are also read with a list that holds them all, and all lines
    with one that lacks the very words that are written there.
    """
    names = (data / "names/lexicon.txt").read_text(encoding="utf-8").split()
    more = [word for text in transcripts().values() for word in _words(text) if "?" not in word]
    lists: dict[List, Lexicon | None] = {
        "none": None,
        "list": Lexicon(names),
        "whole list": Lexicon(names + more),
    }
    pages: list[Read] = []
    numbers = itertools.count()
    for model in ("block", "mixed"):
        sources = find_pages(data, model, numbers)
        for listed, words in lists.items():
            decoder = decoder_of(model, words)
            for one in sources:
                if listed in _lists(one.kind):
                    pages.append(Read(one.kind, one.number, listed, decoder.read(one.rows), one.text))
        named = [one for one in sources if one.kind not in ("page", "drawn")]
        for part in range(PARTS if named else 0):
            some = [one for one in named if one.number % PARTS == part]
            missing = {word for one in some for word in _words(one.text)}
            others = Lexicon(word for word in names if missing.isdisjoint(_words(word)))
            decoder = decoder_of(model, others)
            for one in some:
                read = decoder.read(one.rows)
                pages.append(Read(one.kind, one.number, "list without them", read, one.text))
    return pages


def _words(text: str) -> list[str]:
    return re.split("[ -]", text)


def _lists(kind: Kind) -> Sequence[List]:
    if kind == "unlearned":
        return ("none", "list", "whole list")
    # Words of pages are not in a list of names: they would be read as others.
    return ("none",) if kind in ("page", "drawn") else ("none", "list")
