"""Fit the weights of confidence, ``confidence.json``, to lines that were read.

    python models/fit_confidence.py --data ../shared/data            # writes models/confidence.json
    python models/fit_confidence.py --data ../shared/data --report   # only prints what it would say

Read are the name lines of the training part, with their list of names as lexicon and without; photographed
pages and crops by people whose writing no network has seen, the mixed-case ones with the ``mixed`` model; and
pages that the package's own hand draws, with words, numbers and signs. Some of the name lines' labels are
wrong; how many is given to the fit, so that it does not take good readings of them for bad ones. The networks
have learned from letters of the name lines, so these are read more easily than others': the pages weigh more.
When a network is trained anew, run this again.
"""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_text
from ocr_cli.decoding.beam import BeamSearch
from ocr_cli.decoding.confidence import Calibration, Logistic, line_evidence, word_evidence
from ocr_cli.decoding.decoder import Decoder, ReadLine
from ocr_cli.decoding.language import LanguageModel
from ocr_cli.decoding.lexicon import Lexicon
from ocr_cli.decoding.rows import DecodedRow, keep_writing
from ocr_cli.evaluation.alignment import align
from ocr_cli.evaluation.transcripts import find_transcribed
from ocr_cli.model_store import find_confidence, find_language
from ocr_cli.reader import Reader

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
PAGE_WEIGHT = 6.0
"""How much a word of a page weighs beside one of a name line."""
WRONG_LABELS, WRONG_WITH_LIST, LETTERS = 0.08, 0.04, 7.0
"""Share of the name lines whose label is wrong by a letter; likewise where they are read with the list, which
holds the wrong ones, too; letters of a usual line."""
DRAWN = 150
"""Pages drawn, three lines each."""
RIDGE = 0.02
"""Keeps weights small that little evidence asks for."""
WORDS = """
BREAD MILK LEMON RICE SUGAR ORANGE BUTTER SALT TRAIN TICKET MONDAY GARDEN WINDOW BRIDGE STREET NUMBER PAPER
DOCTOR SCHOOL QUEEN HOUSE TABLE CHAIR CLOCK RADIO GLASS KNIFE AND THE FOR WITH FROM CALL VISIT BRING SEND
""".split()  # noqa: SIM905 - as a list it would take fifty lines


@dataclass(eq=False)
class Samples:
    """Evidence, whether it was right, and how likely the label is wrong."""

    evidence: list[tuple[float, ...]] = field(default_factory=list)
    right: list[bool] = field(default_factory=list)
    doubt: list[float] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)

    def add(self, evidence: Sequence[float], right: bool, doubt: float, weight: float) -> None:
        """One more."""
        self.evidence.append(tuple(evidence))
        self.right.append(right)
        self.doubt.append(doubt)
        self.weight.append(weight)

    def fit(self) -> Logistic:
        """The logistic regression that makes the labels likeliest, some of them being wrong."""
        x = np.array(self.evidence)
        right, most, weight = np.array(self.right), 1 - np.array(self.doubt), np.array(self.weight)
        start = np.concatenate([[0.0], [1.0], np.zeros(x.shape[1] - 1)])

        def loss(weights: npt.NDArray[np.float64]) -> float:
            probability = most / (1 + np.exp(-(weights[0] + x @ weights[1:])))
            chance = np.where(right, probability, 1 - probability)
            return float(
                -(weight * np.log(np.maximum(chance, 1e-9))).sum()
                + RIDGE * len(x) ** 0.5 * ((weights - start) ** 2).sum()
            )

        bias, *weights = minimize(loss, start, method="BFGS").x.tolist()
        return Logistic(round(bias, 4), tuple(round(weight, 4) for weight in weights))


@dataclass(frozen=True)
class Read:
    """A page that was read: its lines, its text, and the share of such texts that are wrong."""

    lines: list[ReadLine]
    text: str
    doubt: float
    weight: float


