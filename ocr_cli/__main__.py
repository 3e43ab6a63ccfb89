"""``ocr``, which is ``python -m ocr_cli``, from its first moment on."""

from __future__ import annotations

import atexit
import os
import sys

from ocr_cli.errors import ExitCode
from ocr_cli.speed.process import Leave, seldom_collect


def main() -> None:
    """Run the command; Ctrl-C ends it in one line even while the command line is still being imported."""
    seldom_collect()
    # They stand for the working folder, where anybody's files may lie beside the pictures.
    sys.path[:] = filter(os.path.isabs, sys.path)
    leave = Leave()
    atexit.register(leave)  # What is registered first is called last.
    try:
        from ocr_cli.cli import main as ocr

        ocr(prog_name="ocr")
    except KeyboardInterrupt:
        if sys.stderr is not None:
            print("ocr: interrupted", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)
    except SystemExit as end:
        leave.status = end.code if isinstance(end.code, int) else None
        raise


if __name__ == "__main__":
    main()
