"""A shipped model from its recipe: committee, network, prototypes, second network, in this order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from ocr_cli.making.cut_network import add_cut_network
from ocr_cli.making.network import Say, learn, prepare
from ocr_cli.making.prototypes import add_prototypes
from ocr_cli.making.recipes import RECIPES
from ocr_cli.network.model_file import load_model, save_model


def make_model(name: str, root: Path, output: Path, say: Say) -> None:
    """Train the committee and then the model, and add to its file whatever its recipe asks for.

    Members lie beside the model until it is done, so that a run that was stopped need not train them again.

    Args:
        name: of the recipe.
        root: folder with characters/ and strokes/.
        output: the model file.
        say: is told how the work goes.
    """
    recipe = RECIPES[name]
    material = prepare(recipe, root, say)
    members = []
    for number in range(1, recipe.members + 1):
        path = output.with_name(f"{output.stem}-member-{number}.npz")
        if not path.exists():
            settings = replace(recipe.member_settings, seed=recipe.seed + number)
            say(f"member {number} of the committee")
            save_model(path, learn(name, recipe, material, settings, [], say))
        members.append(load_model(path).network)
    save_model(output, learn(name, recipe, material, recipe.settings, members, say), dtype="float16")
    add_prototypes(output, recipe, root)
    if recipe.cut_words:
        add_cut_network(output, recipe, root, say)
    for number in range(1, recipe.members + 1):
        output.with_name(f"{output.stem}-member-{number}.npz").unlink()
