"""Find the weights by which ``ocr_cli/segmentation/printed.py`` tells print from handwriting.

    python models/printed.py            # about three minutes; writes into models/weights.json
    python models/printed.py --report   # writes nothing

Of every four pages that ``ocr_cli/making/printed.py`` draws one is held out; the figures are of those.
"""

from __future__ import annotations

import argparse
import json

import numpy as np

from ocr_cli.making.printed import fitted_group
from ocr_cli.making.record import put_group
from ocr_cli.model_store import find_weights


def main() -> None:
    """Draw, fit, print, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pages", type=int, default=240)
    parser.add_argument("--report", action="store_true", help="write nothing")
    arguments = parser.parse_args()
    group, held_out = fitted_group(arguments.pages)
    print(json.dumps(group, indent=2))
    printed = np.concatenate([sample.printed for sample in held_out])
    weights = np.array(list(group["features"].values()))
    said = np.concatenate([sample.features for sample in held_out]) @ weights + group["bias"] > 0
    print(f"letters held out: {len(printed)}, {printed.sum()} of them printed")
    print(f"printed ones found {said[printed].mean():.1%}, handwritten ones lost {said[~printed].mean():.1%}")
    if not arguments.report:
        put_group(find_weights(), "printed", group)


if __name__ == "__main__":
    main()
