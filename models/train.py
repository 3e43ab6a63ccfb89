"""Train the shipped models, find doubtful labels, and report on the models.

    python models/train.py block --data ../shared/data            # about an hour on two cores
    python models/train.py block --data ../shared/data --report   # the model card's tables, a few minutes
    python models/train.py block --data ../shared/data --doubtful # writes doubtful.csv

A committee is trained first, then the network that ships, from the labels and from what the committee says;
prototypes, and for some a network for cut characters, are added to its file. Weights are trained on the sets
of the recipe alone (``ocr_cli/making/recipes.py``), all with open licences (see the model cards), and never
on what ``ocr_cli/making/data.py`` holds out.
"""

from __future__ import annotations

from scripts import model_file, model_parser, say

from ocr_cli.classifier import Classifier
from ocr_cli.making.checks import list_doubtful, report
from ocr_cli.making.models import make_model
from ocr_cli.making.recipes import RECIPES
from ocr_cli.network.model_file import load_model


def main() -> None:
    """Parse the command line."""
    parser = model_parser(__doc__, RECIPES)
    parser.add_argument("--report", action="store_true", help="do not train; report on the model at --output")
    parser.add_argument("--doubtful", action="store_true", help="do not train; list doubtful labels")
    arguments = parser.parse_args()
    recipe, output = RECIPES[arguments.model], model_file(arguments)
    if arguments.report:
        for line in report(recipe, arguments.data, Classifier(load_model(output))):
            print(line, flush=True)
    elif arguments.doubtful:
        list_doubtful(recipe, arguments.data, output)
    else:
        make_model(arguments.model, arguments.data, output, say)


if __name__ == "__main__":
    main()
