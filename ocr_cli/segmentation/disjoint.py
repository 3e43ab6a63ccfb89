"""Things that are linked in pairs -> sets of what hangs together (union-find with path halving)."""

from __future__ import annotations


class DisjointSets:
    """Sets of numbers from 0, each number alone at first.

    Source: R. E. Tarjan and J. van Leeuwen, "Worst-case analysis of set union algorithms", 1984.

    Args:
        count: of numbers.
    """

    def __init__(self, count: int) -> None:
        self._parents = list(range(count))

    def find(self, k: int) -> int:
        """The number that stands for the set of ``k``."""
        parents = self._parents
        while parents[k] != k:
            parents[k] = parents[parents[k]]
            k = parents[k]
        return k

    def join(self, k: int, other: int) -> None:
        """Put the set of ``other`` to that of ``k``, whose number from now on stands for both."""
        self._parents[self.find(other)] = self.find(k)

    def all(self) -> list[int]:
        """The number that stands for each number's set."""
        return [self.find(k) for k in range(len(self._parents))]
