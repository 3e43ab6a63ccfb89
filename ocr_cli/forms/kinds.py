"""What is known of a field by its kind: the characters it may hold, and how they follow each other."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

Kind: TypeAlias = Literal[
    "text", "letters", "digits", "number", "date", "time", "amount", "choice", "check", "picture"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""All kinds of fields, as templates name them."""

_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december"
    "|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
)
_DAY = r"[0-9]{1,2}(st|nd|rd|th)?[.,]?"

PATTERNS: dict[Kind, tuple[str, ...]] = {
    "digits": (r"[0-9]+", r"[0-9]+[.,/\-][0-9]+"),
    "number": (r"\-?[0-9]+", r"\-?[0-9]+[.,][0-9]+", r"\-?[0-9]{1,3}([.,'][0-9]{3})+([.,][0-9]+)?"),
    "date": (
        r"[0-9]{1,4}[./\-][0-9]{1,2}[./\-][0-9]{1,4}",
        r"[0-9]{1,2} ?[./\-] ?[0-9]{1,2} ?[./\-] ?[0-9]{2,4}",
        r"[0-9]{6}([0-9]{2})?",
        rf"({_MONTHS})[.,]? {_DAY} ?[0-9]{{4}}",
        rf"{_DAY} ({_MONTHS})[.,]? [0-9]{{4}}",
    ),
    "time": (r"[0-9]{1,2}[:.][0-9]{2}([:.][0-9]{2})?", r"[0-9]{1,2}[:.][0-9]{2} ?[ap]\.?m\.?"),
    "amount": (
        r"[$]?\-?[0-9]{1,3}([.,'][0-9]{3})*([.,][0-9]{2})?",
        r"[$]?\-?[0-9]+[.,][0-9]{2}",
        r"[0-9]+(/[0-9]{2,3})?",
    ),
}
"""Of each kind that has a form: what its text looks like, as ``ReadOptions.patterns``."""

CELLS: dict[Kind, str] = {
    "digits": "0123456789",
    "number": "0123456789.,-",
    "date": "0123456789-./",
    "time": "0123456789:.",
    "amount": "0123456789.,-",
}
"""The characters that a cell of a comb may hold, of kinds that are of digits."""

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""The same of letters."""

POINTED = frozenset({"digits", "number", "amount"})
"""Kinds in which a point between digits counts, and no ink is dirt because it is small."""

FILLER = "X"
"""What unused cells at a comb's beginning or end are struck out with, beside dashes."""

LOOK_ALIKES = {
    letter: digit
    for digit, letters in {
        "0": "OoDQUCc",
        "1": "IiLl|!/",
        "2": "Zz",
        "4": "AhYy",
        "5": "Ss",
        "6": "Gb",
        "7": "Tt",
        "8": "B",
        "9": "gq",
    }.items()
    for letter in letters
}
"""The digit that each letter or sign is where only digits may be."""
