"""A time-delay network: perceptrons whose windows slide along the frames of a row.

A. Waibel et al., "Phoneme recognition using time-delay neural networks", IEEE Trans. ASSP 37 (1989). Each
layer sees, of each frame, a few frames of the layer below around it, and is a matrix product like any
perceptron's; what it has learned of a place it knows of all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


_FARTHEST = 64
"""Frames that a layer looks to either side at most."""


class Layer(NamedTuple):
    """A perceptron on a window.

    Attributes:
        weight: float32 (offsets * inputs, outputs), the inputs of the first offset first.
        bias: float32 (outputs,).
        offsets: of the frames it sees, around each frame.
        residual: whether what comes in is added to what goes out.
    """

    weight: Floats
    bias: Floats
    offsets: tuple[int, ...]
    residual: bool = False


class Passed(NamedTuple):
    """What a pass left behind, for the way back.

    Attributes:
        windows: of each layer, float32 (T, offsets * inputs).
        active: of each layer but the last, bool (T, outputs): what its ReLU let through.
        logits: float32 (T, C), of the last layer.
    """

    windows: list[Floats]
    active: list[npt.NDArray[np.bool_]]
    logits: Floats


def windows(frames: Floats, offsets: Sequence[int]) -> Floats:
    """The frames around each frame, side by side: float32 (T, offsets * inputs); beyond the ends, zeros.

    Args:
        frames: float32 (T, inputs).
        offsets: where to look.
    """
    count, inputs = frames.shape
    seen = np.zeros((count, len(offsets) * inputs), np.float32)
    for k, offset in enumerate(offsets):
        to = slice(max(0, -offset), count - max(0, offset))
        of = slice(max(0, offset), count + min(0, offset))
        if to.start < to.stop:
            seen[to, k * inputs : (k + 1) * inputs] = frames[of]
    return seen


def windows_back(gradient: Floats, offsets: Sequence[int]) -> Floats:
    """The gradient in the frames of that in their windows."""
    count, inputs = gradient.shape[0], gradient.shape[1] // len(offsets)
    back = np.zeros((count, inputs), np.float32)
    for k, offset in enumerate(offsets):
        to = slice(max(0, -offset), count - max(0, offset))
        of = slice(max(0, offset), count + min(0, offset))
        if to.start < to.stop:
            back[of] += gradient[to, k * inputs : (k + 1) * inputs]
    return back


class TimeDelayNetwork:
    """Layers with ReLUs between them.

    Args:
        layers: from the first to the last.
        classes: the text of each output: none for what says nothing, a space, the characters.

    Raises:
        ValueError: if they do not fit each other.
    """

    def __init__(self, layers: Sequence[Layer], classes: Sequence[str]) -> None:
        self.layers = tuple(layers)
        self.classes = tuple(classes)
        widths = [len(layer.weight) // max(1, len(layer.offsets)) for layer in self.layers]
        fits = all(
            layer.weight.ndim == 2
            and len(layer.weight) == width * len(layer.offsets)
            and layer.bias.shape == layer.weight.shape[1:]
            and (not layer.residual or width == len(layer.bias))
            for layer, width in zip(self.layers, widths, strict=True)
        )
        follows = all(a.weight.shape[1] == b for a, b in zip(self.layers, widths[1:], strict=False))
        near = all(abs(offset) <= _FARTHEST for layer in self.layers for offset in layer.offsets)
        outputs = len(self.layers[-1].bias) if self.layers else 0
        named = outputs == len(self.classes) == len(set(self.classes))
        if not (outputs and named and near and fits and follows):
            raise ValueError("layers of windows that do not fit each other, or the classes")

    @staticmethod
    def random(
        shape: Sequence[tuple[int, tuple[int, ...], bool]], inputs: int, classes: Sequence[str], seed: int
    ) -> TimeDelayNetwork:
        """A network that has learned nothing (K. He et al., "Delving deep into rectifiers", ICCV 2015).

        Args:
            shape: outputs, offsets, and whether residual, of each layer.
            inputs: numbers a frame.
            classes: of the outputs.
            seed: of the weights.
        """
        rng = np.random.default_rng(seed)
        layers = []
        for number, (outputs, offsets, residual) in enumerate(shape):
            fan_in = inputs * len(offsets)
            gain = 1.0 if number == len(shape) - 1 or residual else 2.0
            weight = rng.normal(0, np.sqrt(gain / fan_in), (fan_in, outputs)).astype(np.float32)
            layers.append(Layer(weight, np.zeros(outputs, np.float32), offsets, residual))
            inputs = outputs
        return TimeDelayNetwork(layers, classes)

    def to_arrays(self) -> tuple[dict[str, Floats], dict[str, Any]]:
        """Weights and biases by name, and the rest as plain JSON values."""
        arrays = {}
        for index, layer in enumerate(self.layers):
            arrays[f"weight_{index}"], arrays[f"bias_{index}"] = layer.weight, layer.bias
        return arrays, {
            "classes": list(self.classes),
            "offsets": [list(layer.offsets) for layer in self.layers],
            "residual": [layer.residual for layer in self.layers],
        }

    @staticmethod
    def from_arrays(arrays: Mapping[str, Floats], values: Mapping[str, Any]) -> TimeDelayNetwork:
        """The network of which ``to_arrays`` made these.

        Raises:
            KeyError, TypeError, ValueError: if they are not of one.
        """
        layers = [
            Layer(arrays[f"weight_{k}"], arrays[f"bias_{k}"], tuple(map(int, offsets)), bool(residual))
            for k, (offsets, residual) in enumerate(zip(values["offsets"], values["residual"], strict=True))
        ]
        return TimeDelayNetwork(layers, tuple(values["classes"]))

    def saying(self, classes: Set[str]) -> TimeDelayNetwork:
        """The same network with only these of its outputs, in its own order."""
        kept = [number for number, text in enumerate(self.classes) if text in classes]
        if len(kept) == len(self.classes):
            return self
        last = self.layers[-1]
        fewer = last._replace(weight=np.ascontiguousarray(last.weight[:, kept]), bias=last.bias[kept])
        return TimeDelayNetwork([*self.layers[:-1], fewer], [self.classes[number] for number in kept])

    @property
    def sizes(self) -> tuple[int, ...]:
        """Numbers a frame, and outputs of each layer."""
        first = self.layers[0]
        outputs = (len(layer.bias) for layer in self.layers)
        return (len(first.weight) // len(first.offsets), *outputs)

    @property
    def parameters(self) -> list[Floats]:
        """All weights and biases."""
        return [array for layer in self.layers for array in (layer.weight, layer.bias)]

    @property
    def reach(self) -> int:
        """So many frames on either side are seen, together, of each frame."""
        return sum(max(map(abs, layer.offsets)) for layer in self.layers)

    def forward(self, frames: Floats) -> Floats:
        """Logits float32 (T, C) of frames float32 (T, inputs)."""
        return self.passed(frames, keep=False).logits

    def amid(self, frames: Floats, others: Floats) -> Floats:
        """Logits float32 (T, C) of frames that lie between endless others, all alike.

        As ``forward`` of them with ``reach`` others on either side; but of those, each layer works out only
        what is seen later and is not what it always is far from the frames.

        Args:
            frames: float32 (T, inputs).
            others: float32 (inputs,), one of the others.
        """
        # The last row stands for one of the others, far away; so many before that lie beyond either end.
        x, beyond, reach = np.concatenate([frames, others[None]]), 0, self.reach
        for number, layer in enumerate(self.layers):
            own = max(map(abs, layer.offsets))
            reach -= own
            kept = min(beyond + own, reach)
            count, more = len(frames) + 2 * kept, kept + own - beyond
            far = x[-1:]
            around = [far] * max(0, more)
            near = x[max(0, -more) : len(x) - 1 - max(0, -more)]
            x = np.concatenate([*around, near, *around])
            seen = [x[own + offset : own + offset + count] for offset in layer.offsets]
            window = np.empty((count + 1, len(layer.weight)), np.float32)
            np.concatenate(seen, axis=1, out=window[:-1])
            np.concatenate([far] * len(seen), axis=1, out=window[-1:])
            y = window @ layer.weight
            y += layer.bias
            if number < len(self.layers) - 1:
                np.maximum(y, 0, out=y)
                if layer.residual:
                    y[:-1] += x[own : own + count]
                    y[-1:] += far
            x, beyond = y, kept
        return x[:-1]

    def passed(self, frames: Floats, *, keep: bool = True) -> Passed:
        """The same with all that came on the way, if it is to be kept."""
        seen, active = [], []
        x = frames
        for number, layer in enumerate(self.layers):
            window = x if layer.offsets == (0,) else windows(x, layer.offsets)
            y = window @ layer.weight
            y += layer.bias
            if keep:
                seen.append(window)
            if number < len(self.layers) - 1:
                if keep:
                    active.append(y > 0)
                np.maximum(y, 0, out=y)
                if layer.residual:
                    y += x
            x = y
        return Passed(seen, active, x)

    def backward(self, passed: Passed, gradient: Floats) -> list[tuple[Floats, Floats]]:
        """The gradient in weight and bias of each layer, of that in the logits."""
        found: list[tuple[Floats, Floats]] = []
        for number in reversed(range(len(self.layers))):
            layer = self.layers[number]
            through = gradient * passed.active[number] if number < len(self.layers) - 1 else gradient
            found.append((passed.windows[number].T @ through, through.sum(axis=0)))
            if number:
                before = through @ layer.weight.T
                if layer.offsets != (0,):
                    before = windows_back(before, layer.offsets)
                gradient = before + gradient if layer.residual else before
        return found[::-1]
