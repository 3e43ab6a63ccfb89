from __future__ import annotations

import numpy as np
import pytest

from ocr_cli.network.mlp import MLP, softmax
from ocr_cli.training.distillation import CompletedSource, DistilledSource, committee_probabilities
from ocr_cli.training.loop import TrainingSettings, fit, score
from ocr_cli.training.sources import ArraySource

RNG = np.random.default_rng(0)
FEATURES = RNG.standard_normal((200, 4)).astype(np.float32)
LABELS = (FEATURES[:, 0] > 0).astype(np.intp) + (FEATURES[:, 1] > 0)


def network(seed: int) -> MLP:
    return MLP([4, 6, 3], "tanh", "xavier", np.random.default_rng(seed))


def test_a_committee_says_what_its_members_say_on_average() -> None:
    members = [network(seed) for seed in (1, 2, 3)]
    said = committee_probabilities(members, FEATURES)
    expected = np.mean([softmax(member.forward(FEATURES)) for member in members], axis=0)
    np.testing.assert_allclose(said, expected, atol=1e-6)
    np.testing.assert_allclose(said.sum(axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(
        committee_probabilities(members[:1], FEATURES), softmax(members[0].forward(FEATURES))
    )


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_targets_are_mixed_of_the_label_and_the_committee(share: float) -> None:
    source = ArraySource(FEATURES, LABELS, 64, seed=5)
    members = [network(1), network(2)]
    distilled = DistilledSource(source, members, share)
    assert len(distilled) == len(source) == 4
    for (x, labels), (same_x, targets) in zip(source.epoch(3), distilled.epoch(3), strict=True):
        np.testing.assert_array_equal(same_x, x)
        assert targets.dtype == np.float32
        expected = share * committee_probabilities(members, x) + (1 - share) * np.eye(3)[labels]
        np.testing.assert_allclose(targets, expected, atol=1e-6)


def test_a_student_learns_from_the_committee_alone() -> None:
    teacher = network(1)
    fit(teacher, ArraySource(FEATURES, LABELS, 20, seed=0), TrainingSettings(epochs=30, batch_size=20))
    said = committee_probabilities([teacher], FEATURES).argmax(axis=1)
    # Labels that tell nothing: what the student knows, it has from its teacher.
    source = DistilledSource(ArraySource(FEATURES, np.zeros(200, np.intp), 20, seed=0), [teacher], 1.0)
    student = network(2)
    fit(student, source, TrainingSettings(epochs=30, batch_size=20))
    assert score(student, FEATURES, said).accuracy > 0.9


@pytest.mark.parametrize(("members", "share"), [(0, 0.5), (1, 0.0), (1, 1.1)])
def test_a_committee_without_members_or_say_is_refused(members: int, share: float) -> None:
    with pytest.raises(ValueError, match="committee"):
        DistilledSource(ArraySource(FEATURES, LABELS, 20, seed=0), [network(1)] * members, share)


def test_what_targets_lack_is_given_out_as_the_committee_says() -> None:
    given = np.zeros((200, 3), np.float32)
    given[:100, 1] = 0.75
    given[:20, 2] = 0.25
    completed = CompletedSource(ArraySource(FEATURES, given, 64, seed=5), [network(1), network(2)])
    rows = ArraySource(FEATURES, np.arange(200), 64, seed=5)
    assert len(completed) == 4
    for (x, targets), (_, places) in zip(completed.epoch(1), rows.epoch(1), strict=True):
        own = given[places]
        said = committee_probabilities([network(1), network(2)], x)
        np.testing.assert_allclose(targets, own + (1 - own.sum(axis=1))[:, None] * said, atol=1e-6)
        np.testing.assert_allclose(targets.sum(axis=1), 1, atol=1e-5)
        assert targets.dtype == np.float32
