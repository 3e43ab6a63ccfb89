"""Texts that are made by a grammar: settings, patterns, lists of words, and transcripts in all formats.

Each maker writes one into a folder, and is given to ``fuzz_kinds.Kind``.
"""

from __future__ import annotations

import json
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_grammars import NUMBERS, ODD_TEXTS, Maker, some
from fuzz_mutations import mutated


def settings(rng: np.random.Generator, folder: Path) -> Path:
    """Files of settings."""

    def value(depth: int = 0) -> str:
        kind = rng.integers(8) if depth < 3 else rng.integers(5)
        match kind:
            case 0 | 1:
                return str(some(NUMBERS, rng)) or "7"
            case 2:
                return json.dumps(some(ODD_TEXTS, rng), ensure_ascii=bool(rng.integers(2)))
            case 3:
                return str(some(("true", "1979-05-27", "07:32:00", "0o777", "0b" + "1" * 20_000, "'x'"), rng))
            case 4:
                return "[" * int(rng.integers(3000)) + "1"
            case 5:
                return "[" + ", ".join(value(depth + 1) for _ in range(rng.integers(4))) + "]"
            case 6:
                return "{" + ", ".join(f"k{n} = {value(depth + 1)}" for n in range(rng.integers(3))) + "}"
            case _:
                return '"""' + "x\n" * int(rng.integers(500)) + '"""'

    keys = (
        "model",
        "min-confidence",
        "timeout",
        "jobs",
        "rotate",
        "pattern",
        "quiet",
        "lexicon",
        "unknown",
        "page",
    )
    lines = []
    for _ in range(rng.integers(1, 8)):
        if rng.random() < 0.3:
            lines.append(f"[{some(('read', 'train', 'tool.ocr', 'a.' * 500 + 'b', 'x y'), rng)}]")
        lines.append(f"{some((*keys, 'read.page', 'a' * 500, chr(34) * 2), rng)} = {value()}")
    text = "\n".join(lines).encode("utf-8", "surrogatepass")
    path = folder / "ocr.toml"
    path.write_bytes(text if rng.random() < 0.9 else mutated(text, rng, [b"x"]))
    return path


def pattern(rng: np.random.Generator, folder: Path) -> Path:
    """Patterns, nested and counted."""

    def part(depth: int) -> str:
        kind = rng.integers(6) if depth < 6 else rng.integers(3)
        match kind:
            case 0:
                return str(some([*"A9.x -\u00e9\u00df", r"\d", r"\w", r"\.", r"\q", "\x1b", "\u202e"], rng))
            case 1:
                return "[" + str(some(("AB", "^0-9", "A-Z0-9", "Z-A", "]", "\u0661"), rng)) + "]"
            case 2:
                return part(depth + 1) + str(
                    some(("?", "*", "+", "{3}", "{1,40}", "{300}", "{2,}", "{9,1}"), rng)
                )
            case 3:
                return f"({part(depth + 1)}|{part(depth + 1)})"
            case 4:
                return "(" + part(depth + 1) + ")" + str(some(("", "*", "?", "{20}", "{0}", "{999}"), rng))
            case _:
                return part(depth + 1) * int(rng.integers(1, 8))

    text = part(0)
    if rng.random() < 0.1:
        text = str(some(("(", "[", "A?", "(A|", "{", "\\", ".?", "A9"), rng)) * int(rng.integers(1, 20_000))
    path = folder / "pattern.txt"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


def lexicon(rng: np.random.Generator, folder: Path) -> Path:
    """Lists of words in any letters, with lines of any ends."""
    letters = some(
        (
            string.ascii_lowercase,
            "ab",
            "e\u0301",
            "\ufdfa\ufdfb",
            "\U0001f600a",
            "\u05d0\u202e",
            "\x01b",
            "\u00df\u00bd#",
        ),
        rng,
    )
    end = some(("\n", "\r\n", "\r", " ", "\x85", "\u2028", "\n#", "", "\t", "\u3000"), rng)
    longest = int(some((3, 9, 30, 105), rng))
    count = int(1 + rng.integers(2_000_000) * rng.random() ** 4) // longest + 1
    symbols = np.array(list(letters))[rng.integers(len(letters), size=(count, longest))]
    text = str(end).join("".join(row[: rng.integers(longest) + 1]) for row in symbols)
    if rng.random() < 0.05:
        text = str(some(letters, rng)) * (4 << 20)
    path = folder / "words.txt"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    return path


