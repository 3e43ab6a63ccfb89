"""A model and the characters harvested from somebody's pages -> a model that knows that hand.

A few dozen characters could be learned by heart, and everything else forgotten. So only a part of each batch
is the writer's; the others are rehearsal (``training.rehearsal``): characters of the synthetic hand, the
model's prototypes, and what is no character, for which the model is to say what it said before, whatever that
was.

Some of the writer's lines are held back first. If no epoch reads them better than the model did before, that
model stays. Else all lines are learned for as many epochs as were best.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ocr_cli.alphabet import PLACED
from ocr_cli.datasets.augment import Deformation, deform
from ocr_cli.datasets.dataset import Dataset
from ocr_cli.datasets.not_characters import draw_not_characters
from ocr_cli.errors import DataError
from ocr_cli.features import extract
from ocr_cli.learning.harvest import Harvest, as_dataset
from ocr_cli.network.model_file import ModelFile
from ocr_cli.training.ancestor import Ancestor
from ocr_cli.training.balanced import BalancedSource, Prefetched
from ocr_cli.training.distillation import CompletedSource
from ocr_cli.training.loop import Epoch, Score, Training, TrainingSettings, fit, score
from ocr_cli.training.rehearsal import draw_rehearsal, old_opinion
from ocr_cli.version import __version__

SETTINGS = TrainingSettings(
    learning_rate=0.0004,
    batch_size=64,
    epochs=10,
    optimiser="adam",
    reduction="mean",
    schedule="cosine",
    warmup_epochs=1.0,
    weight_average=0.9,
)
"""Small steps, and few: longer training forgets more and learns no more."""
BATCHES = 10
"""An epoch."""
_OWN, _REHEARSED, _BLOTS = 0.375, 0.5, 0.125
"""Shares of a batch: the writer's characters, rehearsed ones, and what is no character."""
_LABEL = 0.8
"""Share of the label in what is learned of the writer's characters; the old model's opinion is the rest."""
_HELD_BACK = 0.2
_GAIN = 0.9
"""By so much, at least, the loss on what is held back must shrink."""
_COPIES = 7
"""Deformed copies of each that are read as well: a dozen characters alone tell little."""
_FEWEST_LINES = 4
"""Of fewer lines, single characters are held back instead of whole lines."""
_FEWEST = 12
"""From fewer characters nothing is learned."""
_ENOUGH_OF_NEW = 5
"""A character that the model does not know becomes a class of its own if there are so many samples."""
_WRITERS = 40
"""People of the synthetic hand."""


@dataclass(frozen=True, eq=False)
class Adaptation:
    """The result of ``adapt``.

    Attributes:
        model: the adapted one, or the old one if that reads the held-back lines as well.
        learned: whether it is the adapted one.
        before: how the old model reads the characters that were held back, and deformed copies of them.
        after: how the best epoch reads them that did not learn them.
        held_back: how many they are.
        samples: how many were learned from.
        left_out: characters that are no class of the model, too few to become one, and how often they were
            harvested.
        training: its course.
    """

    model: ModelFile
    learned: bool
    before: Score
    after: Score
    held_back: int
    samples: int
    left_out: Counter[str]
    training: Training


