"""How well is read what people wrote who are held out of all training?

    python tests/benchmarks/held_out.py ../shared/data /var/tmp/held [--count 200] [--model NAME] [--draw]

Drawn into KIND/NNN.png with NNN.gt.txt, from the people whom ``models/held_out.json`` holds out of UNIPEN:
printed words, words in mixed style, printed lines, and numbers with signs in single characters of one hand
each, the same for the same count. They are read and scored exactly: case and signs count, white space does
not. With ``--draw`` they are drawn alone, for other readers.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from ocr_cli.datasets.lines import Composer, Line
from ocr_cli.datasets.pieces import Piece
from ocr_cli.datasets.texts import Texts
from ocr_cli.evaluation.pages import NOTHING, Comparison, score_page
from ocr_cli.making.windows import composer_of
from ocr_cli.reader import Reader

_HEIGHTS = (28.0, 60.0)
"""Heights of a capital in pixels."""
_SEED = 20


def draw(data: Path, folder: Path, count: int, *, held_out: bool = True) -> None:
    """Draw so many pictures of each kind, of people who are held out or of those who are learned from.

    Raises:
        DataError: if there are no strokes of words.
    """
    composer = composer_of(data, _SEED, held_out=held_out)
    pieces = composer.pieces
    rng = np.random.default_rng(_SEED)
    texts = Texts(["kg"], rng)
    kinds: dict[str, Callable[[], Line]] = {
        "words_printed": _one_of(pieces, rng, "PRINTED", lines=False),
        "words_mixed": _one_of(pieces, rng, "MIXED", lines=False),
        "lines_printed": _one_of(pieces, rng, "PRINTED", lines=True),
        "numbers": lambda: composer.spelled(texts.number()),
    }
    for kind, line in kinds.items():
        write_pictures(folder / kind, itertools.islice(_pictures(composer, line, rng), count))


def write_pictures(folder: Path, drawn: Iterable[tuple[str, npt.NDArray[np.uint8]]]) -> None:
    """Write texts and pictures of them, uint8 (H, W, 3), as NNN.png with NNN.gt.txt into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (text, pixels) in enumerate(drawn):
        path = folder / f"{number:03}.png"
        Image.fromarray(pixels).save(path)
        path.with_suffix(".gt.txt").write_text(text + "\n", encoding="utf-8")


def _one_of(
    pieces: Sequence[Piece], rng: np.random.Generator, style: str, *, lines: bool
) -> Callable[[], Line]:
    """Each person is asked as often as any other."""
    of: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.style == style and (" " in piece.text) == lines and len(piece.text) > 1:
            of.setdefault(piece.person, []).append(piece)
    people = sorted(of)

    def line() -> Line:
        some = of[people[int(rng.integers(len(people)))]]
        piece = some[int(rng.integers(len(some)))]
        return Line(piece.strokes, piece.text)

    return line


def _pictures(
    composer: Composer, line: Callable[[], Line], rng: np.random.Generator
) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    while True:
        one = line()
        height = float(np.exp(rng.uniform(*np.log(_HEIGHTS))))
        ink = composer.drawing.inked(one.strokes, height)
        if one.text and (ink > 0.5).any():
            yield one.text, composer.drawing.seen(ink, height)


def main() -> None:
    """Draw, read and print a line a kind."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with strokes/")
    parser.add_argument("folder", type=Path, help="for the pictures")
    parser.add_argument("--count", type=int, default=200, help="of pictures a kind")
    parser.add_argument("--model", help="that reads, otherwise that which ocr read chooses")
    parser.add_argument("--draw", action="store_true", help="draw alone")
    parser.add_argument("--learned", action="store_true", help="draw what people wrote who are learned from")
    arguments = parser.parse_args()
    draw(arguments.data, arguments.folder, arguments.count, held_out=not arguments.learned)
    if arguments.draw:
        return
    reader = Reader(arguments.model) if arguments.model else Reader()
    comparison = Comparison()
    print("kind            wrong  wholly right  pictures")
    for folder in sorted(path for path in arguments.folder.iterdir() if path.is_dir()):
        total, right, count = NOTHING, 0, 0
        for path in sorted(folder.glob("*.png")):
            truth = path.with_suffix(".gt.txt").read_text(encoding="utf-8")
            score = score_page(truth, reader.read(path).text, comparison)
            total += score
            right += not score.characters.errors
            count += 1
        print(f"{folder.name:<14} {total.characters.share:>6.1%} {right / count:>13.1%} {count:>9}")


if __name__ == "__main__":
    main()
