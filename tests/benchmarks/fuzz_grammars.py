"""Inputs that no mutation of a good file comes to: special files, odd options, and texts made by a grammar.

Each maker writes what is needed into a folder. Those for commands write ``command.json``, with the arguments
that ``ocr`` is called with in that folder.
"""

from __future__ import annotations

import io
import json
import os
import socket
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from fuzz_mutations import mutated

from ocr_cli.cli import main

Maker = Callable[[np.random.Generator, Path], Path]
"""Writes an input into a folder and returns the file that ``ocr`` is given."""

NUMBERS = (
    *("0", "1", "-1", "0.5", "2", "nan", "inf", "-inf", "1e300", "-1e300", "1e-300", "1e999", "9" * 30),
    *(
        "9" * 400,
        "9" * 5000,
        "0x" + "f" * 5000,
        "0x10",
        "\u0661\u0662",
        "\u00b2",
        "\uff11",
        "1_0",
        " 1 ",
        "1e",
    ),
    *("", "+", "-", "1-", "-1-", "3-2", "1,,2", "1,2", "auto", "1k", "1G", "0G", "true", "null"),
)
ODD_TEXTS = (
    *("", " ", "\x1b]0;x\x07", "\x9b2J", "\u202eabc", "\u2066", "\ud800", "\udc80", "\u200d", "\x7f", "a\nb"),
    *("\r", "\t", "\ufffe", "\U0010ffff", "e" + "\u0301" * 500, "\ufdfa" * 30, "\u00df" * 90, "x" * 300),
    *("x" * 70_000, "../..", ".", "-", "--", "{ending}", "%s%n", "*" * 30, "[" * 300, "NUL", "en"),
)
_LONG_RUNNING = {"epochs", "scheduler", "jobs"}
"""Options whose sound values make long work, or look for other computers."""


def some(choices: Sequence[Any], rng: np.random.Generator) -> Any:
    """One of them."""
    return choices[int(rng.integers(len(choices)))]


def command(folder: Path, *arguments: str) -> Path:
    """Write down a call of ``ocr`` in a folder."""
    path = folder / "command.json"
    path.write_text(json.dumps(arguments))
    return path


def with_options(page: bytes, data: bytes) -> Maker:
    """Every option of every command that takes a value, with values that are none."""
    calls = {
        "read": ("page.png",),
        "evaluate": ("--pages", "page.png"),
        "train": ("letters.npz", "--hidden", "4", "--epochs", "1"),
        "compare": ("letters.npz", "--hidden", "4", "--epochs", "1", "--lr", "0.1", "--lr", "0.01"),
        "harvest": ("page.png",),
        "inspect": ("block",),
        "models": (),
        "config": (),
    }
    ctx = click.Context(main)
    known = []
    for name in calls:
        one = main.get_command(ctx, name)
        assert one is not None
        known += [
            (name, option)
            for option in one.params
            if isinstance(option, click.Option)
            and not (option.is_flag or option.count)
            and option.name not in _LONG_RUNNING
        ]

    def make(rng: np.random.Generator, folder: Path) -> Path:
        (folder / "page.png").write_bytes(page)
        (folder / "page.gt.txt").write_bytes(b"AB 12\n")
        (folder / "letters.npz").write_bytes(data)
        name, option = some(known, rng)
        # Of halves of surrogate pairs, an argument can hold those alone that stand for bytes.
        value = some(NUMBERS if rng.random() < 0.6 else ODD_TEXTS, rng).replace("\ud800", "\udcff")
        return command(folder, name, *calls[name], f"{option.opts[0]}", value)

    return make


