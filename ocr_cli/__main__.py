"""``ocr``, which is ``python -m ocr_cli``, from its first moment on."""

from __future__ import annotations

import atexit
import gc
import os
import sys

from ocr_cli.errors import ExitCode

_ALLOCATIONS = 50_000
"""So many more objects than were freed must be made before garbage is looked for."""


class _Leave:
    """Ends the process after all else that is to be done at its end.

    Python would take apart all that was imported first, which takes as long as to find a line of writing; the
    system frees it at once.
    """

    status: int | None = None

    def __call__(self) -> None:
        if self.status is None:
            return
        try:
            for stream in (sys.stdout, sys.stderr):
                if stream is not None:
                    stream.flush()
        except (OSError, ValueError):
            return  # Python says so itself, and has an exit status of its own for that.
        os._exit(self.status)


def main() -> None:
    """Run the command; Ctrl-C ends it in one line even while the command line is still being imported."""
    # Cycles are few here, and to look for them among all that is imported took a twentieth of the time that a
    # small page takes.
    gc.set_threshold(_ALLOCATIONS, *gc.get_threshold()[1:])
    # They stand for the working folder, where anybody's files may lie beside the pictures.
    sys.path[:] = filter(os.path.isabs, sys.path)
    leave = _Leave()
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
