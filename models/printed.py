"""Find the weights by which ``ocr_cli/segmentation/printed.py`` tells print from handwriting.

    python models/printed.py            # about three minutes; prints the constants to copy

Of every four pages that ``ocr_cli/making/printed.py`` draws one is held out; the figures are of those.
"""

from __future__ import annotations

import argparse

import numpy as np

from ocr_cli.making.printed import fit, page_letters
from ocr_cli.segmentation.printed import FEATURES


def main() -> None:
    """Draw, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=240)
    pages = parser.parse_args().pages
    samples = [page_letters(seed) for seed in range(pages)]
    train = [sample for k, sample in enumerate(samples) if k % 4 and sample is not None]
    test = [sample for k, sample in enumerate(samples) if not k % 4 and sample is not None]
    weights, bias = fit(train)
    printed = np.concatenate([sample.printed for sample in test])
    odds = np.concatenate([sample.features for sample in test]) @ weights + bias
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"{name:12} {weight:8.3f}")
    print(f"{'bias':12} {bias:8.3f}")
    print(f"letters held out: {len(printed)}, {printed.sum()} of them printed")
    print(
        f"printed letters found {(odds > 0)[printed].mean():.1%}, "
        f"handwritten ones lost {(odds > 0)[~printed].mean():.1%}"
    )


if __name__ == "__main__":
    main()
