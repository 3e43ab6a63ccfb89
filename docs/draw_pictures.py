"""Draw the documentation's pictures: ``python docs/draw_pictures.py [NAME...]``; needs the extra ``plot``.

Each follows from the sample pages, the synthetic hand and the seeds below; nothing in them was written by a
person. Those of trainings take some minutes. ``samples/draw.py`` draws the sample pages.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from string import ascii_uppercase, digits
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from ocr_cli.datasets.hand import Style
from ocr_cli.datasets.synthetic import draw_dataset, draw_text
from ocr_cli.network.mlp import ACTIVATIONS, softmax

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOCS = Path(__file__).resolve().parent
SAMPLES = DOCS.parent / "samples"
BENCHMARKS = DOCS.parent / "tests" / "benchmarks"
TARGET = DOCS / "pictures"
_WIDTH = 760
_STAGED = SAMPLES / "squares.jpg"
GALLERY = {
    "awkward": (
        "sideways",
        "combs",
        "tight_boxes",
        "notebook",
        "circled",
        "diagram",
        "double_page",
        "stained",
    ),
    "everyday": ("two pens", "light bar", "cards on wood"),
}
"""Kinds of drawn pages by the benchmark that draws them."""

Drawing = dict[str, Image.Image]


def ocr(*arguments: str | Path) -> str:
    """Run ``ocr``; its output."""
    command = [sys.executable, "-m", "ocr_cli", *map(str, arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def boxes(path: Path) -> Image.Image:
    """A page with what was found on it."""
    with tempfile.TemporaryDirectory() as folder:
        drawn = Path(folder, "boxes.png")
        ocr("read", path, "--boxes", drawn)
        return opened(drawn)


def opened(path: Path) -> Image.Image:
    """A picture file."""
    with Image.open(path) as image:
        return image.convert("RGB")


def shown(figure: Figure) -> Image.Image:
    """A figure as a picture."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "figure.png")
        figure.savefig(path, dpi=120)
        return opened(path)


def samples() -> Drawing:
    """The sample pages with their boxes."""
    return {f"{path.stem}-boxes": boxes(path) for path in sorted(SAMPLES.glob("*.jpg"))}


def gallery() -> Drawing:
    """Hard circumstances, drawn, with their boxes."""
    found: Drawing = {}
    for benchmark, kinds in GALLERY.items():
        with tempfile.TemporaryDirectory() as folder:
            script = BENCHMARKS / f"{benchmark}.py"
            command = [sys.executable, script, *kinds, "--pages", "1", "--save", folder]
            subprocess.run(command, check=True)
            for kind in kinds:
                name = kind.replace("_", "-").replace(" ", "-")
                found[f"hard-{name}"] = boxes(Path(folder, f"{kind}-0.png"))
    return found


def stages() -> Drawing:
    """What a page goes through."""
    with tempfile.TemporaryDirectory() as folder:
        ocr("read", _STAGED, "--debug-dir", folder)
        return {
            f"stage-{path.stem.split('-', 1)[1]}": opened(path) for path in sorted(Path(folder).iterdir())
        }


def hand() -> Drawing:
    """A page in a hand that is hard to read, before and after it was learned."""
    second = SAMPLES / "hand" / "second.jpg"
    with tempfile.TemporaryDirectory() as folder:
        model, after = Path(folder, "me.npz"), Path(folder, "after.png")
        ocr("learn", SAMPLES / "hand" / "first.jpg", "-o", model)
        ocr("read", second, "--model", model, "--boxes", after)
        return {"hand-before": boxes(second), "hand-after": opened(after)}


def forms() -> Drawing:
    """Where the fields of a template lie on a photograph of a filled form."""
    folder = SAMPLES / "forms"
    with tempfile.TemporaryDirectory() as target:
        where = Path(target, "where.png")
        ocr("form", "check", folder / "visit.form.json", folder / "visit_1.jpg", "--boxes", where)
        return {"form-where": opened(where)}


def characters() -> Drawing:
    """Some characters of the synthetic hand, a row a writer."""
    letters = "ABEGHKMQRS2347"
    rows = []
    for seed in range(6):
        drawn = draw_dataset(letters, writers=1, samples_per_class=1, seed=seed)
        rows.append(np.hstack([255 - image for image in drawn.images]))
    sheet = Image.fromarray(np.vstack(rows))
    size = sheet.width * 3 // 2, sheet.height * 3 // 2
    return {"characters": sheet.resize(size, Image.Resampling.LANCZOS)}


