"""Which files of the package does a command walk through, and how often from one into another?

    python tests/benchmarks/walk.py read samples/table.jpg
    python tests/benchmarks/walk.py --files read samples/table.jpg --model mixed

Runs ``ocr`` with the arguments given, in a process of its own, and counts with ``sys.setprofile`` in all its
threads: files of ``ocr_cli`` of which a function was called (a file that is only imported is not entered),
functions, calls, and calls from one file into another. Run it twice: the first run may fill caches. What
another process does is not counted.
"""

from __future__ import annotations

import argparse
import inspect
import sys
import threading
from collections import Counter
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

PACKAGE = Path(next(iter(find_spec("ocr_cli").submodule_search_locations)))
"""Of the package that is run, wherever it is installed."""
_NO_FUNCTIONS = "<module>", "<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<lambda>"


class Walk:
    """Counts calls of the package's functions; a profile function for ``sys.setprofile``."""

    def __init__(self) -> None:
        self.calls: Counter[CodeType] = Counter()
        self.ways: Counter[tuple[str, str]] = Counter()
        self._inside: dict[CodeType, str | None] = {}

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        """What the interpreter tells of a call."""
        if event != "call":
            return
        file = self._file(frame.f_code)
        # The body of a class is a frame, too, though no function.
        if file is None or not frame.f_code.co_flags & inspect.CO_NEWLOCALS:
            return
        self.calls[frame.f_code] += 1
        if frame.f_back is not None:
            before = self._file(frame.f_back.f_code)
            if before is not None and before != file:
                self.ways[before, file] += 1

    def _file(self, code: CodeType) -> str | None:
        if code not in self._inside:
            path = Path(code.co_filename)
            known = path.is_relative_to(PACKAGE) and code.co_name not in _NO_FUNCTIONS
            self._inside[code] = path.relative_to(PACKAGE).as_posix() if known else None
        return self._inside[code]

    def report(self, *, files: bool) -> str:
        """The counts, and if wished each file with its functions and their calls."""
        entered: dict[str, list[CodeType]] = {}
        for code in self.calls:
            entered.setdefault(str(self._file(code)), []).append(code)
        lines = [
            f"{len(entered)} files, {len(self.calls)} functions, {self.calls.total()} calls, "
            f"{sum(self.ways.values())} of them from one file into another over {len(self.ways)} ways"
        ]
        if files:
            for file, codes in sorted(entered.items()):
                calls = sum(self.calls[code] for code in codes)
                lines.append(f"{file}: {len(codes)} functions, {calls} calls")
        return "\n".join(lines)


def main() -> None:
    """Parse the command line, run the command, print the counts to stderr."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", action="store_true", help="list the files, too")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="of ocr, with its arguments")
    arguments = parser.parse_args()
    from ocr_cli.__main__ import main as ocr

    walk = Walk()
    sys.argv = ["ocr", *arguments.command]
    threading.setprofile(walk)
    sys.setprofile(walk)
    try:
        ocr()
    finally:
        sys.setprofile(None)
        print(walk.report(files=arguments.files), file=sys.stderr)


if __name__ == "__main__":
    main()
