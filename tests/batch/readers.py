"""Readers that other processes can import: what they do is in the name of the picture."""

import os
import signal
import time
from pathlib import Path

from ocr_cli import Box, Character, Line, Page, Word


class NamingReader:
    """Reads the name of the file on each picture, and does what a name tells it to."""

    def wait(self):
        pass

    def read(self, picture, *, source, observe=None):
        path = Path(source)
        name = path.stem
        if name.startswith("fault"):
            raise LookupError("a fault")
        if name.startswith("kill"):
            # The first death of kill-once leaves a mark behind.
            mark = path.with_suffix(".mark")
            if name.startswith("kill-always") or not mark.exists():
                mark.touch()
                os.kill(os.getpid(), signal.SIGKILL)
        if name.startswith("print"):
            print("by Python", flush=True)
            os.write(1, b"by a library\n")
        if name.startswith("slow"):
            time.sleep(float(name.split("_")[1]))
        word = Word(tuple(Character(Box(0, 0, 1, 1), letter, 0.9) for letter in f"{name}{picture.frame}"))
        return Page(picture.width, picture.height, (Line((word,)),), source, picture.frame)
