"""The same training at several values of one setting."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ocr_cli.errors import DivergenceError, TerminatedError
from ocr_cli.training.loop import Epoch, Training


@dataclass(frozen=True, slots=True)
class Trial:
    """One value of the setting and what came of it.

    Attributes:
        value: such as 0.01, ``"relu"`` or (512, 256).
        history: all completed epochs; of a training that broke down, those before.
        best: the epoch of ``history`` whose network is kept; None if the training broke down.
        failure: why it broke down, in one line, or None.
    """

    value: Any
    history: tuple[Epoch, ...]
    best: Epoch | None
    failure: str | None

    @property
    def name(self) -> str:
        """The value as it is written on the command line."""
        return value_name(self.value)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The result of ``compare_values``.

    Attributes:
        setting: name of what was varied.
        trials: of the values that were finished, at least one.
        interrupted: whether Ctrl-C ended it early.
    """

    setting: str
    trials: tuple[Trial, ...]
    interrupted: bool

    @property
    def failed(self) -> bool:
        """Whether each of the trainings broke down."""
        return all(trial.failure for trial in self.trials)

    def to_dict(self) -> dict[str, Any]:
        """Plain dicts, lists, strings and numbers, ready for ``json.dumps``."""
        return asdict(self)


def value_name(value: Any) -> str:
    """A value as it is written on the command line: ``0.01``, ``relu``, ``512,256``."""
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def compare_values(
    setting: str, values: Sequence[Any], train: Callable[[Any, Callable[[Epoch], None]], Training]
) -> Comparison:
    """Train at each value. A training that breaks down is a result like any other.

    Args:
        setting: name of what is varied.
        values: at least one.
        train: trains at the value it is given and calls its second argument after each epoch.

    Returns:
        What came of it. On Ctrl-C, of the values that were finished: half a training compares with none.

    Raises:
        KeyboardInterrupt: on Ctrl-C before the first value is finished; a ``TerminatedError`` at any time.
    """
    trials: list[Trial] = []
    interrupted = False
    try:
        for value in values:
            history: list[Epoch] = []
            try:
                result = train(value, history.append)
            except DivergenceError as error:
                trials.append(Trial(value, tuple(history), None, str(error)))
                continue
            except MemoryError:
                trials.append(Trial(value, tuple(history), None, "out of memory"))
                continue
            if result.interrupted:
                raise KeyboardInterrupt
            trials.append(Trial(value, tuple(history), result.best_epoch, None))
    except TerminatedError:
        raise
    except KeyboardInterrupt:
        if not trials:
            raise
        interrupted = True
    return Comparison(setting, tuple(trials), interrupted)
