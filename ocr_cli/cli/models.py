"""``ocr models``: the models there are, and which of them is taken."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.alphabet import row_of
from ocr_cli.cli.console import emit, loudness_options, note, printable, report
from ocr_cli.cli.options import MODELS, format_option
from ocr_cli.errors import ModelFileError

if TYPE_CHECKING:
    from ocr_cli.cli.config import Setting


@dataclass(frozen=True, slots=True)
class _Listed:
    """A model as it is listed.

    Attributes:
        name: what ``--model`` takes; of a file in the working directory, its path.
        place: ``shipped``, ``user`` (the user's folder of models), ``here`` (the working directory), or
            ``file`` for a default that is in none of these.
        default: whether ``ocr read`` takes it where none is given.
        classes: the characters it knows.
        accuracy: share of its held-out characters that it read after its training; None if it does not say.
        bytes: size of the file.
        file: where it is.
    """

    name: str
    place: str
    default: bool
    classes: str
    accuracy: float | None
    bytes: int
    file: str


@click.group(invoke_without_command=True)
@format_option("text: a table. json: one object with the characters of each, too.")
@click.pass_context
def models(ctx: click.Context, /, output_format: str) -> None:
    """List the models that ocr read --model takes: those that come with ocr, and your own.

    Your own are model files in your folder of models (~/.local/share/ocr/models), which have names as well,
    and in the working directory, which are taken by their path alone (./me.npz). How well they read is no
    part of the list, because each was tested on other characters: 'ocr evaluate' tests them alike. Where none
    is given, the one with the asterisk is taken.
    """
    if ctx.invoked_subcommand is not None:
        return
    found = _listed(_default(ctx))
    if output_format == "json":
        emit(json.dumps({"models": [asdict(one) for one in found]}) + "\n")
    else:
        emit(_as_text(found))


@models.command(short_help="Take a model where none is given.")
@click.argument("model", type=MODELS, metavar="NAME|PATH")
@click.pass_context
def use(ctx: click.Context, /, model: str) -> None:
    """Take a model where none is given: write it into your own file of settings.

    NAME is one that 'ocr models' lists; PATH is a file that 'ocr train' wrote. 'ocr models use auto' goes
    back to the one that comes with ocr.
    """
    from ocr_cli.cli.settings import set_value, user_file
    from ocr_cli.model_store import AUTO, find_model, named_models
    from ocr_cli.network.model_file import load_model

    path = find_model(model)
    load_model(path)
    by_name = model == AUTO or named_models().get(model) == path
    value = model if by_name else str(path.absolute())
    file = user_file()
    set_value(file, "model", value)
    note(f"{file}: model is {value}")
    now = _default(ctx, reread=True)
    if now.value != value:
        note(f"here it is {now.value} all the same, says {now.where}")


loudness_options(use)


def _default(ctx: click.Context, *, reread: bool = False) -> Setting:
    """What holds for ``ocr read --model``."""
    from ocr_cli.cli import settings
    from ocr_cli.cli.config import all_settings

    root = ctx.find_root()
    assert isinstance(root.command, click.Group)
    command = root.command.get_command(root, "read")
    assert command is not None

    def ignore(message: str) -> None:
        """What is left out of a folder's settings was said, or does not matter here."""

    files = settings.find_files(None if reread else root.params["config"], ignore)
    return next(one for one in all_settings(files, command, "read", ignore) if one.name == "read.model")


def _listed(default: Setting) -> list[_Listed]:
    from ocr_cli.model_store import find_model, models_in, shipped_models, user_models

    taken: Path | None = None
    try:
        taken = find_model(str(default.value)).absolute()
    except ModelFileError as error:
        report(error)
    here = {f"{os.curdir}{os.sep}{path.name}": path for path in models_in(Path()).values()}
    places = {"shipped": shipped_models(), "user": user_models(), "here": here}
    known = {path.absolute() for models in places.values() for path in models.values()}
    if taken is not None and taken not in known:
        places["file"] = {str(default.value): taken}
    found = []
    for place, files in places.items():
        for name, path in files.items():
            facts = _facts(path, must_be_one=place != "here")
            if facts is not None:
                size = path.stat().st_size
                found.append(_Listed(name, place, path.absolute() == taken, *facts, size, str(path)))
    return found


def _facts(path: Path, *, must_be_one: bool) -> tuple[str, float | None] | None:
    """The classes and the accuracy; None, with a word about it, for a file that is no model."""
    from ocr_cli.network.model_file import read_metadata

    try:
        metadata = read_metadata(path)
    except ModelFileError as error:
        # Any .npz may lie in a working directory.
        if must_be_one:
            report(error)
        return None
    score = metadata["provenance"].get("validation_score")
    accuracy = score.get("accuracy") if isinstance(score, dict) else None
    if not isinstance(accuracy, (int, float)) or not 0 <= accuracy <= 1:
        accuracy = None
    return "".join(metadata["classes"]), None if accuracy is None else float(accuracy)


def _kinds(classes: str) -> str:
    """What a model is for: the kinds of its characters, and how many there are."""
    names = {"capital": "capitals", "small": "small letters", "digit": "digits", "sign": "signs"}
    kinds = {row_of(text).kind for text in classes}
    return f"{', '.join(name for kind, name in names.items() if kind in kinds)} ({len(classes)})"


def _as_text(found: list[_Listed]) -> str:
    rows: list[tuple[Any, ...]] = [("", "name", "place", "reads", "size", "file")]
    rows += [
        (
            "*" if one.default else "",
            one.name,
            one.place,
            _kinds(one.classes),
            f"{one.bytes / 1e6:.1f} MB",
            one.file,
        )
        for one in found
    ]
    wide = [max(len(str(row[column])) for row in rows) for column in range(5)]
    return "".join(
        printable(
            f"{row[0]:<1} {row[1]:<{wide[1]}}  {row[2]:<{wide[2]}}  {row[3]:<{wide[3]}}"
            f"  {row[4]:>{wide[4]}}  {row[5]}"
        )
        + "\n"
        for row in rows
    )
