"""What ``network_speed.py`` measures and prints."""

from __future__ import annotations

import platform
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from contenders import Task, Times, classification, matrix_products, measure, ours, pytorch, scikit_learn

from ocr_cli.classifier import features_of
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.model_store import find_model
from ocr_cli.network.model_file import ModelFile, load_model

CLASSES = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
CROPS = 1000
PEAK_SIZE = 2048


def report(model: str, threads: int, rounds: int) -> None:
    """Print the three measurements.

    Args:
        model: name or path of the one that classifies.
        threads: of every library.
        rounds: measurements of each contender.

    Raises:
        ModelFileError: if there is no such model.
    """
    loaded = load_model(find_model(model))
    print(f"{platform.machine()}, NumPy {np.__version__}, {threads} thread(s), medians of {rounds} rounds")
    samples = draw_dataset(CLASSES, writers=100, samples_per_class=1, seed=0)
    features = extract(samples.images, FeatureSettings("pixels"))
    labels = np.searchsorted(samples.classes, samples.labels)
    # Whole batches only, and epochs enough for the first weights' drawing not to count.
    _small(Task(features[:3600], labels[:3600], (64,), "sigmoid", "sgd", 48, epochs=5), threads, rounds)
    _large(Task(features[:3584], labels[:3584], (1024, 1024), "relu", "adam", 256, epochs=3), threads, rounds)
    _classify(model, loaded, samples.images[:CROPS], rounds)


def _small(task: Task, threads: int, rounds: int) -> None:
    _heading(task)
    jobs = _installed(task, threads)
    if "scikit-learn" in jobs:
        # What it is mostly given, for that is what dividing pixels by 255 makes.
        jobs["sklearn, 64 bit"] = scikit_learn(replace(task, features=task.features.astype(np.float64)))
    times = measure(jobs, rounds)
    mine = times["ocr_cli"]
    print("                     ms/step  CPU ms/step  our speed-up  in CPU time  loss")
    for name, its in times.items():
        wall, cpu = 1000 * its.wall / task.steps, 1000 * its.cpu / task.steps
        ratios = f"{its.wall / mine.wall:>12.2f}  {its.cpu / mine.cpu:>11.2f}"
        print(f"  {name:<16}  {wall:>8.3f}  {cpu:>11.3f}  {ratios}  {jobs[name]():.3f}")


def _large(task: Task, threads: int, rounds: int) -> None:
    _heading(task)
    jobs: dict[str, Callable[[], object]] = dict(_installed(task, threads))
    jobs["product"] = matrix_products([PEAK_SIZE] * 3, PEAK_SIZE)
    times = measure(jobs, rounds)
    peak = times.pop("product")
    operations = 4 * PEAK_SIZE**3
    print(f"  product of two {PEAK_SIZE}x{PEAK_SIZE} matrices: {_speed(peak, operations)}")
    print("                     ms/step  CPU ms/step  share of it  in CPU time")
    for name, its in times.items():
        wall, cpu = 1000 * its.wall / task.steps, 1000 * its.cpu / task.steps
        shares = [
            task.operations / operations * theirs / own
            for theirs, own in ((peak.wall, its.wall), (peak.cpu, its.cpu))
        ]
        print(f"  {name:<16}  {wall:>8.2f}  {cpu:>11.2f}  {shares[0]:>11.1%}  {shares[1]:>11.1%}")


def _classify(name: str, model: ModelFile, crops: np.ndarray, rounds: int) -> None:
    sizes = model.network.sizes
    print(f"\n{len(crops)} crops read by {name}, {'-'.join(map(str, sizes))}")
    settings = features_of(model)
    inputs = extract(crops, settings)
    jobs: dict[str, Callable[[], object]] = {
        "products alone": matrix_products(sizes, len(crops)),
        "network": lambda: model.network.forward(inputs),
        "features": lambda: extract(crops, settings),
        "all": classification(model, crops),
    }
    times = measure(jobs, 3 * rounds)
    least = times["products alone"]
    print("                          ms    CPU ms  of products  in CPU time")
    for name, its in times.items():
        ratios = f"{its.wall / least.wall:>11.2f}  {its.cpu / least.cpu:>11.2f}"
        print(f"  {name:<16}  {1000 * its.wall:>8.2f}  {1000 * its.cpu:>8.2f}  {ratios}")


def _heading(task: Task) -> None:
    sizes = "-".join(map(str, task.sizes))
    print(
        f"\n{sizes} {task.activation}, {task.optimiser}, {len(task.features)} in batches of {task.batch_size}"
    )


def _installed(task: Task, threads: int) -> dict[str, Callable[[], float]]:
    """The contenders that can be imported; the others are named."""
    jobs = {"ocr_cli": ours(task)}
    for name, make in (
        ("scikit-learn", lambda: scikit_learn(task)),
        ("PyTorch", lambda: pytorch(task, threads)),
    ):
        try:
            jobs[name] = make()
        except ImportError:
            print(f"  {name} is not installed: left out")
    return jobs


def _speed(times: Times, operations: int) -> str:
    return f"{operations / times.wall / 1e9:.0f} GFLOP/s, {operations / times.cpu / 1e9:.0f} in CPU time"
