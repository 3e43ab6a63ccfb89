"""Fit the weights of fields of forms, a group of ``weights.json``, to forms whose fields are known.

    python models/fit_forms.py --data ../shared/data/forms            # writes into models/weights.json
    python models/fit_forms.py --data ../shared/data/forms --report   # only prints how well others are read

The folder holds NAME.jpg and NAME.fields.json. When windows or models are trained anew, run this again.
"""

from __future__ import annotations

import json

from scripts import fit_parser

from ocr_cli.making.forms import fit, read_forms
from ocr_cli.making.record import put_group
from ocr_cli.model_store import find_weights


def main() -> None:
    """Parse the command line, read, fit, write."""
    arguments = fit_parser(__doc__, "the folder with the forms").parse_args()
    group = fit(list(read_forms(arguments.data)), print)
    print(json.dumps(group, indent=2))
    if not arguments.report:
        put_group(find_weights(), "forms", group)


if __name__ == "__main__":
    main()
