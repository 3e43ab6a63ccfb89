"""How fast the network learns and reads, beside scikit-learn, PyTorch and the machine's own limit.

    python tests/benchmarks/network_speed.py               # one thread, about three minutes
    python tests/benchmarks/network_speed.py --threads 2

Three measurements: the course's network (64 sigmoid units, batches of 48, gradient descent) in all three
libraries; a large one (1024-1024 rectified units, batches of 256, Adam) as a share of the fastest product of
two large float32 matrices; and the classification of crops beside its matrix products alone. Libraries that
are not installed are left out. All take turns, and medians are printed, by the clock and of processor time:
on a busy machine trust the second, but with several threads it holds also what they spend waiting.
"""

from __future__ import annotations

import argparse
import os


def main() -> None:
    """Parse the command line and print the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--threads", type=int, default=1, help="of every library (default 1)")
    parser.add_argument("--rounds", type=int, default=9, help="measurements of each (default 9)")
    parser.add_argument("--model", default="block", help="what classifies (default block)")
    arguments = parser.parse_args()
    if arguments.threads < 1 or arguments.rounds < 1:
        parser.error("threads and rounds are at least 1")
    # Linear algebra libraries look at these when they are loaded, and never again.
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        os.environ[name] = str(arguments.threads)
    from report import report

    from ocr_cli.errors import OcrError

    try:
        report(arguments.model, arguments.threads, arguments.rounds)
    except OcrError as error:
        parser.exit(error.exit_code, f"{parser.prog}: error: {error}\n")


if __name__ == "__main__":
    main()
