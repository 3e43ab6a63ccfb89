"""``ocr``, which is ``python -m ocr_cli``, from its first moment on."""

from __future__ import annotations

import sys

from ocr_cli.errors import ExitCode


def main() -> None:
    """Run the command; Ctrl-C ends it in one line even while the command line is still being imported."""
    try:
        from ocr_cli.cli import main as ocr

        ocr(prog_name="ocr")
    except KeyboardInterrupt:
        if sys.stderr is not None:
            print("ocr: interrupted", file=sys.stderr)
        sys.exit(ExitCode.INTERRUPTED)


if __name__ == "__main__":
    main()
