"""What the windows say of the arcs of a lattice: as evidence it stands beside the look of each crop.

Between two places of a lattice lie frames. That an arc is a character means that its frames say this one
character, in some of them, and nothing in the others; so what the arcs of a path say together is what
connectionist temporal classification says of the text that they spell, with its letters where they are.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.network.mlp import softmax
from ocr_cli.network.time_delay import TimeDelayNetwork
from ocr_cli.windows.ctc import BLANK
from ocr_cli.windows.strip import CELL, HEIGHT, INPUTS, Strip, columns

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

SPACE = 1
"""The column of a space."""
_LEAST = 1e-5
"""Least probability of each frame: the windows, too, may be wrong."""
_VOICED = 0.08
"""A frame says something if it does so with this probability. Set by hand."""
_SAID = 0.5
"""A frame says something rather than nothing from this probability on, by definition."""
_SILENT = 0.02
"""Share of the frames that is added, so that its logarithm stays finite. Set by hand."""
_NOTHING = 1e-300
_SURE = 8.0
"""Greatest log odds of a space that are believed."""


class Said(NamedTuple):
    """What the windows say of a row.

    Attributes:
        probabilities: float32 (T, C), of each frame's saying nothing, a space, or each character.
        strip: left and scale of the strip, to find a frame.
        early: so many frames before the ink that they mean, the windows speak: they were taught only that a
            character is said somewhere between its neighbours, and say it as soon as they know it.
    """

    probabilities: npt.NDArray[np.float32]
    strip: Strip
    early: float

    def frame(self, x: npt.ArrayLike) -> Floats:
        """Where what is said of a place of the page is said, in frames."""
        return self.strip.frame(x) - self.early

    def ends(self) -> Floats:
        """Where on the page a character may end and the next one begin: x in pixels.

        That is between two frames that say something, where it is least said, or where something else is.
        """
        voiced = 1.0 - self.probabilities[:, BLANK] - self.probabilities[:, SPACE]
        best = self.probabilities[:, SPACE + 1 :].argmax(axis=1)
        found = []
        last, least = -1, 0
        for now in np.flatnonzero(voiced > _VOICED).tolist():
            if last >= 0 and now > last + 1:
                quiet = last + 1 + int(voiced[last + 1 : now].argmin())
                found.append(quiet + 0.5)
            elif last >= 0 and best[now] != best[last]:
                found.append(float(now))
            elif last > least and voiced[last] < voiced[now] and voiced[last] < voiced[least]:
                # It said the same before, sank, and rises again.
                found.append(last + 0.5)
            if last < 0 or now > last + 1 or best[now] != best[last] or voiced[now] > voiced[least]:
                least = now
            last = now
        return np.asarray(self.strip.left + np.array(found) * CELL / self.strip.scale)


class Manner(NamedTuple):
    """How the windows speak of a row: of writing they do it otherwise than of folds and grain.

    Attributes:
        voiced: logarithm of the share of the frames that say something.
        sure: mean logarithm of the probability of the likeliest character in those.
    """

    voiced: float
    sure: float


class Evidence(NamedTuple):
    """What the windows say of the arcs of a lattice.

    Attributes:
        characters: float (N, C), log probability that an arc's frames say each character and nothing else.
        nothing: float (N,), that they say nothing.
        spaces: float (P + 1,), log odds of a space at each place.
        manner: how they speak of the row.
    """

    characters: Floats
    nothing: Floats
    spaces: Floats
    manner: Manner


class WindowReader:
    """A network that slides along rows.

    Attributes:
        classes: the characters that it says.

    Args:
        network: its outputs say nothing, a space, or a character.
        further: characters beyond ASCII that it may say, if it knows them: the others get no share.

    Raises:
        ModelFileError: if it is none for such strips.
    """

    def __init__(self, network: TimeDelayNetwork, further: Collection[str] = ()) -> None:
        first = network.layers[0]
        if network.classes[: SPACE + 1] != ("", " ") or len(first.weight) != INPUTS * len(first.offsets):
            raise ModelFileError("the model's windows are not for such strips")
        self._network = network.saying(
            {text for text in network.classes if text.isascii() or text in further}
        )
        self.classes = self._network.classes[SPACE + 1 :]

    def read(self, strip: Strip, early: float) -> Said:
        """What it says of a row.

        Args:
            strip: of the row.
            early: as of ``Said``.
        """
        # Where ink ends on the last column of a strip, its neighbour sees it.
        seen = columns(np.pad(strip.ink, ((0, 0), (CELL, CELL))))
        logits = self._network.amid(seen, columns(np.zeros((HEIGHT, CELL), np.uint8))[0])
        return Said(softmax(logits[1:-1]), strip, early)


def evidence(said: Said, start: Ints, stop: Ints, atoms: Ints) -> Evidence:
    """What is said of the arcs of a row.

    Args:
        said: of the row.
        start: int (N,), place that each arc leaves.
        stop: int (N,), place that it reaches.
        atoms: int (P, 4), boxes of the atoms between the places, in pixels of the page.
    """
    probabilities = np.maximum(said.probabilities.astype(np.float64), _LEAST)
    total = len(probabilities)
    between = (atoms[:-1, 2] + atoms[1:, 0]) / 2
    inner = np.rint(said.frame(between)).astype(np.intp)
    places = np.clip(np.maximum.accumulate(np.concatenate([[0], inner, [total]])), 0, total)
    nothing = probabilities[:, BLANK] + probabilities[:, SPACE]
    characters = probabilities[:, SPACE + 1 :]
    # Even between places in the same frame there is one.
    ends = np.maximum(places[stop], np.minimum(places[start] + 1, total))
    begins = np.minimum(places[start], ends - 1)
    found = np.full((len(start), characters.shape[1]), -np.inf)
    # Arcs are in the order of their places, and so of their first frames.
    new = np.concatenate([[True], np.diff(begins) > 0])
    origins, which = begins[new], np.cumsum(new) - 1
    lengths = ends - begins
    before = np.ones((len(origins), 1))
    now = np.zeros((len(origins), characters.shape[1]))
    after = np.zeros_like(now)
    logs = np.concatenate([[0.0], np.log(nothing).cumsum()])
    scale = np.zeros((len(origins), 1))
    for length in range(1, int(lengths.max(initial=0)) + 1):
        frames = np.minimum(origins + length - 1, total - 1)
        silent, voiced = nothing[frames][:, None], characters[frames]
        after = (after + now) * silent
        now = (now + before) * voiced
        before = before * silent
        # Long arcs of many frames would sink below what numbers can hold.
        most = np.maximum(np.maximum(now.max(axis=1), after.max(axis=1)), before[:, 0])[:, None]
        now, after, before, scale = now / most, after / most, before / most, scale + np.log(most)
        arcs = np.flatnonzero(lengths == length)
        if len(arcs):
            rows = which[arcs]
            found[arcs] = np.log(np.maximum(now[rows] + after[rows], _NOTHING)) + scale[rows]
    return Evidence(found, logs[ends] - logs[begins], _spaces(said, atoms), _manner(nothing, characters))


def _manner(nothing: Floats, characters: Floats) -> Manner:
    """How windows speak that say nothing, float (T,), and each character, float (T, C), so probably."""
    voiced = 1.0 - nothing > _SAID
    best = characters[voiced].max(axis=1)
    sure = float(np.log(best).mean()) if len(best) else math.log(_SAID)
    return Manner(math.log(voiced.mean() + _SILENT), sure)


def _spaces(said: Said, atoms: Ints) -> Floats:
    """Log odds of a space at each place: 0 at both ends."""
    odds = np.zeros(len(atoms) + 1)
    last = said.strip.frame(atoms[:-1, 2])
    first = said.strip.frame(atoms[1:, 0])
    low = np.clip(np.floor(np.minimum(last, first)).astype(int) - 1, 0, len(said.probabilities) - 1)
    high = np.clip(np.ceil(np.maximum(last, first)).astype(int) + 1, low + 1, len(said.probabilities))
    for place, (a, b) in enumerate(zip(low.tolist(), high.tolist(), strict=True), 1):
        likely = float(said.probabilities[a:b, SPACE].max())
        odds[place] = np.clip(np.log(likely + 1e-6) - np.log(1 - likely + 1e-6), -_SURE, _SURE)
    return odds
