"""Fit the weights of confidence, a group of ``weights.json``, to lines that were read.

    python models/fit_confidence.py --data ../shared/data            # writes into models/weights.json
    python models/fit_confidence.py --data ../shared/data --report   # how true are confidences of names?

When a network is trained anew, run this again. ``ocr_cli/making/confidence_pages.py`` tells what is read,
``confidence_report.py`` what the tables mean.
"""

from __future__ import annotations

import json

from scripts import fit_parser

from ocr_cli.making.confidence import fitted_group
from ocr_cli.making.confidence_pages import read_all
from ocr_cli.making.confidence_report import report
from ocr_cli.making.record import put_group
from ocr_cli.model_store import find_weights


def main() -> None:
    """Parse the command line, read, fit, write."""
    arguments = fit_parser(__doc__, "the folder with names/").parse_args()
    pages = read_all(arguments.data)
    if arguments.report:
        for line in report(pages):
            print(line)
        return
    group = fitted_group(pages)
    print(json.dumps(group, indent=2))
    put_group(find_weights(), "confidence", group)


if __name__ == "__main__":
    main()