def activations() -> Drawing:
    """The functions between the layers, and their derivatives."""
    from matplotlib.figure import Figure

    x = np.linspace(-4, 4, 401)
    figure = Figure(figsize=(9, 2.8), layout="constrained")
    axes = figure.subplots(1, 3)
    for place, (name, activation) in zip(axes, ACTIVATIONS.items(), strict=True):
        value = activation.function(x.copy(), None)
        place.plot(x, value, label="value y")
        place.plot(x, activation.gradient(value), "--", label="derivative, from y")
        place.set(title=name, ylim=(-1.2, 2))
        place.grid(alpha=0.3)
    axes[0].legend(loc="upper left")
    return {"activations": shown(figure)}


def softmaxes() -> Drawing:
    """Logits, and the probabilities that softmax makes of them at three temperatures."""
    from matplotlib.figure import Figure

    letters, logits = list("OQD0C"), np.array([5.0, 3.2, 2.4, 4.4, 1.0])
    figure = Figure(figsize=(9, 2.5), layout="constrained")
    axes = figure.subplots(1, 4)
    axes[0].bar(letters, logits, color="0.5")
    axes[0].set(title="logits")
    for place, temperature in zip(axes[1:], (0.5, 1.0, 2.0), strict=True):
        place.bar(letters, softmax(logits[None] / temperature)[0])
        place.set(title=f"temperature {temperature}", ylim=(0, 1))
    return {"softmax": shown(figure)}


def trained() -> Drawing:
    """Of the default training: its curves, the first layer before and after, and what it mixes up."""
    with tempfile.TemporaryDirectory() as folder:
        model, test = Path(folder, "mine.npz"), Path(folder, "test.npz")
        pictures = {name: Path(folder, f"{name}.png") for name in ("curves", "weights", "confusion")}
        ocr("train", "-o", model, "--plot", pictures["curves"])
        ocr("inspect", model, "--weights", pictures["weights"], "--units", "32")
        drawn = draw_dataset(ascii_uppercase + digits, writers=40, samples_per_class=1, seed=1000)
        np.savez(test, images=drawn.images, labels=drawn.labels)
        ocr("evaluate", test, "--model", model, "--confusion", pictures["confusion"])
        return {name: opened(path) for name, path in pictures.items()}


def compared(name: str, *arguments: str) -> Drawing:
    """Trainings at several values of one setting."""
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder, "curves.png")
        ocr("compare", *arguments, "--plot", picture)
        return {name: opened(picture)}


def touching() -> Drawing:
    """A word whose letters touch, and the lattice of all that it may be."""
    style = Style(seed=19, slant=3, pen=9)
    ink = draw_text(("HARBOUR",), style=style, seed=1, height=90, letter_spacing=-0.02).ink
    with tempfile.TemporaryDirectory() as folder:
        word, stage = Path(folder, "word.png"), Path(folder, "stages")
        Image.fromarray((250 - 215 * ink).astype(np.uint8)).save(word)
        ocr("read", word, "--model", "block", "--layout", "word", "--debug-dir", stage)
        named = {path.stem.split("-", 1)[1].split("-", 1)[1]: path for path in sorted(stage.iterdir())}
        return {f"touching-{name}": word_alone(opened(named[name])) for name in ("candidates", "path")}


def word_alone(stage: Image.Image) -> Image.Image:
    """What is drawn on a stage below its legend, enlarged."""
    legend = 36
    drawn = np.asarray(stage.convert("L"))[legend:] < 245
    rows, columns = np.flatnonzero(drawn.any(axis=1)), np.flatnonzero(drawn.any(axis=0))
    box = columns[0] - 8, rows[0] + legend - 8, columns[-1] + 9, rows[-1] + legend + 9
    word = stage.crop(box)
    return word.resize((4 * word.width, 4 * word.height), Image.Resampling.LANCZOS)


DRAWERS: dict[str, Callable[[], Drawing]] = {
    "samples": samples,
    "gallery": gallery,
    "stages": stages,
    "hand": hand,
    "forms": forms,
    "characters": characters,
    "activations": activations,
    "softmax": softmaxes,
    "touching": touching,
    "trained": trained,
    "rates": partial(compared, "rates", "--lr", "0.1", "--lr", "0.01", "--lr", "0.001"),
    "first-weights": partial(
        compared, "first-weights", "--init", "zero", "--init", "xavier", "--epochs", "15"
    ),
}
"""Who draws what, by a name for the command line."""


def main(names: list[str]) -> None:
    """Draw what is named, or all."""
    TARGET.mkdir(exist_ok=True)
    for name in names or DRAWERS:
        for stem, image in DRAWERS[name]().items():
            if image.width > _WIDTH:
                size = _WIDTH, round(image.height * _WIDTH / image.width)
                image = image.resize(size, Image.Resampling.LANCZOS)
            image.save(TARGET / f"{stem}.webp", quality=72, method=6)
            print(f"{stem}.webp: {(TARGET / f'{stem}.webp').stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
