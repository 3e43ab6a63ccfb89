"""Add averaged prototypes of its characters to a model file.

    python models/prototypes.py block --data ../shared/data

adds them to ``models/block.npz``, whose weights stay as they are; ``models/train.py`` does so after training.
See ``ocr_cli/making/prototypes.py``.
"""

from __future__ import annotations

from scripts import model_file, model_parser

from ocr_cli.making.prototypes import add_prototypes
from ocr_cli.making.recipes import RECIPES


def main() -> None:
    """Parse the command line."""
    arguments = model_parser(__doc__, RECIPES).parse_args()
    path = model_file(arguments)
    prototypes = add_prototypes(path, RECIPES[arguments.model], arguments.data)
    print(f"{path}: {len(prototypes.labels)} prototypes of {len(set(prototypes.labels))} characters")


if __name__ == "__main__":
    main()