def name_lines(data: Path) -> list[tuple[Path, str]]:
    """Pictures of the training part without print or cut letters, and their labels."""
    with (data / "names/labels.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "training"]
    plain = [row for row in rows if row["printed_caption"] == row["ink_at_edge"] == "0"]
    return [(data / "names/labelled" / row["file"], row["text"]) for row in plain]


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


def marks(truth: Sequence[str], read: Sequence[str]) -> list[bool]:
    """Of each item that was read, whether it is right."""
    return [a == b for a, b in align(truth, read) if b is not None]


def bare(text: str) -> str:
    """Letters and digits alone, in one case."""
    return "".join(c for c in text if c.isalnum()).upper()


def gather_characters(pages: Iterable[Read]) -> Samples:
    """Of each character; labels of names have no signs."""
    samples = Samples()
    for page in pages:
        signs = [sign for line in page.lines for sign in line.signs if not page.doubt or sign.text.isalnum()]
        truth = bare(page.text) if page.doubt else "".join(page.text.split()).upper()
        for sign, right in zip(signs, marks(truth, [sign.text.upper() for sign in signs]), strict=True):
            samples.add(sign.evidence, right, page.doubt / LETTERS, page.weight)
    return samples


def words_of(line: ReadLine) -> list[str]:
    """The text of each word."""
    return "".join(" " * sign.new_word + sign.text for sign in line.signs).split()


def gather_words(pages: Iterable[Read], character: Logistic) -> Samples:
    """Of each word, with characters as confident as ``character`` says."""
    samples = Samples()
    for page in pages:
        read, evidence = [], []
        for line in page.lines:
            texts, position = words_of(line), 0
            for text, (_, _, gap, listed) in zip(texts, line.evidence, strict=True):
                own = line.signs[position : position + len(text)]
                position += len(text)
                if bare(text):
                    sure = [character.probability(sign.evidence) for sign in own]
                    read.append(bare(text))
                    evidence.append(word_evidence(sure, 8 * gap, listed=bool(listed)))
        for one, right in zip(evidence, marks(list(map(bare, page.text.split())), read), strict=True):
            samples.add(one, right, page.doubt, page.weight)
    return samples


def gather_lines(pages: Iterable[Read], word: Logistic, character: Logistic) -> Samples:
    """Of each line, with words as confident as ``word`` says."""
    samples = Samples()
    for page in pages:
        truth = [" ".join(map(bare, line.split())) for line in page.text.splitlines()]
        read, evidence = [], []
        for line in (line for line in page.lines if line.signs):
            texts, sure, position = words_of(line), [], 0
            for text, (_, _, gap, listed) in zip(texts, line.evidence, strict=True):
                own = line.signs[position : position + len(text)]
                position += len(text)
                likely = [character.probability(sign.evidence) for sign in own]
                sure.append(word.probability(word_evidence(likely, 8 * gap, listed=bool(listed))))
            read.append(" ".join(filter(None, map(bare, texts))))
            evidence.append(line_evidence(sure))
        for one, right in zip(evidence, marks(truth, read), strict=True):
            samples.add(one, right, page.doubt, page.weight)
    return samples


@dataclass(frozen=True, eq=False)
class Source:
    """The rows of a page, and what is known of it: as of ``Read``."""

    rows: list[DecodedRow]
    text: str
    doubt: float
    weight: float


def find_pages(data: Path, model: str) -> tuple[tuple[str, ...], list[Source]]:
    """The classes of a model, and all that it is to read."""
    reader = Reader(model)
    sources = []
    if model == "block":
        for path, text in name_lines(data):
            sources.append(Source(keep_writing(reader.rows(path).rows), text, WRONG_LABELS, 1.0))
        for seed in range(DRAWN):
            picture, text = draw_page(seed)
            sources.append(Source(keep_writing(reader.rows(picture).rows), text, 0.0, 1.0))
    names = CAPITALS if model == "block" else MIXED
    pages = [page for page in find_transcribed([data / "pages"]) if page.picture.stem in names]
    pages += find_transcribed([data / "writein"]) if model == "block" else []
    for page in pages:
        rows = keep_writing(reader.rows(page.picture).rows)
        sources.append(Source(rows, page.text, 0.0, PAGE_WEIGHT))
    return reader.classes, sources


def read_all(data: Path) -> list[Read]:
    """All pages read, by the models that suit them, name lines also with the list of names."""
    language = LanguageModel.load(find_language("en"))
    lexicon = Lexicon.load(data / "names/lexicon.txt")
    neutral = Calibration(Logistic(0, (1, 0, 0, 0)), Logistic(0, (1, 0, 0, 0)), Logistic(0, (1, 0)))
    pages = []
    for model in ("block", "mixed"):
        classes, sources = find_pages(data, model)
        for words in (None, lexicon):
            decoder = Decoder(classes, BeamSearch(classes, language, words), neutral)
            for one in sources:
                # Words that are not in the list would be read as others.
                if words is None or one.doubt:
                    doubt = one.doubt if words is None else WRONG_WITH_LIST
                    pages.append(Read(decoder.read(one.rows), one.text, doubt, one.weight))
    return pages


def main() -> None:
    """Parse the command line, read, fit, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder with names/")
    parser.add_argument("--report", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    pages = read_all(arguments.data)
    character = gather_characters(pages).fit()
    word = gather_words(pages, character).fit()
    line = gather_lines(pages, word, character).fit()
    parts = {"character": character, "word": word, "line": line}
    data = {
        "provenance": {
            "script": "models/fit_confidence.py",
            "name_lines": sum(page.doubt > 0 for page in pages) // 2,
            "pages": sum(page.weight > 1 for page in pages),
            "drawn_pages": DRAWN,
            "wrong_labels": [WRONG_LABELS, WRONG_WITH_LIST],
            "page_weight": PAGE_WEIGHT,
        }
    } | {name: {"bias": one.bias, "weights": list(one.weights)} for name, one in parts.items()}
    text = json.dumps(data, indent=2) + "\n"
    print(text, end="")
    if not arguments.report:
        find_confidence().write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
