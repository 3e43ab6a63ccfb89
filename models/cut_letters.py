"""Train the second network of a model: it reads characters that were cut out of touching writing.

    python models/cut_letters.py block --data ../shared/data    # about three quarters of an hour on two cores
    python models/cut_letters.py block --data ../shared/data --report

adds it to ``models/block.npz``, or likewise to that of ``mixed``, whose other weights stay as they are;
``models/train.py`` does so after training. ``--report`` prints how many candidates it tells right. See
``ocr_cli/making/cut_network.py``.
"""

from __future__ import annotations

from scripts import model_file, model_parser, say

from ocr_cli.making.cut_network import add_cut_network, report
from ocr_cli.making.recipes import RECIPES


def main() -> None:
    """Parse the command line."""
    parser = model_parser(__doc__, [name for name, recipe in RECIPES.items() if recipe.cut_words])
    parser.add_argument("--report", action="store_true", help="do not train; report on the model at --output")
    arguments = parser.parse_args()
    path, recipe = model_file(arguments), RECIPES[arguments.model]
    if arguments.report:
        for line in report(path, recipe, arguments.data):
            print(line)
    else:
        add_cut_network(path, recipe, arguments.data, say)


if __name__ == "__main__":
    main()
