"""How well are words with accents read, composed of letters and marks of people on whom nothing is trained?

    python tests/benchmarks/accents.py DATA [--count 240] [--language any] [--model auto] [--list]
    python tests/benchmarks/accents.py DATA --further           # ß, ø, æ, €, « and the like
    python tests/benchmarks/accents.py DATA --write FOLDER      # pictures with NAME.gt.txt, for other readers

DATA is as described in ``models/train_windows.py``; the people are those of ``models/held_out.json``. Printed
are how many words are wholly right, with and without counting case and accents, in capitals and in small
letters; and of each mark, on letters that are themselves right, how many are found, and how many of those
that are read are there.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from held_out import write_pictures

from ocr_cli.alphabet import without_mark
from ocr_cli.datasets.accents import Accents
from ocr_cli.making.windows import composer_of
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader

WORDS = (
    "über", "fünf", "schön", "möchte", "Mädchen", "Käse", "müde", "Vögel", "Brücke", "Äpfel", "mañana",
    "señor", "corazón", "canción", "árbol", "música", "niño", "también", "lápiz", "jamás", "été", "père",
    "mère", "forêt", "fenêtre", "garçon", "français", "leçon", "où", "déjà", "Noël", "naïve", "août",
    "île", "não", "coração", "irmão", "manhã", "avô", "você", "città", "perché", "più", "così", "però",
    "år", "råd", "båt", "måndag", "fönster", "smör", "små", "skål", "čas", "škola", "žena", "řeka",
    "večer", "prýč",
)  # fmt: skip
"""Common words of some languages with eight kinds of marks."""
FURTHER = (
    "Straße", "weiß", "Gruß", "große", "heißen", "cœur", "sœur", "œuvre", "nœud", "vœux", "ære", "læse",
    "dræbe", "nær", "sæson", "øl", "brød", "grøn", "smør", "søster", "łza", "mały", "stół", "biały", "głowa",
    "đak", "među", "vođa", "rođen", "anđeo", "¿Qué?", "¿Cómo?", "¡Hola!", "¡Vamos!", "«oui»", "«non»",
    "„nein", "„ja", "5\u201310", "1914\u201318", "5€", "9,99€", "€20", "£5", "£12.50", "§5", "§12", "20°",
    "7°C",
)  # fmt: skip
"""Words, and what stands in notes, with letters and signs beyond ASCII that are no letter with a mark."""


def drawn(
    data: Path, count: int, seed: int, words: Sequence[str] = WORDS
) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Words, and pictures of them: uint8 (H, W, 3)."""
    composer = composer_of(data, seed, held_out=True)
    rng = np.random.default_rng([seed, 7])
    accents = Accents(composer.hands, rng)
    made = 0
    while made < count:
        text = words[made % len(words)]
        # There is no capital ß.
        text = text.upper() if (made // len(words)) % 2 and "ß" not in text else text
        word = accents.word(text, float(rng.uniform(0.08, 0.28)))
        height = float(rng.uniform(26, 60))
        placed = None if word is None else composer.drawing.placed(word.strokes, height)
        if word is None or placed is None:
            continue
        made += 1
        yield word.text, composer.drawing.seen(placed.inked(range(len(word.strokes))), height)


class Marks:
    """Counts of each mark: there and read, there, read."""

    def __init__(self) -> None:
        self.both, self.there, self.read = Counter[str](), Counter[str](), Counter[str]()

    def add(self, true: str, said: str) -> None:
        """Count the letters of a word whose letters without marks are all right."""
        for one, other in zip(true, said, strict=True):
            mark, found = without_mark(one)[1], without_mark(other)[1]
            if mark:
                self.there[mark] += 1
                self.both[mark] += mark == found
            if found:
                self.read[found] += 1


def bare(text: str) -> str:
    """A text without its accents."""
    return "".join(one for one in unicodedata.normalize("NFD", text) if not unicodedata.combining(one))


def main() -> None:
    """Parse the command line, print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--count", type=int, default=240)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--further", action="store_true", help="words with letters that no mark makes")
    parser.add_argument("--language", default="any")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--write", type=Path, help="write the pictures into this folder instead")
    parser.add_argument("--list", action="store_true", help="print what is misread")
    arguments = parser.parse_args()
    words = drawn(arguments.data, arguments.count, arguments.seed, FURTHER if arguments.further else WORDS)
    if arguments.write:
        write_pictures(arguments.write, words)
        return
    language = None if arguments.language == "none" else arguments.language
    reader = Reader(arguments.model, ReadOptions(language=language))
    marks = Marks()
    right: dict[str, list[tuple[bool, bool, bool]]] = {"capitals": [], "small letters": []}
    for text, pixels in words:
        said = " ".join(reader.read(pixels).text.split())
        same = bare(said).upper() == bare(text).upper()
        right["capitals" if text.isupper() else "small letters"].append(
            (said == text, said.upper() == text.upper(), same)
        )
        if same and len(said) == len(text):
            marks.add(text, said)
        if arguments.list and said != text:
            print(f"{text}\t{said!r}")
    print("| words | number | right | but for case | but for case and accents |\n|---|---|---|---|---|")
    every = [*right["capitals"], *right["small letters"]]
    for name, found in [*right.items(), ("all", every)]:
        shares = " | ".join(f"{share:.1%}" for share in np.mean(found, axis=0).tolist())
        print(f"| {name} | {len(found)} | {shares} |")
    print("\n| mark | there | found | read rightly |\n|---|---|---|---|")
    for name, there in marks.there.most_common():
        read = marks.read[name]
        print(
            f"| {name} | {there} | {marks.both[name] / there:.1%} | {marks.both[name] / max(1, read):.1%} |"
        )
    there, read, both = (sum(counts.values()) for counts in (marks.there, marks.read, marks.both))
    print(f"| all | {there} | {both / max(1, there):.1%} | {both / max(1, read):.1%} |")


if __name__ == "__main__":
    main()
