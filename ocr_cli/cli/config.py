"""``ocr config``: every setting, its value, and where that comes from."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import click
from click.core import ParameterSource
from click.shell_completion import CompletionItem

from ocr_cli.cli import settings, settings_notes
from ocr_cli.cli.console import emit, note, printable
from ocr_cli.cli.options import format_option


class SettingName(click.ParamType[str]):
    """A setting such as ``read.model``, or the name of a command."""

    name = "setting"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text itself."""
        return value

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem[str]]:
        """The settings that begin so; of the commands alone while none is begun."""
        group = ctx.find_root().command
        assert isinstance(group, click.Group)
        names = group.list_commands(ctx)
        if (command := group.get_command(ctx, incomplete.partition(".")[0])) is not None:
            keys = [settings.option_key(option) for option in settings.settable(command).values()]
            names = [f"{command.name}.{key}" for key in dict.fromkeys(keys)]
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


@dataclass(frozen=True, slots=True)
class Setting:
    """An option that holds where the command line says nothing.

    Attributes:
        name: ``read.model``, or ``quiet`` of ``ocr`` itself.
        value: what the command is given; None if nothing says anything.
        source: ``default``, ``environment``, or the kind of a file.
        where: the variable, or the file and the key in it; None for a default.
    """

    name: str
    value: Any
    source: str
    where: str | None

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {"setting": self.name, "value": self.value, "source": self.source, "where": self.where}


def all_settings(
    files: Iterable[settings.SettingsFile],
    command: click.Command,
    name: str | None,
    tell: Callable[[str], object],
) -> list[Setting]:
    """What holds for each option of a command, in the order of its help.

    Args:
        files: of settings, the least important first.
        command: whose options.
        name: of the command; None for ``ocr`` itself.
        tell: is told of what is left out of a project's file.

    Raises:
        SettingsError: if a file is wrong about the command.
        click.BadParameter: if a variable of the environment is.
    """
    found = settings.entries(files, command, name, tell)
    ctx = click.Context(command, info_name=name)
    ctx.default_map = settings.entry_values(found)
    held = []
    for option in dict.fromkeys(settings.settable(command).values()):
        value, _ = option.handle_parse_result(ctx, {}, [])
        key = settings.option_key(option)
        held.append(
            Setting(
                f"{name}.{key}" if name else key,
                # Click has a mark of its own for what nobody gave.
                value if isinstance(value, (str, int, float, tuple)) else None,
                *_origin(ctx, option, found.get(str(option.name))),
            )
        )
    return held


def _origin(ctx: click.Context, option: click.Option, entry: settings.Entry | None) -> tuple[str, str | None]:
    source = ctx.get_parameter_source(str(option.name))
    if source is ParameterSource.ENVIRONMENT:
        return "environment", str(option.envvar)
    if entry is not None and source is ParameterSource.DEFAULT_MAP:
        return entry.file.kind, f"{entry.file.path}: {entry.file.table}{entry.key}"
    return "default", None


def misspelt_variables(commands: Mapping[str, click.Command]) -> Iterator[str]:
    """What to say of variables that begin like those of a command and stand for none of its options."""
    for name, command in commands.items():
        known = {settings.variable(name, option) for option in settings.settable(command).values()}
        for found in sorted(os.environ):
            if found.startswith(f"OCR_{name.upper()}_") and found not in known:
                yield f"{found}: no option has this variable{settings.perhaps(found, known)}"


@click.command()
@click.argument("names", nargs=-1, type=SettingName(), metavar="[NAME]...")
@format_option("text: the files, and a line a setting. json: one object with all of it.")
@click.pass_context
def config(ctx: click.Context, /, names: tuple[str, ...], output_format: str) -> None:
    """Show what each option is when it is not given, and where that comes from.

    The command line counts most, then the environment (OCR_READ_MODEL for ocr read --model), then the
    project's file (ocr.toml, or [tool.ocr] in pyproject.toml, here or in a folder above; it may say how
    pages are read, and no more), then the user's file, then the default. A NAME shows one setting alone,
    such as read.model, or those of one command.

    This checks all settings; the other commands check those that concern them.
    """
    group = ctx.find_root().command
    assert isinstance(group, click.Group)
    commands = {
        name: command for name in group.list_commands(ctx) if (command := group.get_command(ctx, name))
    }
    given = ctx.find_root().params["config"]
    told: list[str] = []
    # What is passed over has been said.
    files = settings.find_files(given, lambda message: None)
    settings.check_keys(files, group, commands)
    found = all_settings(files, group, None, told.append)
    for name, command in commands.items():
        found += all_settings(files, command, name, told.append)
    for file in files:
        refused = [
            key
            for name, command in commands.items()
            for key in settings_notes.refused_here(file, command, name, commands)
        ]
        told += settings_notes.left_out(file, list(dict.fromkeys(refused)))
    for line in dict.fromkeys([*told, *misspelt_variables(commands)]):
        note(line)
    places = [] if given is not None else _places(files)
    if output_format == "json":
        facts: dict[str, Any] = {} if names else {"files": places or _places(files, user=False)}
        emit(json.dumps(facts | {"settings": [one.to_dict() for one in _chosen(found, names)]}) + "\n")
    elif names:
        emit(_table(_chosen(found, names)))
    else:
        emit(_as_text(places or _places(files, user=False), found))


def _places(files: list[settings.SettingsFile], *, user: bool = True) -> list[dict[str, Any]]:
    """The files that hold; the user's also if it is not there, for whoever wants to write it."""
    places = [{"file": str(file.path), "kind": file.kind, "exists": True} for file in files]
    if user and not any(file.kind == "user" for file in files):
        places.insert(0, {"file": str(settings.user_file()), "kind": "user", "exists": False})
    return places


def _chosen(found: list[Setting], names: tuple[str, ...]) -> list[Setting]:
    """Those of these names, or of these commands.

    Raises:
        click.BadParameter: if there is none of a name.
    """
    chosen = []
    for name in names:
        matches = [one for one in found if one.name == name or one.name.startswith(f"{name}.")]
        if not matches:
            close = settings.perhaps(name, [one.name for one in found])
            raise click.BadParameter(f"{name}: no such setting{close}.", param_hint="NAME")
        chosen += matches
    return list(dict.fromkeys(chosen)) if names else found


def _as_text(places: list[dict[str, Any]], found: list[Setting]) -> str:
    lines = [
        f"{place['kind']} file  {place['file']}{'' if place['exists'] else ' (not there)'}"
        for place in places
    ]
    return "".join(f"{printable(line)}\n" for line in lines) + "\n" + _table(found)


def _table(found: list[Setting]) -> str:
    rows = [(one.name, _shown(one.value), _source(one)) for one in found]
    wide = [max(len(row[column]) for row in rows) for column in (0, 1)]
    return "".join(
        printable(f"{name:<{wide[0]}}  {value:<{wide[1]}}  {source}".rstrip()) + "\n"
        for name, value, source in rows
    )


def _shown(value: Any) -> str:
    if value is None or value == ():
        return "-"
    if isinstance(value, bool):
        return str(value).lower()
    return ",".join(map(_shown, value)) if isinstance(value, tuple) else str(value)


def _source(setting: Setting) -> str:
    if setting.where is None:
        return setting.source
    return f"{setting.source}{'' if setting.source == 'environment' else ' file'}, {setting.where}"
