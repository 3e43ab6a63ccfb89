"""What people write that no word list has: numbers with signs, dates, prices, codes, addresses, sums."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ocr_cli.alphabet import MARKS, with_mark
from ocr_cli.datasets.pieces import PRINTABLE

_FURTHER = {
    "s": "ß", "a": "æ", "e": "æœ", "o": "øœ", "l": "ł", "d": "đ", "b": "ß",
    "A": "Æ", "E": "ÆŒ", "O": "ØŒ", "L": "Ł", "D": "Đ",
}  # fmt: skip
"""Letters beside which others of Europe stand."""
_SHAPES = (
    "AA9 9AA",
    "A9 9AA",
    "A99 9AA",
    "AA99 9AA",
    "A9A 9A9",
    "9999 AA",
    "AA99 AAA",
    "AAA 999",
    "AA 999 AA",
    "A9",
    "9A",
    "99A",
    "A99",
    "A-99",
    "9A9",
    "A9A",
    "AA9",
    "9AA",
    "A9-9A",
    "99-A9",
    "A999A",
    "99AA99",
    "A9A9A9",
    "9A9A9A",
    "AA9A9A99",
)
"""Of postal codes, number plates, rooms, sizes, parts and keys: a letter for A, a digit for 9."""
_FORMAL = 0.15
"""Share of the lines that are a formula or of a program."""


class Texts:
    """Makes up short texts.

    Args:
        words: to use; as they are, in capitals, capitalised or small.
        rng: chooses.
    """

    def __init__(self, words: Sequence[str], rng: np.random.Generator) -> None:
        self._words, self._rng = words, rng

    def _number(self, digits: int = 4) -> str:
        return str(int(self._rng.integers(0, 10 ** int(self._rng.integers(1, digits + 1)))))

    def _of(self, *options: str) -> str:
        return str(self._rng.choice(list(options)))

    def word(self) -> str:
        """A word, in one of the ways in which words are written."""
        word = str(self._rng.choice(self._words))
        kind = self._rng.random()
        if kind < 0.4:
            return word.upper()
        return word.lower() if kind < 0.75 else word.capitalize()

    def number(self) -> str:
        """A number as notes, forms and lists have it."""
        n, of, rng = self._number, self._of, self._rng
        kind = int(rng.integers(18))
        made = (
            lambda: n(6),
            lambda: f"{n(3)}.{n(2)}",
            lambda: f"-{n(3)}",
            lambda: f"{int(rng.integers(24))}:{int(rng.integers(60)):02d}",
            lambda: of("/", "-", ".").join([n(2), n(2), of(n(2), f"{rng.integers(1900, 2035)}")]),
            lambda: f"{of('$', '$', '')}{n(3)}.{int(rng.integers(100)):02d}",
            lambda: f"{int(rng.integers(101))}%",
            lambda: f"{int(rng.integers(1, 999))},{int(rng.integers(1000)):03d}",
            lambda: f"{n(3)}{of('+', '-', '=', '/', 'x', '*')}{n(3)}",
            lambda: f"{n(2)} {of('+', '-', 'x', '/')} {n(2)} = {n(3)}",
            lambda: f"#{n(3)}",
            lambda: f"({n(3)}) {int(rng.integers(100, 999))}-{int(rng.integers(10000)):04d}",
            lambda: f"{int(rng.integers(1, 30))}{of('.', ')', ':')}",
            lambda: f"{n(3)}{of('kg', 'g', 'ml', 'cm', 'm', 'km', 'am', 'pm', 'h', 'L')}",
            lambda: (
                "".join(rng.choice(list("ABCDEFGHKLMNPRSTVXYZ"), int(rng.integers(1, 4))))
                + of("-", "", " ")
                + n(4)
            ),
            lambda: "".join(rng.choice(list("0123456789"), int(rng.integers(4, 12)))),
            lambda: f"+{n(2)} {n(3)} {n(4)}",
            lambda: f"{n(2)}.{n(2)}.{n(2)}",
        )
        return made[kind]()

    def identifier(self) -> str:
        """Letters and digits of which none tells the next; now and then an alphabet, or a part of it."""
        rng = self._rng
        letters, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
        if rng.random() < 0.2:
            first, count = int(rng.integers(24)), int(rng.integers(3, 15))
            made = (letters if rng.random() < 0.8 else digits)[first % 8 if count > 10 else first :][:count]
            made = made or letters[:count]
        else:
            shape = self._of(*_SHAPES)
            made = "".join(self._of(*{"A": letters, "9": digits}.get(one, one)) for one in shape)
        return made.lower() if rng.random() < 0.15 else made

    def marked(self) -> str:
        """A word with signs."""
        of, word = self._of, self.word
        kind = int(self._rng.integers(12))
        made = (
            lambda: word() + of(".", ",", "!", "?", ":", ";"),
            lambda: f"({word()})",
            lambda: f'"{word()}"',
            lambda: f"{word()}-{word()}",
            lambda: f"{word()}'{of('s', 'S', 't', 'll')}",
            lambda: f"{word()}/{word()}",
            lambda: f"{word().lower()}@{word().lower()}.{of('com', 'org', 'de', 'net')}",
            lambda: f"{of('A', 'J', 'M', 'R', 'St', 'Mr', 'Dr', 'Mrs')}. {word().capitalize()}",
            lambda: f"{of('-', '*', '-')} {word()}",
            lambda: f"{word()} & {word()}",
            lambda: f"{word()}: {self.number()}",
            lambda: f"{word()} = {self.number()}",
        )
        return made[kind]()

    def noise(self) -> str:
        """Characters without sense: every one is to be known by itself."""
        rng = self._rng
        kind = rng.random()
        if kind < 0.4:
            some = PRINTABLE
        elif kind < 0.7:
            some = "ABCDEFGHIJKLMNOPQRSTUVWXYZ" + "0123456789" * int(rng.integers(2))
        else:
            some = "abcdefghijklmnopqrstuvwxyz" + "0123456789" * int(rng.integers(2))
        return "".join(rng.choice(list(some), int(rng.integers(1, 9))))

    def european(self) -> str:
        """A word or number with one of the further letters and signs, wherever it may stand."""
        n, of, word, rng = self._number, self._of, self.word, self._rng
        kind = int(rng.integers(20))
        if kind < 9:
            return self._with_further(word())
        signs = (
            lambda: f"«{word()}»",
            lambda: f"»{word()}«",
            lambda: "„" + word() + of('"', ""),
            lambda: f"{n(2)} \u2013 {n(2)}",
            lambda: f"{word()} \u2013 {word()}",
            lambda: f"{of('', '', '-')}{n(2)}{of(',', '.')}{int(rng.integers(100)):02d}{of(' ', '')}€",
            lambda: f"€{of(' ', '')}{n(3)}{of('', ',-')}",
            lambda: f"£{n(3)}{of('', f'.{int(rng.integers(100)):02d}')}",
            lambda: f"§{of(' ', '')}{n(3)}",
            lambda: f"{n(2)}{of(' ', '')}°{of('', '', 'C')}",
            lambda: of(f"¿{word()}?", f"¡{word()}!"),
        )
        return signs[kind - 9]()

    def accented(self) -> str:
        """A word with marks on some of its letters, on whichever they may stand."""
        rng, marks = self._rng, list(MARKS)
        word = self.word()
        for k in rng.permutation(len(word))[: int(rng.integers(1, 4))].tolist():
            word = word[:k] + (with_mark(word[k], self._of(*marks)) or word[k]) + word[k + 1 :]
        return word

    def _with_further(self, word: str) -> str:
        """The word with one or two of its letters changed into others like them, or one set in."""
        rng = self._rng
        for _ in range(int(rng.choice([1, 1, 2]))):
            places = [(k, _FURTHER[one]) for k, one in enumerate(word) if one in _FURTHER]
            if not places or rng.random() < 0.3:
                letters = "ÆŒØŁĐ" if word == word.upper() else "ßæœøłđ"
                k, other = int(rng.integers(len(word) + 1)), self._of(*letters)
                word = word[:k] + other + word[k:]
            else:
                k, others = places[int(rng.integers(len(places)))]
                word = word[:k] + self._of(*others) + word[k + 1 :]
        return word

    def formula(self) -> str:
        """A term or an equation, as school books and boards have them; powers stand beside their bases."""
        of, rng = self._of, self._rng

        def term() -> str:
            name = of("x", "x", "x", "y", "z", "a", "b", "n", "t")
            number = of("", "", "2", "3", "4", "5", "6", "7", "8", "9", "10", "12")
            made: tuple[Callable[[], str], ...] = (
                *[lambda: f"{number}{name}{of('', '', '2', '3')}"] * 4,
                *[lambda: number or "1"] * 2,
                lambda: f"{number}({name}{of('+', '-')}{rng.integers(1, 10)})",
                lambda: f"{of('f', 'g', 'sin', 'log')}({name})",
            )
            return made[int(rng.integers(len(made)))]()

        side = term()
        for _ in range(int(rng.integers(0, 3))):
            side += self._spaced(of("+", "-", "+", "-", "x", "*", "/")) + term()
        if rng.random() < 0.8:
            side += self._spaced(of("=", "=", "=", "<", ">", "<=")) + of("0", term(), self._number(2))
        return side

    def code(self) -> str:
        """A line of a program."""
        of, rng = self._of, self._rng
        name = of("i", "n", "x", "current", "list", "node", "value", self.word().lower(), "length", "temp")
        part = f"{name}{of('[i]', '[0]', '.next', '.length', '()', '', '', '[i+1]')}"
        value = of("0", "1", "null", "true", "false", '""', self._number(2), part, f"{part} + 1")
        test = f"{part} {of('<', '>', '<=', '==', '===', '!=', '!==')} {value}"
        kind = int(rng.integers(9))
        made = (
            lambda: f"{of('let ', 'var ', 'int ', 'const ', '', '')}{part} = {value}{of(';', '')}",
            lambda: f"{of('if', 'while', 'if', 'for')}{of(' ', '')}({test}){of(' ', '')}{of('{', '{', '')}",
            lambda: f"return {value}{of(';', ';', '')}",
            lambda: of("}", "}", "} else {", "});", "end", "{"),
            lambda: f"{of('function', 'class', 'def')} {name}({of('', 'a, b', 'list')}){of(' {', ':', '')}",
            lambda: f"{of('this.', '')}{name}.{of('push', 'pop', 'add', 'peek', 'next')}({of('', value)});",
            lambda: f"{name}{of('++', '--', ' += 1', ' -= 1')}{of(';', '')}",
            lambda: f"{of('swap', 'print', 'sqrt', 'max')}({part}, {value}){of(';', '')}",
            lambda: f"{of('//', '#')} {self.word().lower()} {self.word().lower()}",
        )
        return made[kind]()

    def _spaced(self, sign: str) -> str:
        return f" {sign} " if self._rng.random() < 0.4 else sign

    def line(self) -> str:
        """Some of all that."""
        rng = self._rng
        if rng.random() < _FORMAL:
            return self.formula() if rng.random() < 0.5 else self.code()
        kinds = (self.word, self.number, self.marked, self.noise, self.identifier)
        made = []
        for _ in range(int(rng.choice([1, 2, 3, 4], p=[0.45, 0.27, 0.18, 0.1]))):
            made.append(kinds[int(rng.choice(5, p=[0.31, 0.3, 0.18, 0.11, 0.1]))]())
        return " ".join(made)
