"""Stands in for ``ocr_cli.reader``: reads AB 1 on each picture that has two colours.

The command line's tests need neither weights nor the time to read; what is read is tested elsewhere.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import ModuleType

from ocr_cli import Box, Character, Line, ModelFileError, Page, Word
from ocr_cli.imaging.ink import to_grey
from ocr_cli.stages import GreyStage


class Reader:
    models = []  # noqa: RUF012 (tests look here for the models that were loaded)

    options = []  # noqa: RUF012

    def __init__(self, model="block", options=None, *, lazy=False, by_two=False):
        if model == "missing":
            raise ModelFileError("missing: no such model file")
        Reader.models.append(model)
        Reader.options.append(options)

    def wait(self):
        pass

    def read(self, picture, *, source=None, observe=None):
        trouble = Path(source).stem
        if trouble == "interrupt":
            raise KeyboardInterrupt
        if trouble == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if trouble == "slow":
            time.sleep(300)
        if trouble == "fault":
            raise RuntimeError("a fault\nin the reader")
        if trouble == "memory":
            raise MemoryError
        if observe is not None:
            observe(GreyStage(to_grey(picture.pixels)))
        if picture.pixels.max() == picture.pixels.min():
            return Page(picture.width, picture.height, (), source, picture.frame)
        sure = float(os.environ.get("FAKE_CONFIDENCE", "0.9"))
        letters = [Character(Box(x, 1, x + 4, 8), text, sure) for x, text in ((1, "A"), (6, "B"), (14, "1"))]
        line = Line((Word(tuple(letters[:2])), Word(tuple(letters[2:]))))
        return Page(picture.width, picture.height, (line,), source, picture.frame)


def install():
    """Put the fake where ``from ocr_cli.reader import Reader`` finds it."""
    module = ModuleType("ocr_cli.reader")
    module.Reader = Reader
    sys.modules["ocr_cli.reader"] = module