def adapt(
    ancestor: Ancestor,
    harvests: Sequence[Harvest],
    *,
    settings: TrainingSettings = SETTINGS,
    on_batch: Callable[[float], None] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
    on_whole: Callable[[int], None] | None = None,
) -> Adaptation:
    """Teach a model a hand.

    Args:
        ancestor: the model to begin with.
        harvests: pages by one writer.
        settings: of the training; the seed also says which lines are held back.
        on_batch: see ``fit``; of the training without the lines held back.
        on_epoch: likewise.
        on_whole: told, before all lines are learned, for how many epochs.

    Raises:
        DataError: if there is too little to learn from.
        KeyboardInterrupt: on Ctrl-C before the first epoch is over.
    """
    lines = [(number, one) for number, harvest in enumerate(harvests) for one in harvest.samples]
    counts = Counter(one.label for _, one in lines)
    known = set(ancestor.model.classes)
    new = {c for c, n in counts.items() if c not in known and c not in PLACED and n >= _ENOUGH_OF_NEW}
    left_out = Counter({c: n for c, n in counts.items() if c not in known | new})
    lines = [(number, one) for number, one in lines if one.label not in left_out]
    if len(lines) < _FEWEST:
        raise DataError(
            f"{len(lines)} characters harvested: too few to learn from, {_FEWEST} are needed",
            hint="more pages, or better legible ones, bring more",
        )
    rng = np.random.default_rng(settings.seed)
    held = _held_back([(number, one.line) for number, one in lines], rng)
    # The name goes into the model file, which may be given away: whose folders the pages lay in is nobody's.
    name = " + ".join(dict.fromkeys(Path(harvest.page).name for harvest in harvests))
    every = as_dataset([one for _, one in lines], name)
    back = every.select(held)
    classes = ancestor.classes(tuple(sorted(new)))
    teacher = old_opinion(ancestor, classes)
    copies = [back.images, *(deform(back.images, Deformation(), rng) for _ in range(_COPIES))]
    validation = (
        extract(np.concatenate(copies), ancestor.features),
        np.tile(_indices(back, classes), len(copies)),
    )
    before = score(teacher, *validation)

    rehearsed = draw_rehearsal(ancestor.model, _WRITERS, settings.seed)
    blots = draw_not_characters(rehearsed, len(rehearsed) // 4, settings.seed)

    def learn(samples: Dataset, epochs: int, **observers: Any) -> Training:
        source = _source(samples, rehearsed, blots, classes, ancestor, settings)
        return fit(
            ancestor.network(classes, np.random.default_rng(settings.seed)),
            Prefetched(CompletedSource(source, [teacher])),
            replace(settings, epochs=epochs),
            validation=validation,
            **observers,
        )

    trial = learn(every.select(~held), settings.epochs, on_batch=on_batch, on_epoch=on_epoch)
    best = trial.best_epoch
    model, learned = ancestor.model, _better(best.score, before)
    if learned and not trial.interrupted:
        if on_whole:
            on_whole(best.number)
        whole = learn(every, best.number)
        trial = replace(trial, interrupted=whole.interrupted)
        better = not whole.interrupted and _better(whole.history[-1].score, before)
        network = whole.last if better else trial.best
    else:
        network = trial.best
    if learned:
        provenance = _provenance(ancestor, every, len(back), settings, best, before)
        # The steps were small: the network for cut characters still understands the first hidden units.
        cut = ancestor.model.cut_network if classes == ancestor.model.classes else None
        # Who slides along rows knows more characters than these, and is no judge of those it does not know.
        windows = ancestor.model.windows
        if windows and not set(classes) <= set(windows.classes):
            windows = None
        model = replace(
            ancestor.model,
            network=network,
            classes=classes,
            provenance=provenance,
            cut_network=cut,
            windows=windows,
        )
    return Adaptation(model, learned, before, best.score, len(back), len(every), left_out, trial)


def _better(after: Score, before: Score) -> bool:
    """Whether there was something to learn: by chance alone, a few steps may read one copy more."""
    return after.accuracy >= before.accuracy and after.loss < _GAIN * before.loss


def _held_back(groups: Sequence[tuple[int, int]], rng: np.random.Generator) -> npt.NDArray[np.bool_]:
    """Which samples are not learned from: those of about a fifth of the lines, chosen at random.

    Args:
        groups: page and line of each sample.
        rng: chooses.
    """
    numbers = {group: k for k, group in enumerate(dict.fromkeys(groups))}
    member = np.array([numbers[group] for group in groups])
    if len(numbers) < _FEWEST_LINES:
        member = np.arange(len(groups))
    count = int(member.max()) + 1
    return np.isin(member, rng.permutation(count)[: max(1, round(_HELD_BACK * count))])


def _source(
    own: Dataset,
    rehearsed: Dataset,
    blots: npt.NDArray[np.uint8],
    classes: tuple[str, ...],
    ancestor: Ancestor,
    settings: TrainingSettings,
) -> BalancedSource:
    """The writer's characters with their labels, and what is rehearsed without; blots of either are none."""
    blots = np.concatenate([blots, draw_not_characters(own, len(blots), settings.seed)])
    targets = np.zeros((len(own) + len(rehearsed) + len(blots), len(classes)), np.float32)
    labels = _indices(own, classes)
    targets[np.arange(len(own)), labels] = _LABEL
    # Rare letters are drawn more often than their share (square root).
    weights = np.bincount(labels)[labels] ** -0.5
    return BalancedSource(
        np.concatenate([own.images, rehearsed.images, blots]),
        targets,
        np.concatenate(
            [
                _OWN * weights / weights.sum(),
                np.full(len(rehearsed), _REHEARSED / len(rehearsed)),
                np.full(len(blots), _BLOTS / len(blots)),
            ]
        ),
        features=ancestor.features,
        deformation=Deformation(),
        batch_size=settings.batch_size,
        batches=BATCHES,
        seed=settings.seed,
    )


def _indices(dataset: Dataset, classes: tuple[str, ...]) -> npt.NDArray[np.intp]:
    return np.array([classes.index(str(label)) for label in dataset.labels], np.intp)


def _provenance(
    ancestor: Ancestor,
    samples: Dataset,
    held_back: int,
    settings: TrainingSettings,
    best: Epoch,
    before: Score,
) -> dict[str, Any]:
    """Where the weights come from."""
    return {
        "program": f"ocr_cli {__version__}: ocr learn",
        "numpy": np.__version__,
        "training": settings.to_dict(),
        "deformation": asdict(Deformation()),
        "data": samples.name,
        "samples": len(samples),
        "validation_samples": held_back,
        "init_from": ancestor.provenance(),
        "epoch": best.number,
        "score_before": asdict(before),
        "training_score": asdict(best.training),
        "validation_score": asdict(best.score),
    }