_HOCR = (
    *(
        "<span class='ocr_line'>",
        "<span class=ocrx_word>",
        "</span>",
        "A &amp; B",
        "<![foo[",
        "<![CDATA[",
        "]]>",
    ),
    *(
        "<!--",
        "-->",
        "<!",
        "<?",
        "<a ",
        '<a b="',
        "<a b='",
        "<",
        "</",
        "<script>",
        "</script>",
        "<style>",
        "&#",
    ),
    *(
        "&#" + "9" * 5000 + ";",
        "&#xd800;",
        "&#0;",
        "&nosuch",
        "\x1b",
        "\u202e",
        "<br/>",
        "<p/",
        "<1>",
        "<\u00e9>",
    ),
)
_XML = (
    *(
        "<TextLine>",
        "</TextLine>",
        "<Word>",
        "</Word>",
        '<String CONTENT="A"/>',
        "<String/>",
        "<HYP CONTENT='-'/>",
    ),
    *('<TextEquiv index="\u00b2">', '<TextEquiv index="' + "9" * 5000 + '">', "<TextEquiv>", "</TextEquiv>"),
    *("<Unicode>A B</Unicode>", "<Unicode/>", "&lt;", "&nosuch;", "<![CDATA[A]]>", "<!-- -->", "<?x?>", "A"),
)
_ROOTS = ("alto", "PcGts", "html", "svg")


def transcript(page: dict[str, Any], changed: Callable[[Any, np.random.Generator], Any]) -> Maker:
    """Texts in all formats that they are taken from; ``changed`` changes a place in a JSON value."""

    def make(rng: np.random.Generator, folder: Path) -> Path:
        kind = some(("hocr", "html", "xml", "json", "jsonl", "csv"), rng)
        path = folder / f"page.{kind}"
        times = int(1 + 2000 * rng.random() ** 6)
        if kind in ("hocr", "html"):
            text = "".join(
                some(_HOCR, rng) * (times if rng.random() < 0.3 else 1) for _ in range(rng.integers(1, 40))
            )
        elif kind == "xml":
            text = _xml(rng, times)
        elif kind == "csv":
            cells = [some((*ODD_TEXTS, '"', '""', ",", "page.png", "A" * 200_000), rng) for _ in range(9)]
            text = "file,text\n" + ",".join(cells)
        else:
            values = [page for _ in range(rng.integers(1, 3))]
            for _ in range(rng.integers(1, 4)):
                values = changed(values, rng)
            text = "\n".join(map(json.dumps, values if isinstance(values, list) else [values]))
            if rng.random() < 0.3:
                text = text.replace("0.9", str(some(NUMBERS, rng)), int(rng.integers(1, 9)))
            if rng.random() < 0.1:
                text = "[" * 50_000 + text
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
        return path

    return make


def _xml(rng: np.random.Generator, times: int) -> str:
    """Well formed mostly, so that what is in it is looked at."""
    parts, opened = [], []
    for _ in range(rng.integers(1, 40)):
        one = str(some(_XML, rng))
        if one.startswith("</"):
            if opened and rng.random() < 0.95:
                parts.append(f"</{opened.pop()}>")
            continue
        repeated = times if rng.random() < 0.3 else 1
        parts.append(one * repeated)
        if one.startswith("<") and one[1].isalpha() and not one.endswith(("/>", "Unicode>")):
            opened += [one[1:-1].split()[0]] * repeated
    root = some(_ROOTS, rng)
    head = some(
        ("", "<?xml version='1.0' encoding='cp037'?>", "<!DOCTYPE a [<!ENTITY x 'y'>]>", "<!DOCTYPE a>"), rng
    )
    return (
        f"{head}<{root}>" + "".join(parts) + "".join(f"</{one}>" for one in reversed(opened)) + f"</{root}>"
    )
