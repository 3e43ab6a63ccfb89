"""Train ``block.npz``, the shipped model for capitals and digits, and report on it.

    python models/train_block.py --data ../shared/data            # trains, about an hour on two cores
    python models/train_block.py --data ../shared/data --report   # the model card's table, half a minute

Weights are trained on the sets of ``SOURCES`` alone, all with open licences (see block.md). A writer's
characters are either all trained on or all held out; where nobody noted the writers, single characters are.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar

from ocr_cli.classifier import Classifier
from ocr_cli.datasets.augment import Deformation
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.not_characters import draw_not_characters
from ocr_cli.datasets.strokes import load_strokes
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.lookalikes import fold
from ocr_cli.network.activations import cross_entropy
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile, load_model, save_model
from ocr_cli.segmentation.crop import CROP_SIZE, MARGIN, STROKE_RANGE, crop_ink
from ocr_cli.training.balanced import BalancedSource, Prefetched
from ocr_cli.training.loop import Epoch, TrainingSettings, fit

CLASSES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
SOURCES = {
    "characters/mnist.npz": 9000,
    "characters/femnist_digits.npz": 900,
    "characters/nist_az_sample.npz": 4500,
    "characters/pagereader_emnist.npz": 900,
    "characters/usps.npz": 4000,
    "characters/tasnimul.npz": 2600,
    "characters/hwd1000.npz": 900,
    "characters/hasy.npz": 3200,
    "characters/comnist_latin.npz": 600,
    "characters/names_letters.npz": 9000,
    "characters/names_pseudo.npz": 17000,
    "characters/semeion.npz": 900,
    "strokes/unipen.npz": 36000,
    "strokes/pendigits.npz": 2500,
}
"""Training sets and how many of their characters an epoch draws, about."""
SYNTHETIC, NOT_CHARACTERS = 3000, 8500
"""Characters of the synthetic hand and crops of no character that an epoch draws."""
UNSEEN = (
    *("characters/nist26.npz", "characters/cmu18752.npz", "characters/kishieel.npz"),
    *("characters/mingyanying.npz", "characters/mutikara.npz", "characters/ateam.npz"),
    *("characters/choice.npz", "characters/varzero.npz", "characters/tessalonica.npz"),
    *("characters/param.npz", "characters/binaryalphadigs.npz", "strokes/digilets.npz"),
    *("strokes/chars74k_trj.npz", "strokes/crohme.npz"),
)
"""Sets that are only tested on."""
HELD_OUT_PERCENT = 12
SEED = 20261123
FEATURES = FeatureSettings(kind="gradient", zones=8, softness=0.6, thumbnail=16)
HIDDEN = (1280, 640)
DEFORMATION = Deformation(
    rotation=5.0,
    shear=0.14,
    stretch=0.16,
    perspective=0.06,
    elastic=0.8,
    stroke=0.6,
    blurred=0.35,
    erased=0.1,
)
SETTINGS = TrainingSettings(
    learning_rate=0.0015,
    batch_size=256,
    epochs=60,
    optimiser="adam",
    reduction="mean",
    schedule="cosine",
    warmup_epochs=1.0,
    dropout=0.2,
    label_smoothing=0.05,
    weight_decay=0.01,
    weight_average=0.998,
    seed=SEED,
)
BATCHES = 430


def load(path: Path) -> tuple[Dataset, list[str]]:
    """The capitals and digits of a set, and for each the name of its writer ("?" if nobody knows)."""
    with np.load(path, allow_pickle=False) as file:
        names = file["writer_names"]
        if path.parent.name == "strokes":
            dataset = load_strokes(path, CLASSES, SEED)
            assert dataset.writers is not None
            return dataset, [str(names[writer]) for writer in dataset.writers]
        texts = np.array([chr(code) for code in file["labels"]], "<U1")
        wanted = np.isin(texts, list(CLASSES)) & file["images"].any(axis=(1, 2))
        crops = [crop_ink(image / np.float32(255)) for image in file["images"][wanted]]
        writers = file["writer"][wanted]
    dataset = Dataset(np.stack(crops), texts[wanted], writers.astype(np.int64), path.stem)
    return dataset, [str(names[writer]) for writer in writers]


def held_out(path: Path, dataset: Dataset, writers: list[str]) -> np.ndarray:
    """Which samples are not trained on: bool (N,); by a hash, so that it never depends on the order."""
    if path.stem == "names_letters":
        with (path.parents[1] / "names" / "labels.csv").open(newline="") as file:
            validation = {row["file"] for row in csv.DictReader(file) if row["part"] == "validation"}
        return np.isin(writers, list(validation))
    keys = [
        image.tobytes() if writer == "?" else f"{path.stem}/{writer}".encode()
        for image, writer in zip(dataset.images, writers, strict=True)
    ]
    return np.array([int(hashlib.sha256(key).hexdigest(), 16) % 100 < HELD_OUT_PERCENT for key in keys])


def load_all(root: Path, names: Iterator[str] | tuple[str, ...]) -> dict[str, tuple[Dataset, np.ndarray]]:
    """Data sets by name, each with the mask of its held-out samples."""
    paths = [root / name for name in names]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        loaded = list(pool.map(load, paths))
    return {
        path.stem: (data, held_out(path, data, writers))
        for path, (data, writers) in zip(paths, loaded, strict=True)
    }


def weights_of(labels: np.ndarray, amount: float) -> np.ndarray:
    """Weights that add up to ``amount``; rare classes count for more than their share (square root)."""
    _, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    weights = counts[inverse] ** -0.5
    return weights / weights.sum() * amount


def train(root: Path, output: Path, epochs: int) -> None:
    """Train the model on the held-in part of the sources and save it."""
    sets = load_all(root, tuple(SOURCES))
    crops, labels, weights = [], [], []
    for name, amount in zip(sets, SOURCES.values(), strict=True):
        dataset, out = sets[name]
        crops.append(dataset.images[~out])
        labels.append(dataset.labels[~out])
        weights.append(weights_of(labels[-1], amount))
    hand = draw_dataset(CLASSES, writers=250, samples_per_class=1, seed=SEED)
    crops.append(hand.images)
    labels.append(hand.labels)
    weights.append(weights_of(hand.labels, SYNTHETIC))
    known = Dataset(np.concatenate(crops), np.concatenate(labels), None, "training")
    # Over all sets together, rare letters are drawn nearly as often as common ones.
    weight = np.concatenate(weights)
    classes, targets = np.unique(known.labels, return_inverse=True)
    weight *= np.bincount(targets, weights=weight)[targets] ** -0.6
    weight *= sum(SOURCES.values()) / weight.sum()
    dirt = draw_not_characters(known, 24000, SEED)
    order = [*map(str, classes), ""]
    source = BalancedSource(
        np.concatenate([known.images, dirt]),
        np.concatenate([targets, np.full(len(dirt), len(classes))]),
        np.concatenate([weight, np.full(len(dirt), NOT_CHARACTERS / len(dirt))]),
        features=FEATURES,
        deformation=DEFORMATION,
        batch_size=SETTINGS.batch_size,
        batches=BATCHES,
        seed=SEED,
    )
    features, truth = validation(sets, classes)
    settings = TrainingSettings(**(SETTINGS.to_dict() | {"epochs": epochs}))
    network = MLP([FEATURES.size, *HIDDEN, len(order)], "relu", "he", np.random.default_rng(SEED))
    print(f"{len(known)} characters, {len(dirt)} of none, {len(truth)} held out", file=sys.stderr)

    def tell(epoch: Epoch) -> None:
        held = epoch.validation
        print(
            f"epoch {epoch.number}: loss {epoch.training.loss:.3f}, accuracy {epoch.training.accuracy:.4f}; "
            f"held out {held.loss if held else 0:.3f}, {held.accuracy if held else 0:.4f}; "
            f"{epoch.seconds:.0f} s",
            file=sys.stderr,
            flush=True,
        )

    result = fit(network, Prefetched(source), settings, validation=(features, truth), on_epoch=tell)
    provenance = {
        "script": "models/train_block.py",
        "data": SOURCES | {"synthetic hand": SYNTHETIC, "not characters": NOT_CHARACTERS},
        "held_out_percent": HELD_OUT_PERCENT,
        "hidden": list(HIDDEN),
        "batches": BATCHES,
        "settings": settings.to_dict(),
        "seed": SEED,
    }
    model = ModelFile(
        result.last,
        tuple(order),
        {
            "features": FEATURES.to_dict(),
            "crop": {"size": CROP_SIZE, "margin": MARGIN, "stroke_range": list(STROKE_RANGE)},
            "temperature": temperature(result.last, features, truth),
        },
        provenance,
    )
    save_model(output, model, dtype="float16")


def validation(
    sets: dict[str, tuple[Dataset, np.ndarray]], classes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Features and class indices of the held-out samples and of no characters made of them."""
    images = np.concatenate([data.images[out] for data, out in sets.values()])
    labels = np.concatenate([data.labels[out] for data, out in sets.values()])
    dirt = draw_not_characters(Dataset(images, labels, None, "held out"), len(images) // 12, SEED + 1)
    truth = np.concatenate([np.searchsorted(classes, labels), np.full(len(dirt), len(classes))])
    return extract(np.concatenate([images, dirt]), FEATURES), truth


def temperature(network: MLP, features: np.ndarray, truth: np.ndarray) -> float:
    """The divisor of the logits that makes the probabilities most nearly true on held-out samples."""
    logits = network.forward(features)
    best = minimize_scalar(
        lambda t: cross_entropy((logits / np.float32(t)).astype(np.float32), truth)[0],
        bounds=(0.3, 3.0),
        method="bounded",
    )
    return round(float(best.x), 3)


def report(root: Path, path: Path) -> None:
    """Print a table, in Markdown, of how the model reads each held-out and each unseen set."""
    classifier = Classifier(load_model(path))
    print("| source | characters | right % | look-alikes folded % |\n|---|---|---|---|")
    for title, names in (("held out of", tuple(SOURCES)), ("never trained on:", UNSEEN)):
        rows = []
        for name, (dataset, out) in load_all(root, names).items():
            chosen = dataset.select(out) if names is not UNSEEN else dataset
            said = np.array(classifier.classes)[classifier.probabilities(chosen.images).argmax(axis=1)]
            folded = [fold(a) == fold(b) for a, b in zip(said, chosen.labels, strict=True)]
            rows.append((name, len(chosen), np.mean(said == chosen.labels), np.mean(folded)))
        count = sum(row[1] for row in rows)
        together = [sum(row[k] * row[1] for row in rows) / count for k in (2, 3)]
        for name, number, right, folded_right in [*rows, ("together", count, *together)]:
            print(f"| {title} {name} | {number} | {100 * right:.2f} | {100 * folded_right:.2f} |")


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with characters/, strokes/, names/")
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("block.npz"))
    parser.add_argument("--epochs", type=int, default=SETTINGS.epochs)
    parser.add_argument("--report", action="store_true", help="do not train; report on the model at --output")
    arguments = parser.parse_args()
    if arguments.report:
        report(arguments.data, arguments.output)
    else:
        train(arguments.data, arguments.output, arguments.epochs)


if __name__ == "__main__":
    main()
