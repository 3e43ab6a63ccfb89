from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from ocr_cli.cli.progress import Progress
from ocr_cli.network.model_file import load_model

BREAKS_DOWN = ["--activation", "relu", "--hidden", "8,8,8", "--init", "he"]


def rows(table: str) -> list[list[str]]:
    return [line.split() for line in table.splitlines()[1:]]


def test_the_table_has_a_row_for_each_value(ocr, letters: Path) -> None:
    result = ocr("compare", letters, "--lr", 0.01, "--lr", 0.0001, "--epochs", 8, "--hidden", 16)
    assert result.status == 0
    assert result.out.startswith("lr      epoch  training loss  accuracy  held-out loss  accuracy  seconds\n")
    fast, slow = rows(result.out)
    assert (fast[0], slow[0]) == ("0.01", "0.0001")
    assert 1 <= int(fast[1]) <= 8
    assert float(fast[4]) < float(slow[4])
    assert {len(line) for line in result.out.splitlines()} == {len(result.out.splitlines()[0])}
    assert "ocr: --lr 0.01 (1 of 2)" in result.err
    assert "ocr: --lr 0.0001 (2 of 2)" in result.err


def test_a_row_is_what_train_comes_to(ocr, letters: Path, tmp_path: Path) -> None:
    common = [letters, "--epochs", 3, "--dropout", 0.2, "--augment", "--classes", "AX", "--validation", 0.25]
    compared = ocr("compare", *common, "--hidden", "9", "--hidden", "9,5", "--format", "json")
    trials = json.loads(compared.out)["trials"]
    assert [trial["value"] for trial in trials] == [[9], [9, 5]]
    for trial in trials:
        ocr("train", *common, "--hidden", ",".join(map(str, trial["value"])), "-o", tmp_path / "m.npz")
        provenance = load_model(tmp_path / "m.npz").provenance
        assert provenance["validation_score"] == trial["best"]["validation"]
        assert provenance["training_score"] == trial["best"]["training"]
        assert provenance["epoch"] == trial["best"]["number"]


@pytest.mark.parametrize(
    "arguments",
    [
        "--batch-size 8 --batch-size 20",
        "--epochs 1 --epochs 2",
        "--activation relu --activation tanh",
        "--init he --init zero",
        "--optimiser sgd --optimizer adam",
        "--reduction sum --reduction mean",
        "--schedule constant --schedule cosine",
        "--warmup 0 --warmup 0.5",
        "--dropout 0 --dropout 0.5",
        "--label-smoothing 0 --label-smoothing 0.1",
        "--weight-decay 0 --weight-decay 0.5",
        "--weight-average 0 --weight-average 0.9",
        "--features pixels --features gradient",
        "--seed 1 --seed 2",
    ],
)
def test_any_setting_can_be_compared(ocr, letters: Path, arguments: str) -> None:
    common = [letters, "--hidden", 4] + ([] if "--epochs" in arguments else ["--epochs", 1])
    data = json.loads(ocr("compare", *common, *arguments.split(), "--format", "json").out)
    assert "--" + data["setting"] == arguments.split()[0]
    first, second = (
        [(epoch["training"], epoch["validation"]) for epoch in trial["history"]] for trial in data["trials"]
    )
    assert first != second


def test_all_seeds_see_the_same_split(ocr, letters: Path, monkeypatch) -> None:
    from ocr_cli.training import recipe

    seen = []
    train_model = recipe.train_model

    def watch(training, held_out, **arguments):
        seen.append((arguments["settings"].seed, training, held_out))
        return train_model(training, held_out, **arguments)

    monkeypatch.setattr(recipe, "train_model", watch)
    assert ocr("compare", letters, "--epochs", 1, "--seed", 4, "--seed", 7).status == 0
    (one, *first), (other, *second) = seen
    assert (one, other) == (4, 7)
    assert first[0] is second[0]
    assert first[1] is second[1]


