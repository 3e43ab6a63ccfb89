"""Python runs this before all else where this folder is on its path: trainings draw little, learn briefly.

How well is learned is tested elsewhere; blocks of the documentation only say how it is asked for.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import replace
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

BRIEF = {
    "ocr_cli.learning.adapt": {"BATCHES": 2, "_WRITERS": 2},
    "ocr_cli.training.recipe": {"SYNTHETIC_WRITERS": 12, "_REHEARSAL_WRITERS": 2},
}
"""Modules, and numbers in them that say how much is drawn and learned."""


class Shortened(Loader):
    """Loads a module of ``BRIEF``, and changes its numbers."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As it is."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """With fewer epochs and people."""
        self._loader.exec_module(module)
        numbers = BRIEF[module.__name__]
        assert all(hasattr(module, name) for name in numbers)
        vars(module).update(numbers)
        if module.__name__ == "ocr_cli.learning.adapt":
            module.SETTINGS = replace(module.SETTINGS, epochs=2)


class Finder(MetaPathFinder):
    """Finds the modules of ``BRIEF``."""

    def __init__(self) -> None:
        self._asked: set[str] = set()

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as others find it, loaded by ``Shortened``."""
        if name not in BRIEF or name in self._asked:
            return None
        self._asked.add(name)
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = Shortened(spec.loader)
        return spec


sys.meta_path.insert(0, Finder())
