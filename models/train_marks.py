"""Train the networks that know accents by their look, and build the lists of words that have them.

    pip install pyspellchecker==0.9.1 faker==40.54.0 babel==2.19.0
    python models/train_marks.py --data ../shared/data --folder /var/tmp/marks

draws words and letters with accents into the folder (three quarters of an hour on one core), learns from
what they are taken apart into and from the undivided letters (five minutes), fits what tells whether there is
a mark, as ``--model`` reads letters, and writes ``models/accents/marks.npz``; with ``--parts FILE`` the
network for parts is that of a file. ``--words`` writes ``models/accents/words.npz`` instead. Learned are the
pen strokes of the people whom ``models/held_out.json`` does not hold out; figures and temperature are of the
others. See ``ocr_cli/making/marks.py``, ``undivided.py`` and ``deciding.py``.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scripts import say

from ocr_cli.making.accents import make_accents
from ocr_cli.making.deciding import decide, draw_decisions, load_decisions
from ocr_cli.making.marks import common_words, draw_letters, draw_parts, load_examples
from ocr_cli.making.parted import learn, report
from ocr_cli.making.undivided import draw_undivided, learn_undivided, load_drawn
from ocr_cli.marks.marks_file import EVIDENCE, MarkNetworks, load_marks, save_marks
from ocr_cli.model_store import accents_file

_TESTED = {"words": 1_200, "letters": 4_000, "undivided": 4_000}
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
    parser.add_argument("--undivided", type=int, default=24_000, help="arcs to draw")
    parser.add_argument("--decisions", type=int, default=120, help="words to draw for what decides")
    parser.add_argument("--model", default="mixed", help="that reads them")
    parser.add_argument("--parts", type=Path, help="file whose network for parts is kept")
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
    folder: Path = arguments.folder
    if arguments.parts is None:
        drawn = [_drawn(arguments.data, folder, counts, held_out=held_out) for held_out in (False, True)]
        learned, tested = map(load_examples, drawn)
        parts = learn(learned, tested, say)
        for line in report(parts, tested):
            print(line)
    else:
        parts = load_marks(arguments.parts).parts
    words = common_words()
    undivided = learn_undivided(
        *(
            load_drawn(draw_undivided(arguments.data, folder, count, seed, words, say, held_out=held_out))
            for count, seed, held_out in ((arguments.undivided, 7, False), (_TESTED["undivided"], 57, True))
        ),
        say,
    )
    networks = MarkNetworks(parts, undivided, np.zeros(EVIDENCE))
    seen = folder / "decisions.npz"
    if not seen.exists():
        draw_decisions(arguments.data, seen, arguments.decisions, 77, arguments.model, networks, say)
    networks = networks._replace(deciding=decide(load_decisions(seen)))
    provenance = {
        "script": "models/train_marks.py",
        "data": "letters and signs of UNIPEN (CC BY 4.0), composed",
        "drawn": counts | {"undivided": arguments.undivided, "decisions": arguments.decisions},
    }
    path = accents_file("marks")
    path.parent.mkdir(exist_ok=True)
    save_marks(path, networks, provenance)
    print(f"{path}: {path.stat().st_size} bytes")


def _drawn(data: Path, folder: Path, counts: dict[str, int], *, held_out: bool) -> list[Path]:
    """Files of parts, drawn if they are not there."""
    paths = []
    for kind, draw in _DRAW.items():
        path = folder / f"{'tested' if held_out else 'learned'}_{kind}.npz"
        count = (_TESTED if held_out else counts)[kind]
        if not path.exists():
            draw(data, path, count, 50 if held_out else 1, say, held_out=held_out)
        paths.append(path)
    return paths


if __name__ == "__main__":
    main()
