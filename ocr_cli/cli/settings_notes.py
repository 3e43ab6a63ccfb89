"""What is said of files of settings: which hold, what a folder's change, and what they may not say."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click
from click.core import ParameterSource

from ocr_cli.cli import project
from ocr_cli.cli.settings import Entry, SettingsFile, settable, user_file

_KEYS_SHOWN, _LONGEST_KEY = 5, 40


def files_said(files: Iterable[SettingsFile]) -> Iterator[str]:
    """What ``--verbose`` says of the files."""
    for file in files:
        yield f"{file.path}: settings of the {file.kind} file"


def changes(ctx: click.Context, found: Mapping[str, Entry]) -> Iterator[str]:
    """What to say, if anything, of what a project's file changes for a command.

    Args:
        ctx: of the command, its options known.
        found: what the files say about it.
    """
    keys: dict[Path, list[str]] = {}
    for name, entry in found.items():
        if entry.file.kind == "project" and ctx.get_parameter_source(name) is ParameterSource.DEFAULT_MAP:
            keys.setdefault(entry.file.path, []).append(entry.key.rpartition(".")[2])
    for path, names in keys.items():
        yield f"{path}: sets {', '.join(names)} (to do without: ocr --config {os.devnull})"


def refused_here(
    file: SettingsFile, command: click.Command, name: str, commands: Collection[str]
) -> list[str]:
    """What a project's file says and may not, as far as it concerns a command.

    Args:
        file: of settings.
        command: the one that runs.
        name: of the command.
        commands: names of all commands.
    """
    options = settable(command)
    # What is misspelt, or stands in a table of no command, concerns those that read pages.
    reads = not project.READING.isdisjoint(options)
    unknown = [key for key, value in file.values.items() if isinstance(value, dict) and key not in commands]
    keys = unknown if reads and file.kind == "project" else []
    for key in file.refused:
        table, _, last = key.rpartition(".")
        if table == name or (not table and (reads or last.replace("_", "-") in options)):
            keys.append(key)
    return keys


def left_out(file: SettingsFile, keys: Sequence[str]) -> Iterator[str]:
    """What to say, if anything, of keys that a project's file may not have."""
    if keys:
        named = [f"{key[:_LONGEST_KEY]}{_remark(key)}" for key in keys[:_KEYS_SHOWN]]
        if len(keys) > _KEYS_SHOWN:
            named.append(f"and {len(keys) - _KEYS_SHOWN} more")
        yield (
            f"{file.path}: left out: {', '.join(named)}; a folder's settings say how pages are read, no more "
            f"(give it on the command line, or in {user_file()})"
        )


def _remark(key: str) -> str:
    from difflib import get_close_matches

    name = key.rpartition(".")[2].replace("_", "-")[:_LONGEST_KEY]
    if name in project.READING:
        return " (as a file)"
    return "".join(f" ({close}?)" for close in get_close_matches(name, project.READING, 1, 0.65))
