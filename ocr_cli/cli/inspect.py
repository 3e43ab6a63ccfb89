"""``ocr inspect``: what a model file holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from ocr_cli.cli.console import emit, note, printable
from ocr_cli.cli.options import FILE, MODEL, claim, format_option
from ocr_cli.errors import ModelFileError

if TYPE_CHECKING:
    from ocr_cli.network.mlp import MLP
    from ocr_cli.network.model_file import ModelFile


@click.command()
@click.argument("model", type=MODEL, metavar="MODEL")
@format_option("text: a line for each thing to know. json: one object with all of it.")
@click.option(
    "--weights",
    type=FILE,
    metavar="PICTURE",
    help="Draw the first layer's weights before and after training, a tile for each unit (.png, .svg, .pdf); "
    "needs the extra 'plot'.",
)
@click.option(
    "--units",
    type=click.IntRange(1, 100_000),
    metavar="N",
    help="Draw at most so many units.  [default: 64, or 18 if the features are gradients]",
)
def inspect(model: str, output_format: str, weights: str | None, units: int | None) -> None:
    """Say what a model file holds: classes, sizes, settings, and where the weights come from.

    MODEL is the name of a model, such as block, or the path of a file that 'ocr train' wrote, such as
    ./mine.npz.

    In the picture, each unit of the first layer is a tile that lies as the character does. The weights before
    training are drawn again from the seed in the file; of a model that began with another one's weights, they
    are not known, and only the trained ones are drawn.
    """
    from ocr_cli.model_store import find_model
    from ocr_cli.network.model_file import load_model

    if units and not weights:
        raise click.UsageError("--units says how much --weights draws; give that, too.")
    claim([], {"--weights": weights}, model=model)
    if weights:
        from ocr_cli.training.plots import check_picture

        check_picture(weights)
    path = find_model(model)
    loaded = load_model(path, prototypes=True)
    facts = _facts(loaded, str(path), path.stat().st_size)
    emit(json.dumps(facts) + "\n" if output_format == "json" else _as_text(facts))
    if weights:
        from ocr_cli.training.weight_picture import plot_weights

        plot_weights(weights, loaded, _before_training(loaded), units, path.name)


def _before_training(model: ModelFile) -> MLP | None:
    from ocr_cli.training.first_weights import initial_network

    try:
        return initial_network(model)
    except ModelFileError as error:
        note(f"{error}; only the trained ones are drawn")
        return None


def _facts(model: ModelFile, file: str, size: int) -> dict[str, Any]:
    return {
        "file": file,
        "bytes": size,
        "sizes": list(model.network.sizes),
        "cut_sizes": list(model.cut_network.sizes) if model.cut_network else None,
        "window_sizes": list(model.windows.sizes) if model.windows else None,
        "activation": model.network.activation,
        "weights": sum(
            array.size
            for one in (model.network, model.cut_network, model.windows)
            if one
            for array in one.parameters
        ),
        "classes": list(model.classes),
        "prototypes": len(model.prototypes.labels) if model.prototypes else 0,
        "settings": dict(model.settings),
        "provenance": dict(model.provenance),
    }


def _as_text(facts: dict[str, Any]) -> str:
    classes = facts["classes"]
    characters = [name for name in classes if name]
    rows = [
        ("file", facts["file"]),
        ("bytes", f"{facts['bytes']:,}"),
        ("layers", " - ".join(map(str, facts["sizes"]))),
        *([("for cut characters", " - ".join(map(str, facts["cut_sizes"])))] if facts["cut_sizes"] else []),
        *([("along rows", " - ".join(map(str, facts["window_sizes"])))] if facts["window_sizes"] else []),
        ("activation", facts["activation"]),
        ("weights", f"{facts['weights']:,}"),
        ("classes", f"{len(characters)}: {''.join(characters)}"),
        *([("", "and one for what is no character")] if "" in classes else []),
        ("prototypes", f"{facts['prototypes']:,}"),
        *_flat(facts["settings"]),
    ]
    provenance = list(_flat(facts["provenance"]))
    width = max(len(name) for name, _ in rows + provenance)
    lines = [printable(f"{name:<{width}}  {value}") for name, value in rows]
    if provenance:
        lines += ["", "provenance"]
        lines += [printable(f"{name:<{width}}  {value}") for name, value in provenance]
    return "\n".join(lines) + "\n"


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Names and values of nested objects, such as ``("training.seed", "0")``; None values are left out."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list):
            yield f"{prefix}{name}", ", ".join(map(str, value))
        elif value is not None:
            yield f"{prefix}{name}", f"{value:.6g}" if isinstance(value, float) else str(value)
