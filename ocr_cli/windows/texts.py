"""What windows say of a row as texts: a beam search over the beginnings of texts.

A. Hannun, A. Maas, D. Jurafsky, A. Ng, "First-pass large vocabulary continuous speech recognition using
bi-directional recurrent DNNs", 2014: of each beginning, the probability of all rows of frames that say it is
kept in two parts, those that end with nothing and those that end with its last character.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from ocr_cli.windows.ctc import BLANK

_LIKELY = 1e-3
"""What is less probable in a frame is not tried in it."""


def likely_texts(probabilities: npt.NDArray[np.float32], width: int) -> list[tuple[int, ...]]:
    """The most probable texts as columns, the most probable first; the empty one may be among them.

    Args:
        probabilities: float32 (T, C), of each frame.
        width: beginnings that are kept from frame to frame.
    """
    beam: dict[tuple[int, ...], tuple[float, float]] = {(): (1.0, 0.0)}
    for frame in probabilities.astype(np.float64):
        silent = float(frame[BLANK])
        likely = [column for column in np.flatnonzero(frame > _LIKELY).tolist() if column != BLANK]
        found: dict[tuple[int, ...], list[float]] = defaultdict(lambda: [0.0, 0.0])
        for text, (ended, going) in beam.items():
            own = found[text]
            own[0] += (ended + going) * silent
            if text:
                own[1] += going * float(frame[text[-1]])
            for column in likely:
                # The same character once more is another one only after nothing.
                before = ended if text and text[-1] == column else ended + going
                longer = (*text, column)
                found[longer][1] += before * float(frame[column])
        best = sorted(found.items(), key=lambda one: -sum(one[1]))[:width]
        scale = max(sum(best[0][1]), 1e-300)
        beam = {text: (ended / scale, going / scale) for text, (ended, going) in best}
    return list(beam)
