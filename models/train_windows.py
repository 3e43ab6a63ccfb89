"""Train the network that slides along rows, and put it into a model's file.

    python models/train_windows.py mixed --data ../shared/data --folder /var/tmp/strips

draws strips of words and lines into the folder (160,000: about an hour on two cores), cuts others out of
scanned name lines, learns from them (16,000 steps: four hours or more), and puts the network into
``models/mixed.npz``. Interrupted, it goes on where it was. With ``--further`` it begins with the network that
the model has. Learned are the pen strokes of the people whom ``models/held_out.json`` does not hold out,
scanned characters, and faces with open licences. See
``ocr_cli/making/windows.py`` and ``ocr_cli/training/windows.py``.
"""

from __future__ import annotations

from pathlib import Path

from scripts import model_file, model_parser, say

from ocr_cli.making.recipes import RECIPES
from ocr_cli.making.windows import draw_strips, learn, put_windows
from ocr_cli.network.model_file import load_model
from ocr_cli.training.windows import Settings


def main() -> None:
    """Parse the command line."""
    parser = model_parser(__doc__, RECIPES)
    parser.add_argument("--folder", type=Path, required=True, help="where strips and checkpoints are kept")
    parser.add_argument("--strips", type=int, default=160_000, help="to draw")
    parser.add_argument("--steps", type=int, default=16_000, help="batches to learn from")
    parser.add_argument("--rate", type=float, default=Settings(1).rate, help="greatest learning rate")
    parser.add_argument("--further", action="store_true", help="begin with the network that the model has")
    arguments = parser.parse_args()
    settings = Settings(arguments.steps, rate=arguments.rate)
    model = load_model(model_file(arguments)) if arguments.further else None
    draw_strips(arguments.data, arguments.folder, arguments.strips, say)
    network = learn(arguments.folder, settings, say, start=model.windows if model else None)
    provenance = {
        **({"further": model.provenance.get("windows")} if model else {}),
        "script": "models/train_windows.py",
        "data": "words and lines of UNIPEN (CC BY 4.0), its letters and signs, faces with open licences",
        "strips": arguments.strips,
        "training": settings._asdict(),
    }
    put_windows(model_file(arguments), network, provenance)


if __name__ == "__main__":
    main()