def special(page: bytes) -> Maker:
    """Pipes, sockets, devices and what has no end or no right to be read, wherever a file is expected."""
    calls = (
        *(("read", "it"), ("read", "page.png", "--lexicon", "it"), ("read", "--files-from", "it")),
        *(("read", "page.png", "-m", "./it"), ("read", "--recursive", "folder"), ("read", "folder")),
        *(("read", "--files-from", "list"), ("--config", "it", "config")),
        *(("inspect", "./it"), ("train", "it"), ("train", "--pages", "it"), ("evaluate", "it"), ("models",)),
        *(("harvest", "page.png", "--text", "it"), ("evaluate", "--pages", "it")),
        *(("read", "page.png", "--output-dir", "it"), ("train", "folder"), ("inspect", "./folder/it.npz")),
        ("read", "page.png", "-o", "it"),
    )

    def make(rng: np.random.Generator, folder: Path) -> Path:
        (folder / "page.png").write_bytes(page)
        (folder / "folder").mkdir()
        arguments = some(calls, rng)
        # A pipe that is named as a picture, or as the place of results, is waited for, as its user wants it.
        waits = arguments == ("read", "it") or "-o" in arguments
        kind = some(_SPECIAL[1:] if waits else _SPECIAL, rng)
        kind(folder / "it")
        for name in ("it.png", "it.npz", "it.gt.txt", "page.csv"):
            os.symlink("../it", folder / "folder" / name)
        (folder / "list").write_text("it\nfolder\npage.png\n")
        return command(folder, *arguments)

    return make


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as bound:
        before = os.getcwd()
        os.chdir(path.parent)  # The names of sockets are short.
        bound.bind(path.name)
        os.chdir(before)


def _sparse(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1 << 40)


_SPECIAL: tuple[Callable[[Path], object], ...] = (
    _pipe,
    _socket,
    _sparse,
    lambda path: path.mkdir(),
    lambda path: path.symlink_to("it"),
    lambda path: path.symlink_to("nowhere"),
    *(
        lambda path, target=target: path.symlink_to(target)  # type: ignore[misc]
        for target in (
            "/dev/zero",
            "/dev/null",
            "/dev/full",
            "/proc/self/mem",
            "/proc/self/status",
            "/proc/kmsg",
        )
    ),
)


def names(page: bytes) -> Maker:
    """Lists of names."""

    def make(rng: np.random.Generator, folder: Path) -> Path:
        (folder / "page.png").write_bytes(page)
        (folder / "empty").mkdir()
        parts = [
            some((b"page.png", b"empty", b"missing.png", b"-", b".", b"a\0b", b"\xff.png", b"*"), rng)
            if rng.random() < 0.6
            else os.fsencode(some(ODD_TEXTS, rng).replace("\ud800", "\udc81").replace("x" * 9, "y" * 9))
            for _ in range(int(rng.integers(1, 12)))
        ]
        if rng.random() < 0.1:
            parts.append(some((b"x", b"\0", b"\r", b" "), rng) * int(rng.integers(1 << 20)))
        (folder / "list").write_bytes(some((b"\n", b"\r\n", b"\0", b"", b"\n\0"), rng).join(parts))
        options = [one for one in ("--null", "--recursive", "--output-dir=out") if rng.random() < 0.4]
        # A list may name all files there are.
        return command(folder, "read", "--files-from", "list", "--glob", "page.png", *options)

    return make


def many_pages(rng: np.random.Generator, folder: Path) -> Path:
    """A TIFF of many directories, which may go round in a circle."""
    count = int(1 + 60_000 * rng.random() ** 3)
    size = 2 + 12 * 2 + 4
    content = bytearray(b"II*\0" + struct.pack("<I", 8))
    for number in range(count):
        following = 8 + (number + 1) * size if number + 1 < count else int(some((0, 0, 8, 8 + size), rng))
        entries = struct.pack("<HHII", 256, 3, 1, 4) + struct.pack("<HHII", 257, 3, 1, 4)
        content += struct.pack("<H", 2) + entries + struct.pack("<I", following)
    path = folder / "many.tif"
    path.write_bytes(bytes(content))
    return path


def models(model: bytes) -> Maker:
    """A folder of models, one of which is odd."""

    def make(rng: np.random.Generator, folder: Path) -> Path:
        place = folder / "data" / "ocr" / "models"
        place.mkdir(parents=True)
        (place / "whole.npz").write_bytes(model)
        (place / "odd.npz").write_bytes(mutated(repacked(model, rng), rng, [b"x"]))
        return command(folder, "models", *some(((), ("--format", "json")), rng))

    return make


def repacked(content: bytes, rng: np.random.Generator) -> bytes:
    """An archive whose members are packed in other ways, or called something else."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    file = io.BytesIO()
    ways = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
    with zipfile.ZipFile(file, "w", some(ways, rng)) as archive:
        for name, data in members.items():
            called = some((name, name, name, name + "x", "../" + name, "\x1b" + name, name[:-4]), rng)
            archive.writestr(zipfile.ZipInfo(called), data, some(ways, rng))
    return file.getvalue()