def test_without_held_out_samples_their_columns_are_empty(ocr, letters: Path) -> None:
    result = ocr("compare", letters, "--epochs", 1, "--validation", 0, "--seed", 1, "--seed", 2)
    assert [row[4:6] for row in rows(result.out)] == [["-", "-"], ["-", "-"]]


def test_a_training_that_breaks_down_has_a_row_that_says_so(ocr, letters: Path, tmp_path: Path) -> None:
    picture = tmp_path / "lr.png"
    result = ocr(
        "compare", letters, "--lr", 1e6, "--lr", 0.001, "--epochs", 3, *BREAKS_DOWN, "--plot", picture
    )
    assert result.status == 0
    broken, whole = result.out.splitlines()[1:]
    assert broken.startswith("1000000  training broke down in epoch 1: the loss is ")
    assert whole.startswith("0.001  ")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_if_all_break_down_it_has_failed(ocr, letters: Path, tmp_path: Path) -> None:
    result = ocr("compare", letters, "--lr", 1e6, "--lr", 1e7, *BREAKS_DOWN, "--plot", tmp_path / "lr.png")
    assert result.status == 1
    assert result.out.count("broke down") == 2
    assert not list(tmp_path.iterdir())


def test_ctrl_c_prints_what_is_finished(ocr, letters: Path, tmp_path: Path, monkeypatch) -> None:
    shown = Progress.on_epoch
    epochs = []

    def interrupt_in_the_second(self, epoch):
        shown(self, epoch)
        epochs.append(epoch)
        if len(epochs) == 3:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "on_epoch", interrupt_in_the_second)
    picture = tmp_path / "lr.png"
    result = ocr(
        "compare", letters, "--lr", 0.1, "--lr", 0.01, "--lr", 0.001, "--epochs", 2, "--plot", picture
    )
    assert result.status == 130
    assert [row[0] for row in rows(result.out)] == ["0.1"]
    assert result.err.splitlines()[-1] == "ocr: interrupted: 1 of 3 values are finished"
    assert picture.exists()


def test_ctrl_c_before_anything_is_finished(ocr, letters: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(Progress, "on_batch", lambda self, loss: signal.raise_signal(signal.SIGINT))
    result = ocr("compare", letters, "--lr", 0.1, "--lr", 0.01, "--plot", tmp_path / "lr.png")
    assert (result.status, result.out) == (130, "")
    assert result.err.splitlines()[-1] == "ocr: interrupted"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "exactly one setting several times"),
        (["--lr", "0.1"], "here none was"),
        (["--lr", "0.1", "--lr", "0.2", "--batch-size", "4", "--batch-size", "5"], "here --lr, --batch-size"),
        (["--lr", "0.1", "--lr", "0.10"], "--lr: each value must be another one"),
        (["--lr", "0.1", "--lr", "0"], "--lr"),
        (["--hidden", "5", "--hidden", "5,"], "not a list of unit counts"),
        (["--weight-decay", "1", "--weight-decay", "inf"], "Invalid value for '--weight-decay': 'inf'"),
    ],
)
def test_wrong_usage(ocr, letters: Path, arguments: list[str], message: str) -> None:
    result = ocr("compare", letters, *arguments)
    assert (result.status, result.out) == (2, "")
    assert result.err.endswith("(ocr compare --help explains)\n")
    assert message in result.err
    assert "epoch" not in result.err


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["none.npz"], 1, "none.npz: "),
        (["letters.npz", "--classes", "A"], 1, "nothing to tell apart"),
        (["letters.npz", "--plot", "no/such/lr.png"], 4, "cannot be written"),
        (["letters.npz", "--plot", "lr.doc"], 4, "a picture's name ends in"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    ocr, letters: Path, monkeypatch, arguments: list[str], status: int, message: str
) -> None:
    monkeypatch.chdir(letters.parent)
    result = ocr("compare", *arguments, "--seed", 1, "--seed", 2)
    assert (result.status, result.out) == (status, "")
    assert message in result.err.splitlines()[-1]
    assert "Traceback" not in result.err
