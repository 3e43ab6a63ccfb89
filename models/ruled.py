"""Train the network that tells which ink at a rule is a field's own (``ocr_cli/making/ruled.py``).

    python models/ruled.py --data ../shared/data    # some minutes

writes ``ocr_cli/ruled/assets/ruled.npz``. ``--look PICTURE`` draws rules, what the network leaves of them,
and what was drawn.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from ocr_cli.alphabet import CAPITALS, DIGITS, SMALL_LETTERS
from ocr_cli.making.ruled import draw_rule, learn
from ocr_cli.making.words import Penmanship, usual_words
from ocr_cli.ruled.ruled_ink import SHIPPED, shipped


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--scenes", type=int, default=4000)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--look", type=Path)
    arguments = parser.parse_args()
    strokes = arguments.data / "strokes"
    classes = CAPITALS + SMALL_LETTERS + DIGITS
    penmanship = Penmanship.load(strokes / "unipen.npz", classes, [], only=False)
    words = usual_words(strokes / "unipen_words.npz", [])
    if arguments.look:
        rng = np.random.default_rng(99)
        rows = []
        for _ in range(14):
            seen, own, _ = draw_rule(penmanship, words, rng)
            three = np.concatenate([np.clip(seen, 0, 1), shipped().own(seen), own])[:, :300]
            rows.append(np.pad(255 - 255 * three, ((0, 6), (0, 310 - three.shape[1])), constant_values=128))
        half = len(rows) // 2
        sheet = np.concatenate([np.concatenate(rows[:half]), np.concatenate(rows[half:])], axis=1)
        Image.fromarray(sheet.astype(np.uint8)).save(arguments.look)
        return
    network, error = learn(penmanship, words, scenes=arguments.scenes, epochs=arguments.epochs)
    arrays = {f"layer_{k}": array.astype(np.float16) for k, array in enumerate(network.arrays)}
    np.savez_compressed(SHIPPED, **arrays)
    print(f"mean absolute error at the rule {error:.4f}")


if __name__ == "__main__":
    main()
