"""Train the network that knows accents by their look, and build the lists of words that have them.

    pip install pyspellchecker==0.9.1 faker==40.54.0 babel==2.19.0
    python models/train_marks.py --data ../shared/data --folder /var/tmp/marks

draws words and letters with accents into the folder (half an hour on one core), learns from what they are
taken apart into (two minutes), and writes ``models/accents/marks.npz``; ``--words`` writes
``models/accents/words.npz`` instead. Learned are the pen strokes of the people whom ``models/held_out.json``
does not hold out; figures and temperature are of the others. See ``ocr_cli/making/marks.py``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from scripts import say

from ocr_cli.making.accents import make_accents
from ocr_cli.making.marks import draw_letters, draw_parts, learn, load_examples, report
from ocr_cli.marks.network import load_marks, save_marks
from ocr_cli.model_store import accents_file

_TESTED = {"words": 1_200, "letters": 4_000}
_DRAW: dict[str, Callable[..., None]] = {"words": draw_parts, "letters": draw_letters}


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder with strokes/")
    parser.add_argument("--folder", type=Path, help="where what is drawn is kept")
    parser.add_argument("--pictures", type=int, default=2_500, help="of words, to draw")
    parser.add_argument("--letters", type=int, default=55_000, help="to draw")
    parser.add_argument("--words", action="store_true", help="build the lists of words")
    arguments = parser.parse_args()
    if arguments.words:
        path = make_accents()
        print(f"{path}: {path.stat().st_size} bytes")
        return
    if arguments.data is None or arguments.folder is None:
        parser.error("--data and --folder, or --words")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    counts = {"words": arguments.pictures, "letters": arguments.letters}
    drawn: dict[bool, list[Path]] = {False: [], True: []}
    for held_out, how_many in ((False, counts), (True, _TESTED)):
        for kind, count in how_many.items():
            path = arguments.folder / f"{'tested' if held_out else 'learned'}_{kind}.npz"
            if not path.exists():
                _DRAW[kind](arguments.data, path, count, 50 if held_out else 1, say, held_out=held_out)
            drawn[held_out].append(path)
    tested = load_examples(drawn[True])
    network = learn(load_examples(drawn[False]), tested, say)
    provenance = {
        "script": "models/train_marks.py",
        "data": "letters and signs of UNIPEN (CC BY 4.0), composed",
        "drawn": counts,
    }
    path = accents_file("marks")
    path.parent.mkdir(exist_ok=True)
    save_marks(path, network, provenance)
    for line in report(load_marks(path), tested):
        print(line)
    print(f"{path}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
