"""Where the values of options come from when they are not given: files of settings and the environment.

``ocr.toml`` (or the table ``tool.ocr`` of ``pyproject.toml``) of the working directory or the nearest folder
above it is the project's file, ``ocr.toml`` in the user's configuration folder is the user's. A table holds
the options of the command it is named for; what stands before all tables holds for each command that has the
option. What is wrong in a file ends the command, but for the project's: that is not always of the user's
making, and may neither end a reading nor do more than ``ocr_cli.cli.project`` says. What is left out is told.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from ocr_cli.cli import project
from ocr_cli.cli.options import FileName
from ocr_cli.errors import ExitCode, OcrError
from ocr_cli.files import home
from ocr_cli.plain_files import TooLargeError, read_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FILE_NAME = "ocr.toml"
_LARGEST = 1 << 20
"""Bytes; nobody writes so many settings."""


class SettingsError(OcrError):
    """A file of settings cannot be read, or holds what is no setting."""

    exit_code = ExitCode.USAGE
    hint = f"correct it, or do without: ocr --config {os.devnull}"


class SettingsFile(NamedTuple):
    """One file of settings.

    Attributes:
        path: the file.
        kind: ``user``, ``project`` or, if it was named on the command line, ``given``.
        table: where the settings begin in it, ``tool.ocr.`` or nothing.
        values: what it says, as TOML has it.
        refused: the keys that a project's file may not have, as ``output`` or ``read.boxes``; they are not
            among the values.
    """

    path: Path
    kind: str
    table: str
    values: Mapping[str, Any]
    refused: tuple[str, ...] = ()

    def error(self, key: str, message: str) -> SettingsError:
        """What to raise about one of its keys."""
        return SettingsError(f"{self.path}: {self.table}{key}: {message}")


class Entry(NamedTuple):
    """What a file says about an option: the value as the command line would spell it, and where it stands."""

    value: str | bool | list[str]
    file: SettingsFile
    key: str


def user_file() -> Path:
    """Where the user's settings are, whether or not the file exists.

    ``$XDG_CONFIG_HOME/ocr/ocr.toml`` if the variable is set, else the platform's place.
    """
    base = os.environ.get("XDG_CONFIG_HOME", "")
    if os.path.isabs(base):
        return Path(base, "ocr", FILE_NAME)
    # A relative one is invalid (XDG Base Directory Specification), and would lie in anybody's folder.
    folder = Path(click.get_app_dir("ocr"))
    return (folder if folder.is_absolute() else home() / ".config" / "ocr") / FILE_NAME


def set_value(path: Path, key: str, value: str) -> None:
    """Write one of the keys before all tables into a file of settings, and leave the rest of it as it is.

    Args:
        path: the file; it is made, and its folder, if it is not there.
        key: a bare key of TOML.
        value: text.

    Raises:
        SettingsError: if the file cannot be read, or has the key in a form that this does not know.
        OutputError: if it cannot be written.
    """
    from ocr_cli.files import atomic_write, make_folder

    old = dict(_load(path, "user").values) if path.is_file() else {}
    text = _content(path).decode("utf-8-sig") if path.is_file() else ""
    # A text of JSON is one of TOML, which wants one more character escaped.
    line = f"{key} = {json.dumps(value, ensure_ascii=False)}".replace("\x7f", "\\u007f")
    # What replaces the key stands in its line; a new one stands before all.
    lines = text.splitlines(keepends=True)
    places = (
        [number for number, one in enumerate(lines) if one.lstrip().startswith(key)] if key in old else []
    )
    for number in places:
        changed = "".join((*lines[:number], line + "\n", *lines[number + 1 :]))
        if _is_toml_of(changed, old | {key: value}):
            break
    else:
        changed = f"{line}\n{text}"
        if not _is_toml_of(changed, old | {key: value}):
            raise SettingsError(
                f"{path}: {key}: cannot be changed by a program", hint=f"write it there: {line}"
            )
    make_folder(path.parent)
    with atomic_write(path, "w") as file:
        file.write(changed)


def _is_toml_of(text: str, values: Mapping[str, Any]) -> bool:
    try:
        return _parsed(text) == values and bool(text.encode())
    except ValueError:
        return False


def find_files(given: str | None, tell: Callable[[str], object]) -> list[SettingsFile]:
    """The files that hold here, the least important first; a ``given`` one holds alone.

    Args:
        given: the file that the user named.
        tell: is told in a line why a project's file is passed over.

    Raises:
        SettingsError: if one of the others is no TOML or cannot be read.
    """
    if given is not None:
        return [_load(Path(given), "given")]
    user = user_file()
    files = [_load(user, "user")] if user.is_file() else []
    found = _project_file(Path.cwd(), tell)
    return files if found is None else [*files, found]


def _project_file(folder: Path, tell: Callable[[str], object]) -> SettingsFile | None:
    for place in project.folders(folder):
        for path, table in ((place / FILE_NAME, ""), (place / "pyproject.toml", "tool.ocr.")):
            try:
                # Most of the latter say nothing about ocr, and need not even be read as TOML.
                if not path.is_file() or (table and b"tool.ocr" not in _content(path)):
                    continue
                why = project.distrust(path)
                if why is not None:
                    tell(f"{path}: {why}, and is not obeyed (to obey it: ocr --config {path.name})")
                    continue
                values: Any = _load(path, "project").values
            except (OSError, SettingsError) as error:
                tell(f"{error}; it is passed over")
                continue
            for name in table.split(".")[:-1]:
                values = values.get(name) if isinstance(values, dict) else None
            if isinstance(values, dict):
                kept, refused = project.reading_alone(values)
                return SettingsFile(path, "project", table, kept, refused)
    return None


def _content(path: Path) -> bytes:
    try:
        return read_plain(path, _LARGEST)
    except TooLargeError as error:
        raise SettingsError(f"{path}: too large for a file of settings") from error
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror or error}") from error


def _parsed(text: str) -> dict[str, Any]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    values: dict[str, Any] = tomllib.loads(text)
    return values


def _load(path: Path, kind: str) -> SettingsFile:
    content = _content(path)
    try:
        return SettingsFile(path, kind, "", _parsed(content.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path}: not text in UTF-8") from error
    except RecursionError as error:
        raise SettingsError(f"{path}: not TOML: nested too deeply") from error
    except ValueError as error:
        raise SettingsError(f"{path}: not TOML: {error}") from error


def option_key(option: click.Option) -> str:
    """The name of an option in files of settings: its first long one, without dashes before it."""
    return next((flag for flag in option.opts if flag.startswith("--")), option.opts[0]).lstrip("-")


def settable(command: click.Command) -> dict[str, click.Option]:
    """The options of a command that files of settings may give, by each of their long names."""
    return {
        flag.lstrip("-"): option
        for option in command.params
        if isinstance(option, click.Option) and not option.is_eager and option.name != "config"
        for flag in option.opts
        if flag.startswith("--")
    }


def variable(command: str | None, option: click.Option) -> str:
    """The environment variable that gives an option: ``OCR_READ_MODEL``, ``OCR_QUIET``."""
    return "_".join(["ocr", *([command] if command else []), option_key(option)]).upper().replace("-", "_")


def check_keys(
    files: Iterable[SettingsFile], group: click.Group, commands: Mapping[str, click.Command]
) -> None:
    """Find what stands before all tables and is no option of any command, and tables of no command.

    Args:
        files: what to check.
        group: ``ocr`` itself.
        commands: all of them by name.

    Raises:
        SettingsError: if there is such a key; it says which one was perhaps meant.
    """
    options = set(settable(group)).union(*(settable(command) for command in commands.values()))
    for file in files:
        if file.kind == "project":
            continue
        for key, value in file.values.items():
            if key in commands:
                if not isinstance(value, dict):
                    raise file.error(key, f"the settings of a command are a table, [{file.table}{key}]")
            elif isinstance(value, dict):
                raise file.error(key, f"there is no such command{perhaps(key, commands)}")
            elif key.replace("_", "-") not in options:
                raise file.error(key, f"no command has such an option{perhaps(key, options)}")


def entries(
    files: Iterable[SettingsFile], command: click.Command, name: str | None, tell: Callable[[str], object]
) -> dict[str, Entry]:
    """What the files say about the options of one command, by the name of the parameter.

    Args:
        files: the least important first.
        command: whose options.
        name: of the command; None for ``ocr`` itself, which has what stands before all tables.
        tell: is told in a line of what a project's file says and the command refuses; that is left out.

    Raises:
        SettingsError: if the command has no such option as another file gives, or refuses the value.
    """
    options = settable(command)
    found: dict[str, Entry] = {}
    for file in files:
        table = file.values.get(name, {}) if name else {}
        said = [
            (key, key, value)
            for key, value in file.values.items()
            if not isinstance(value, dict) and key.replace("_", "-") in options
        ]
        said += [(f"{name}.{key}", key, value) for key, value in table.items()]
        for place, key, value in said:
            try:
                option = options.get(key.replace("_", "-"))
                if option is None:
                    raise file.error(place, f"there is no such option{perhaps(key, options)}")
                found[str(option.name)] = _entry(file, place, value, command, option)
            except SettingsError as error:
                if file.kind != "project":
                    raise
                tell(f"{error}; it is left out")
    return found


def _entry(file: SettingsFile, key: str, value: Any, command: click.Command, option: click.Option) -> Entry:
    said: str | bool | list[str]
    many = option.multiple or option.nargs != 1
    if option.is_flag or option.count:
        if not isinstance(value, bool):
            raise file.error(key, "is true or false")
        said = value
    elif many:
        said = [_spelled(file, key, one, option) for one in (value if isinstance(value, list) else [value])]
    else:
        said = _spelled(file, key, value, option)
    try:
        option.type_cast_value(click.Context(command), said)
    except click.BadParameter as error:
        raise file.error(key, error.message.rstrip(".")) from error
    return Entry(said, file, key)


def _spelled(file: SettingsFile, key: str, value: Any, option: click.Option) -> str:
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise file.error(key, "is a text or a number")
    try:
        text = str(value)
    except ValueError as error:  # A number in hexadecimal may have more digits than Python writes.
        raise file.error(key, "a number of too many digits") from error
    if "\0" in text:
        raise file.error(key, "a text without the character NUL")
    if isinstance(option.type, FileName):
        return option.type.seen_from(file.path.absolute().parent, text)
    return text


def perhaps(key: str, names: Iterable[str]) -> str:
    """What to add to a message about a name that is unknown: the known one that is most like it, if any."""
    from difflib import get_close_matches

    close = get_close_matches(key, list(names), 1)
    return f"; did you mean {close[0]}?" if close else ""


def entry_values(found: Mapping[str, Entry]) -> dict[str, Any]:
    """What Click takes as defaults."""
    return {name: entry.value for name, entry in found.items()}
