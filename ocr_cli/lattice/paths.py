"""Walks along a lattice: the best path, and sums over all of them; each also along a text alone.

A lattice has places 0..P; an arc goes from one place to a later one. A path is a row of arcs from place 0 to
place P, its score the sum of the scores of its arcs, its weight the exponential of that. Sums are made by the
forward-backward algorithm (L. Rabiner, "A tutorial on hidden Markov models", Proc. IEEE 77, 1989), and the
best path is found by the same recursion with the greater of two weights in the place of their sum.

Along a text of T characters a path is also at a place of the text, 0..T. An arc takes some of its characters
(``taken``): one if it is read, none if it is dirt, two if nothing parts them. So the states are (place,
characters used), and what is known of plain paths holds with T = 0.

``total`` and ``spelled`` are the sums that training needs (Y. LeCun et al., "Gradient-based learning applied
to document recognition", Proc. IEEE 86, 1998, sections IV to VI): the loss is
``total.log_sum - spelled.log_sum``, its gradient in the scores is the difference of their ``arcs``, and that
in the scores of gaps the difference of their ``gaps``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
Bools = npt.NDArray[np.bool_]


class Sums(NamedTuple):
    """A sum over paths, and what of it goes along each arc.

    Attributes:
        log_sum: logarithm of the summed weights of all paths; minus infinity if there is none.
        arcs: the share of that sum, in [0, 1], that goes along each arc with each score: of their shape, and
            the gradient of ``log_sum`` in them. All 0 if there is no path.
    """

    log_sum: float
    arcs: Floats


class WordSums(NamedTuple):
    """A sum over readings: paths with a class for each arc and a space, or none, before each character.

    Attributes:
        log_sum: as of ``Sums``.
        arcs: float (N, K), the share of each arc as each class.
        gaps: float (P + 1, 2), the share in which a character begins at each place without a space before it,
            and with one.
    """

    log_sum: float
    arcs: Floats
    gaps: Floats


class Moves(NamedTuple):
    """Ways to go on from a place, by some characters of a text of length T.

    No two of them have the same start, stop and number of characters.

    Attributes:
        start: int (M,), place they leave, in rising order.
        stop: int (M,), place they reach, greater than ``start``.
        taken: int (M,), characters of the text that they take: 0, 1, ...
        scores: float (M, T + 1), their score where so many characters were used before; what does not fit
            into the text is never asked for.
    """

    start: Ints
    stop: Ints
    taken: Ints
    scores: Floats


def best_path(start: Ints, stop: Ints, scores: Floats) -> Ints:
    """The path with the greatest score.

    Args:
        start: int (N,), place that each arc leaves, in rising order.
        stop: int (N,), place that it reaches.
        scores: float (N,).

    Returns:
        int: the numbers of its arcs, from left to right; of equal paths, one. None if no path leads to the
        end.
    """
    return best_text_path(_without_text(start, stop, scores))


def best_text_path(moves: Moves) -> Ints:
    """The path along a whole text with the greatest score.

    Args:
        moves: along the lattice and the text.

    Returns:
        int: the numbers of its moves, from left to right; of equal paths, one. None if there is no such path.
    """
    best = _forward(moves, None, np.maximum)
    place, used = len(best) - 1, best.shape[1] - 1
    if not np.isfinite(best[-1, -1]):
        return np.zeros(0, np.int64)
    path: list[int] = []
    while place > 0:
        arriving = np.flatnonzero((moves.stop == place) & (moves.taken <= used))
        before = used - moves.taken[arriving]
        ways = best[moves.start[arriving], before] + moves.scores[arriving, before]
        path.append(int(arriving[ways.argmax()]))
        place, used = int(moves.start[path[-1]]), used - int(moves.taken[path[-1]])
    return np.array(path[::-1], np.int64)


def around(start: Ints, stop: Ints, scores: Floats) -> Floats:
    """The rest of the best path along each arc, without the arc itself: float (N,), beside the best of all.

    Arguments as for ``best_path``; minus infinity where no path leads along an arc. Added to what else an arc
    may score, it says by how much the best path along it then is better than that which is the best now.
    """
    moves = _without_text(start, stop, scores)
    reached, ahead = _forward(moves, None, np.maximum)[:, 0], _backward(moves, None, np.maximum)[:, 0]
    best = float(reached[-1])
    return reached[start] + ahead[stop] - (best if np.isfinite(best) else 0.0)


def sums(start: Ints, stop: Ints, scores: Floats) -> Sums:
    """The sum over all paths.

    Args:
        start: int (N,), place that each arc leaves, in rising order.
        stop: int (N,), place that it reaches.
        scores: float (N,), or float (N, K) if each arc may be any of K things.
    """
    several = scores.ndim == 2
    of_arcs = np.logaddexp.reduce(scores, axis=1) if several else scores
    log_sum, shares = text_sums(_without_text(start, stop, of_arcs))
    arcs = shares[:, 0]
    return Sums(log_sum, arcs[:, None] * _shares_within(scores, of_arcs[:, None]) if several else arcs)


def text_sums(moves: Moves, lost: Floats | None = None) -> Sums:
    """The sum over all paths along a whole text.

    Args:
        moves: along the lattice and the text.
        lost: float (T,), score of each character of the text that no ink is; none may be if it is not given.

    Returns:
        The sum; its ``arcs`` are float (M, T + 1), of each move at each place of the text.
    """
    before, after = _forward(moves, lost, np.logaddexp), _backward(moves, lost)
    log_sum = float(before[-1, -1])
    shares = np.zeros_like(moves.scores)
    if np.isfinite(log_sum):
        length = before.shape[1]
        for taken in np.flatnonzero(np.bincount(moves.taken)).tolist():
            its = moves.taken == taken
            ways = before[moves.start[its], : length - taken] + moves.scores[its, : length - taken]
            shares[its, : length - taken] = np.exp(ways + after[moves.stop[its], taken:] - log_sum)
    return Sums(log_sum, shares)


def total(start: Ints, stop: Ints, scores: Floats, dirt: Bools, gaps: Floats) -> WordSums:
    """The sum over all readings of a row, whatever they say.

    Args:
        start: int (N,), place that each arc leaves, in rising order.
        stop: int (N,), place that it reaches.
        scores: float (N, K), of each arc as each of K classes; minus infinity for what it cannot be.
        dirt: bool (K,), which classes are no characters.
        gaps: float (P + 1, 2), what is added for a character that begins at each place: without a space
            before it, and with one. Nothing is added at place 0.
    """
    within, opening = _opened(start, scores, gaps)
    found = sums(start, stop, np.where(dirt, scores, within))
    return WordSums(found.log_sum, found.arcs, _gap_shares(start, found.arcs[:, ~dirt].sum(axis=1), opening))


def spelled(
    start: Ints, stop: Ints, scores: Floats, dirt: Bools, gaps: Floats, text: Ints, spaces: Bools
) -> WordSums:
    """The sum over the readings of a row that say a text: a part of ``total``.

    Args:
        start: int (N,), as for ``total``, like ``stop``, ``scores``, ``dirt`` and ``gaps``.
        stop: int (N,).
        scores: float (N, K).
        dirt: bool (K,).
        gaps: float (P + 1, 2).
        text: int (T,), the class of each of its characters.
        spaces: bool (T,), whether a space stands before each of them; before the first it does not matter.

    Returns:
        The sum; minus infinity and all 0 if the lattice has no path for the text.
    """
    count, length = len(start), len(text)
    _, opening = _opened(start, scores, gaps)
    both = np.logaddexp(opening[:, 0], opening[:, 1])
    letters = np.full((count, length + 1), -np.inf)
    if length:
        letters[:, :-1] = scores[:, text] + opening[start][:, spaces.astype(np.int64)]
        letters[:, 0] = scores[:, text[0]] + both[start]
    passed = np.logaddexp.reduce(scores[:, dirt], axis=1) if dirt.any() else np.full(count, -np.inf)
    order = np.argsort(np.concatenate([start, start]), kind="stable")
    moves = Moves(
        np.concatenate([start, start])[order],
        np.concatenate([stop, stop])[order],
        np.repeat([1, 0], count)[order],
        np.concatenate([letters, np.broadcast_to(passed[:, None], letters.shape)])[order],
    )
    log_sum, found = text_sums(moves)
    shares = np.empty_like(found)
    shares[order] = found
    read, skipped = shares[:count, :length], shares[count:].sum(axis=1)
    arcs = np.zeros(scores.shape)
    np.add.at(arcs.T, text, read.T)
    arcs[:, dirt] = skipped[:, None] * _shares_within(scores[:, dirt], passed[:, None])
    events = np.zeros(gaps.shape)
    if length:
        for space in (0, 1):
            np.add.at(events[:, space], start, read[:, 1:][:, spaces[1:] == bool(space)].sum(axis=1))
        events += _gap_shares(start, read[:, 0], opening)
    events[0] = 0
    return WordSums(log_sum, arcs, events)


def _without_text(start: Ints, stop: Ints, scores: Floats) -> Moves:
    return Moves(start, stop, np.zeros(len(start), np.int64), scores[:, None])


def _forward(moves: Moves, lost: Floats | None, add: np.ufunc) -> Floats:
    """Weight, as a logarithm, of all ways to each place and character: float (P + 1, T + 1).

    Args:
        moves: along the lattice and the text.
        lost: score of characters without ink, as for ``text_sums``.
        add: ``logaddexp`` sums the ways up, ``maximum`` takes the best.
    """
    length = moves.scores.shape[1]
    reached = np.full((int(moves.stop.max(initial=0)) + 1, length), -np.inf)
    reached[0, 0] = 0.0
    for place, groups in _by_place(moves, len(reached)):
        if lost is not None:
            # Characters without ink may stand between any two atoms.
            reached[place] = _pass_over(reached[place], lost, add)
        for taken, its in groups:
            stops = moves.stop[its]
            ways = reached[place, : length - taken] + moves.scores[its, : length - taken]
            reached[stops, taken:] = add(reached[stops, taken:], ways)
    if lost is not None:
        reached[-1] = _pass_over(reached[-1], lost, add)
    return reached


def _backward(moves: Moves, lost: Floats | None, add: np.ufunc = np.logaddexp) -> Floats:
    """Weight, as a logarithm, of all ways on from each place and character: float (P + 1, T + 1).

    Arguments as for ``_forward``.
    """
    length = moves.scores.shape[1]
    ahead = np.full((int(moves.stop.max(initial=0)) + 1, length), -np.inf)
    ahead[-1, -1] = 0.0
    if lost is not None:
        ahead[-1] = _pass_over(ahead[-1][::-1], lost[::-1], add)[::-1]
    for place, groups in reversed(_by_place(moves, len(ahead))):
        for taken, its in groups:
            ways = ahead[moves.stop[its], taken:] + moves.scores[its, : length - taken]
            here = ahead[place, : length - taken]
            add(here, add.reduce(ways, axis=0), out=here)
        if lost is not None and place:
            ahead[place] = _pass_over(ahead[place][::-1], lost[::-1], add)[::-1]
    return ahead


def _by_place(moves: Moves, places: int) -> list[tuple[int, list[tuple[int, slice | Ints]]]]:
    """For each place but the last, the moves from there that take equally many characters."""
    borders = np.searchsorted(moves.start, np.arange(places)).tolist()
    alike = not moves.taken.any()
    found: list[tuple[int, list[tuple[int, slice | Ints]]]] = []
    for place in range(places - 1):
        its = slice(borders[place], borders[place + 1])
        if alike:
            found.append((place, [(0, its)] if its.start < its.stop else []))
            continue
        taken = moves.taken[its]
        found.append(
            (place, [(one, its.start + np.flatnonzero(taken == one)) for one in sorted(set(taken.tolist()))])
        )
    return found


def _pass_over(row: Floats, lost: Floats, add: np.ufunc) -> Floats:
    """The weights at one place once characters without ink are passed over."""
    losses = np.concatenate([[0.0], np.cumsum(lost)])
    return np.asarray(losses + add.accumulate(row - losses))


def _shares_within(scores: Floats, together: Floats) -> Floats:
    """The share of each class of an arc in its weight; 0 for an arc that cannot be."""
    return np.asarray(np.exp(scores - np.where(np.isfinite(together), together, 0.0)))


def _opened(start: Ints, scores: Floats, gaps: Floats) -> tuple[Floats, Floats]:
    """Scores with what gaps before characters add, and what they add: nothing at place 0."""
    opening = gaps.copy()
    # There, both ways together weigh 1.
    opening[0] = -np.log(2.0)
    return scores + np.logaddexp(opening[:, 0], opening[:, 1])[start][:, None], opening


def _gap_shares(start: Ints, read: Floats, opening: Floats) -> Floats:
    """The share of the characters that begin at each place, parted by whether a space is before them."""
    begun = np.zeros(len(opening))
    np.add.at(begun, start, read)
    both = np.logaddexp(opening[:, 0], opening[:, 1])[:, None]
    shares = begun[:, None] * _shares_within(opening, both)
    shares[0] = 0
    return np.asarray(shares)
