"""How often is each sign found, and how often is it there where it is read?

    python tests/benchmarks/signs.py ../shared/data [--count 40] [--language en] [--model NAME]
    python tests/benchmarks/signs.py ../shared/data --write FOLDER     # pictures, for other readers

Each of the 32 signs of ASCII is drawn so many times from the hands of people who are held out of all training
(``models/held_out.json``): between words and numbers, as notes have it. What is read is aligned with what was
written; counted are the sign there and read (recall), and of all that is read as this sign, what is it
(precision).
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
from held_out import write_pictures

from ocr_cli.alphabet import SIGNS
from ocr_cli.evaluation.alignment import align
from ocr_cli.making.windows import composer_of
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader

_HEIGHTS = (28.0, 60.0)
"""Heights of a capital in pixels."""
_SETTINGS = {
    "!": "Stop! Hey!",
    '"': '"yes" "12"',
    "#": "#7 #214",
    "$": "$12 $5.40",
    "%": "15% 80%",
    "&": "Tom & Ann",
    "'": "it's Bob's",
    "(": "(see 4)",
    ")": "a) (12)",
    "*": "* milk 3*4",
    "+": "3+4 A+",
    ",": "red, 1,500",
    "-": "re-do -12",
    ".": "Mr. 12.50",
    "/": "and/or 3/4",
    ":": "Note: 12:30",
    ";": "so; but;",
    "<": "x < 12",
    "=": "a = 5",
    ">": "7 > b",
    "?": "Why? 12?",
    "@": "bo@web.de",
    "[": "[4] [ok]",
    "\\": "C:\\tmp",
    "]": "[7] [x]",
    "^": "x^2 10^6",
    "_": "my_file",
    "`": "`ls` `a`",
    "{": "{1, 2}",
    "|": "a|b | 5",
    "}": "{k}",
    "~": "~50 ~/bin",
}


def drawn(data: Path, count: int) -> Iterator[tuple[str, npt.NDArray[np.uint8]]]:
    """Texts with signs, and pictures of them: uint8 (H, W, 3)."""
    composer = composer_of(data, 30, held_out=True)
    rng = np.random.default_rng(30)
    for sign in SIGNS:
        for number in range(count):
            parts = _SETTINGS[sign].split(" ")
            text = " ".join(parts[: 1 + number % len(parts)]) if sign in parts[0] else _SETTINGS[sign]
            height = float(np.exp(rng.uniform(*np.log(_HEIGHTS))))
            line = composer.spelled(text)
            yield line.text, composer.drawing.seen(composer.drawing.inked(line.strokes, height), height)


def main() -> None:
    """Draw, read, and print a line a sign."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("data", type=Path, help="folder with strokes/")
    parser.add_argument("--count", type=int, default=40, help="of texts a sign")
    parser.add_argument("--language", default="en")
    parser.add_argument("--model", default="auto")
    parser.add_argument("--write", type=Path, help="write the pictures into this folder instead")
    arguments = parser.parse_args()
    texts = drawn(arguments.data, arguments.count)
    if arguments.write:
        write_pictures(arguments.write, texts)
        return
    reader = Reader(arguments.model, ReadOptions(language=arguments.language))
    there, read, both = Counter[str](), Counter[str](), Counter[str]()
    for text, pixels in texts:
        for true, said in align("".join(text.split()), "".join(reader.read(pixels).text.split())):
            there[true or ""] += 1
            read[said or ""] += 1
            both[true or ""] += true == said
    print("| sign | written | found | read | rightly |\n|---|---|---|---|---|")
    for sign in SIGNS:
        found, right = both[sign] / max(1, there[sign]), both[sign] / max(1, read[sign])
        print(f"| `{sign}` | {there[sign]} | {found:.0%} | {read[sign]} | {right:.0%} |")
    every = [sum(counts[sign] for sign in SIGNS) for counts in (there, both, read)]
    print(f"| all | {every[0]} | {every[1] / every[0]:.1%} | {every[2]} | {every[1] / every[2]:.1%} |")


if __name__ == "__main__":
    main()
