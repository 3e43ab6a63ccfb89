"""Train a small convolutional network as the shipped model was trained, and test both on the same characters.

    pip install torch
    python tests/benchmarks/compare_cnn.py --data ../shared/data      # more than an hour on two cores

Two convolutions of 3x3 with 32 and 64 channels, each followed by max-pooling, and two dense layers: the
network of many a tutorial. It sees the pixels of the very crops that the shipped model learnt from, deformed
in the same way.
"""

from __future__ import annotations

import argparse
import functools
import math
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from ocr_cli.classifier import Classifier
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.making.checks import report
from ocr_cli.making.network import Material, prepare
from ocr_cli.making.recipes import RECIPES, Recipe
from ocr_cli.model_store import find_model
from ocr_cli.network.model_file import load_model
from ocr_cli.training.balanced import Prefetched

PIXELS = FeatureSettings(kind="pixels")
LEARNING_RATE = 0.0015


class ConvolutionalClassifier:
    """A trained PyTorch network with the classifier's interface.

    Args:
        network: from float32 (N, 1, 32, 32) to logits (N, C).
        order: the classes of its outputs, the last one for no character.
    """

    def __init__(self, network: nn.Module, order: tuple[str, ...]) -> None:
        self._network = network
        self.classes = order[:-1]

    def probabilities(self, crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Class probabilities float32 (N, C) of crops uint8 (N, 32, 32), taken to be characters."""
        found = []
        with torch.no_grad():
            for start in range(0, len(crops), 1000):
                pixels = torch.from_numpy(extract(crops[start : start + 1000], PIXELS))
                logits = self._network(pixels.view(-1, 1, 32, 32))[:, :-1]
                found.append(torch.softmax(logits, dim=1).numpy())
        return np.concatenate(found)


def train(recipe: Recipe, material: Material, epochs: int) -> nn.Module:
    """Train the network with Adam, a cosine schedule, dropout and label smoothing."""
    torch.manual_seed(recipe.seed)
    network = nn.Sequential(
        *(nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(64 * 8 * 8, 256), nn.ReLU(), nn.Dropout(0.3)),
        nn.Linear(256, len(material.order)),
    )
    source = Prefetched(material.source(replace(recipe, features=PIXELS), recipe.seed))
    optimiser = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=0.01)
    loss = nn.CrossEntropyLoss(label_smoothing=0.05)
    steps = epochs * recipe.batches
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser,
        lambda step: min(1.0, (step + 1) / recipe.batches) * 0.5 * (1 + math.cos(math.pi * step / steps)),
    )
    started = time.perf_counter()
    for epoch in range(epochs):
        total = 0.0
        for pixels, targets in source.epoch(epoch):
            optimiser.zero_grad()
            value = loss(
                network(torch.from_numpy(pixels).view(-1, 1, 32, 32)),
                torch.from_numpy(targets.astype(np.int64)),
            )
            value.backward()
            optimiser.step()
            schedule.step()
            total += value.item()
        seconds = time.perf_counter() - started
        print(
            f"epoch {epoch + 1}: loss {total / recipe.batches:.3f}; {seconds:.0f} s",
            file=sys.stderr,
            flush=True,
        )
    return network.eval()


def main() -> None:
    """Parse the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="folder with characters/ and strokes/")
    parser.add_argument("--epochs", type=int, default=16)
    arguments = parser.parse_args()
    recipe = RECIPES["block"]
    material = prepare(recipe, arguments.data, functools.partial(print, file=sys.stderr))
    network = train(recipe, material, arguments.epochs)
    for title, classifier in (
        ("The convolutional network:", ConvolutionalClassifier(network, material.order)),
        ("The shipped model:", Classifier(load_model(find_model("block")))),
    ):
        print(f"\n{title}\n", *report(recipe, arguments.data, classifier), sep="\n", flush=True)


if __name__ == "__main__":
    main()
