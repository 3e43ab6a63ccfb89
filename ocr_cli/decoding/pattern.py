r"""The user's fields: a pattern such as ``[0-9]{5}`` or ``AA-999`` -> an automaton that a search follows.

The language of patterns is a part of regular expressions: characters, ``\`` before one that would mean
something, ``.`` for any but a space, sets (``[A-F0-9]``, ``[^0-9]``), ``\d`` and ``\w``, groups, ``|``, and
the counts ``?``, ``*``, ``+``, ``{3}``, ``{1,3}``, ``{2,}``. A pattern without any of ``[](){}|\?*+`` is a
mask instead: ``A`` stands for any letter, ``9`` for any digit, the rest for itself. Case does not matter.

The expression becomes an automaton with empty moves (K. Thompson, "Regular expression search algorithm",
1968), and that one without (the subset construction of Rabin and Scott, 1959): a row for each state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import DIGITS, SIGNS, SMALL_LETTERS, base_letters
from ocr_cli.errors import KnowledgeError

_META = frozenset("[](){}|\\?*+")
_LETTERS, _DIGITS = frozenset(SMALL_LETTERS), frozenset(DIGITS)
_SYMBOLS = " " + DIGITS + SMALL_LETTERS + SIGNS
"""What patterns tell apart."""
_KNOWN = frozenset(_SYMBOLS)
_ANY = _KNOWN - {" "}
_MOST_STATES = 2000
_MOST_STEPS = 5_000_000
"""So often may a state be looked at before a pattern is given up: about a second. A limit."""
_DEEPEST = 50
"""Groups within groups. A limit."""
_SHOWN = 60
"""Characters of a pattern that messages repeat. A limit."""


class Pattern:
    """Fields that fit any of several patterns, for many beams at once.

    A state is a whole number: ``START`` before a field's first character, ``DEAD`` once no field goes on as
    the characters do.
    """

    START: Final = 0
    DEAD: Final = -1

    def __init__(self, patterns: Sequence[str]) -> None:
        """Compile the patterns.

        Raises:
            KnowledgeError: if one is empty, no pattern, too large, or fits nothing but an empty field.
        """
        name = _shortened(" or ".join(patterns))
        if not all(pattern.strip() for pattern in patterns) or not patterns:
            raise KnowledgeError("an empty pattern")
        parts = [
            _Parser(pattern).parse() if _META.intersection(pattern) else _mask(pattern)
            for pattern in patterns
        ]
        moves = _Moves(name)
        self._next, self._whole = _determined(moves, _either(parts)(moves, 0))
        if not (self._next[self.START] >= 0).any():
            raise KnowledgeError(f"{name}: fits nothing but an empty field")

    @staticmethod
    def symbols_of(text: str) -> npt.NDArray[np.intp]:
        """Numbers of a text's base letters: intp (N,), -1 for what no pattern knows."""
        return np.array([_SYMBOLS.find(character) for character in base_letters(text)], np.intp)

    def advance(self, states: npt.ArrayLike, symbols: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """The states after each symbol: int32 of the shape to which both broadcast."""
        states, symbols = np.broadcast_arrays(states, symbols)
        possible = (states >= 0) & (symbols >= 0)
        return np.asarray(np.where(possible, self._next[states, symbols], np.int32(self.DEAD)))

    def is_whole(self, states: npt.ArrayLike) -> npt.NDArray[np.bool_]:
        """Whether the characters before each state are a whole field: bool of the states' shape."""
        states = np.asarray(states)
        found: npt.NDArray[np.bool_] = self._whole[states] & (states >= 0)
        return found

    def fits(self, text: str) -> bool:
        """Whether a text is a whole field."""
        state = np.int32(self.START)
        for symbol in self.symbols_of(text):
            state = self.advance(state, symbol)[()]
        return bool(self.is_whole(state))


class _Moves:
    """The moves of an automaton with empty moves; it begins in state 0."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._steps = 0
        self.on: list[tuple[frozenset[str], int] | None] = [None]
        self.empty: list[list[int]] = [[]]

    def new(self, *before: int) -> int:
        """A state that is reached from some others by empty moves."""
        if len(self.on) >= _MOST_STATES:
            raise self.too_large()
        self.on.append(None)
        self.empty.append([])
        state = len(self.on) - 1
        for one in before:
            self.empty[one].append(state)
        return state

    def too_large(self) -> KnowledgeError:
        """What is raised when the pattern makes too many states, or too much work."""
        return KnowledgeError(f"{self._name}: too large a pattern", hint="smaller counts make it smaller")

    def worked(self, steps: int) -> None:
        """Count what was done.

        Raises:
            KnowledgeError: if it is too much.
        """
        self._steps += steps
        if self._steps > _MOST_STEPS:
            raise self.too_large()

    def closure(self, states: Iterable[int]) -> frozenset[int]:
        """All states that are reached by empty moves."""
        waiting = list(states)
        found = set(waiting)
        while waiting:
            fresh = set(self.empty[waiting.pop()]) - found
            found |= fresh
            waiting += fresh
        self.worked(len(found))
        return frozenset(found)


Part: TypeAlias = Callable[[_Moves, int], int]
"""Adds the moves of a part of a pattern that begins in some state, and says where it ends."""


def _one_of(characters: frozenset[str]) -> Part:
    def lay(moves: _Moves, state: int) -> int:
        state = moves.new(state)
        end = moves.new()
        moves.on[state] = (characters, end)
        return end

    return lay


def _in_turn(parts: Sequence[Part]) -> Part:
    def lay(moves: _Moves, state: int) -> int:
        for part in parts:
            state = part(moves, state)
        return state

    return lay


def _either(parts: Sequence[Part]) -> Part:
    def lay(moves: _Moves, state: int) -> int:
        return moves.new(*[part(moves, moves.new(state)) for part in parts])

    return lay


def _repeated(part: Part, least: int, most: int | None) -> Part:
    """So many times; any number of times from ``least`` on if ``most`` is None."""

    def lay(moves: _Moves, state: int) -> int:
        for _ in range(least):
            state = part(moves, state)
        if most is None:
            loop = moves.new(state)
            moves.empty[part(moves, loop)].append(loop)
            return moves.new(loop)
        ends = [state]
        for _ in range(most - least):
            ends.append(part(moves, ends[-1]))
        return moves.new(*ends)

    return lay


def _mask(pattern: str) -> Part:
    return _in_turn(
        [_one_of({"A": _LETTERS, "9": _DIGITS}.get(one, frozenset(base_letters(one)))) for one in pattern]
    )


class _Parser:
    """Recursive descent through one regular expression."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    def parse(self) -> Part:
        """The whole pattern.

        Raises:
            KnowledgeError: if it is none.
        """
        part = self._choices()
        if self._at < len(self._pattern):
            raise self._wrong("a ) that closes nothing")
        return part

    def _choices(self) -> Part:
        parts = [self._sequence()]
        while self._take("|"):
            parts.append(self._sequence())
        return _either(parts)

    def _sequence(self) -> Part:
        parts = []
        while self._at < len(self._pattern) and self._pattern[self._at] not in "|)":
            parts.append(self._counted(self._item()))
        return _in_turn(parts)

    def _item(self) -> Part:
        if self._take("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise self._wrong(f"more than {_DEEPEST} groups within each other")
            part = self._choices()
            self._depth -= 1
            if not self._take(")"):
                raise self._wrong("a ( that is not closed")
            return part
        if self._take("["):
            return _one_of(self._set())
        if self._take("."):
            return _one_of(_ANY)
        if self._pattern[self._at] in "?*+{":
            raise self._wrong(f"nothing to count before {self._pattern[self._at]}")
        return _one_of(self._characters())

    def _counted(self, part: Part) -> Part:
        if self._take("?"):
            return _repeated(part, 0, 1)
        if self._take("*"):
            return _repeated(part, 0, None)
        if self._take("+"):
            return _repeated(part, 1, None)
        if not self._take("{"):
            return part
        stop = self._pattern.find("}", self._at)
        counts = re.fullmatch(
            r"(\d{1,3})(,?)(\d{0,3})", self._pattern[self._at : max(stop, self._at)], re.ASCII
        )
        if counts is None or (counts[3] and not counts[2]):
            raise self._wrong("a { without a count such as {3} or {1,3}")
        self._at = stop + 1
        least = int(counts[1])
        most = int(counts[3]) if counts[3] else None if counts[2] else least
        if most is not None and most < least:
            raise self._wrong("a count that ends before it begins")
        return _repeated(part, least, most)

    def _set(self) -> frozenset[str]:
        excluded = self._take("^")
        found: set[str] = set()
        while not self._take("]"):
            first = self._characters("a [ that is not closed")
            if self._pattern[self._at : self._at + 1] == "-" and self._pattern[
                self._at + 1 : self._at + 2
            ] not in ("]", ""):
                self._at += 1
                last = self._characters("a [ that is not closed")
                if len(first) != 1 or len(last) != 1 or min(first) > min(last):
                    raise self._wrong("a range that is none")
                first = frozenset(one for one in _KNOWN if min(first) <= one <= min(last))
            found |= first
        characters = _KNOWN - found if excluded else frozenset(found)
        if not characters:
            raise self._wrong("a set of nothing")
        return characters

    def _characters(self, missing: str = "a \\ before nothing") -> frozenset[str]:
        """The next character, or those that its escape stands for."""
        escaped = self._take("\\")
        character = self._pattern[self._at : self._at + 1]
        if not character:
            raise self._wrong(missing)
        self._at += 1
        if escaped and character in "dw":
            return _DIGITS if character == "d" else _DIGITS | _LETTERS
        if escaped and character.isalnum():
            raise self._wrong(f"an unknown \\{character}")
        return frozenset(base_letters(character))

    def _take(self, character: str) -> bool:
        found = self._pattern[self._at : self._at + 1] == character
        self._at += found
        return found

    def _wrong(self, what: str) -> KnowledgeError:
        return KnowledgeError(
            f"{_shortened(self._pattern)}: not a pattern: {what}, at character {self._at + 1}"
        )


def _determined(moves: _Moves, end: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.bool_]]:
    """The same automaton without empty moves: the state after each (state, symbol), and which are the end."""
    rows: list[list[int]] = []
    numbers = {moves.closure([0]): 0}
    waiting = list(numbers)
    alike = _alike(moves)
    for states in waiting:
        steps = [step for step in (moves.on[state] for state in states) if step is not None]
        row = dict.fromkeys(_SYMBOLS, Pattern.DEAD)
        for symbols in alike:
            moves.worked(len(steps))
            reached = moves.closure(target for characters, target in steps if symbols[0] in characters)
            if reached and reached not in numbers:
                numbers[reached] = len(numbers)
                waiting.append(reached)
                if len(numbers) > _MOST_STATES:
                    raise moves.too_large()
            row.update(dict.fromkeys(symbols, numbers.get(reached, Pattern.DEAD)))
        rows.append(list(row.values()))
    whole = np.array([end in states for states in numbers])
    return np.array(rows, np.int32), whole


def _alike(moves: _Moves) -> list[str]:
    """The symbols in groups that no move tells apart, so that each group is followed only once."""
    groups = [_SYMBOLS]
    for characters in {step[0] for step in moves.on if step is not None}:
        parts = [
            "".join(one for one in group if (one in characters) is inside)
            for group in groups
            for inside in (True, False)
        ]
        groups = [part for part in parts if part]
    return groups


def _shortened(pattern: str) -> str:
    return pattern if len(pattern) <= _SHOWN else f"{pattern[:_SHOWN]}..."
