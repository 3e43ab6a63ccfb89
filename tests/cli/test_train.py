from __future__ import annotations

import json
import os
import re
import signal
import sys
from pathlib import Path

import numpy as np
import pytest

from ocr_cli.cli.progress import Progress
from ocr_cli.datasets.synthetic import draw_dataset
from ocr_cli.network.model_file import load_model


def test_training_writes_a_model_and_says_so(ocr, letters: Path, tmp_path: Path) -> None:
    output = tmp_path / "mine.npz"
    result = ocr("train", letters, "--epochs", 20, "--output", output, "--seed", 3)
    assert result.status == 0
    model = load_model(output)
    assert model.classes == ("1", "A", "X")
    assert model.network.sizes == (1024, 64, 3)
    assert model.network.activation == "sigmoid"
    assert model.settings["features"]["kind"] == "pixels"
    assert model.provenance["training"]["seed"] == 3
    assert model.provenance["training"]["reduction"] == "sum"
    assert result.out.startswith(f"{output}: 3 classes, ")
    assert result.out.count("\n") == 1
    assert model.provenance["validation_score"]["accuracy"] > 0.8


def test_a_pipeline_gets_one_line_an_epoch_on_standard_error(ocr, letters: Path, tmp_path: Path) -> None:
    result = ocr("train", letters, "--epochs", 3, "-o", tmp_path / "m.npz")
    lines = result.err.splitlines()
    assert [line.split()[:2] for line in lines] == [["epoch", f"{n}/3"] for n in (1, 2, 3)]
    assert all("loss" in line and "accuracy" in line and line.endswith(" s left") for line in lines)
    assert "\r" not in result.err


def test_the_same_seed_gives_the_same_file(ocr, letters: Path, tmp_path: Path) -> None:
    files = []
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        ocr(
            "train",
            letters,
            "--epochs",
            2,
            "--dropout",
            0.2,
            "--augment",
            "--seed",
            seed,
            "-o",
            tmp_path / name,
        )
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
    assert files[0] != files[2]


def test_every_option_reaches_the_training(ocr, letters: Path, tmp_path: Path) -> None:
    output = tmp_path / "m.npz"
    arguments = (
        "--lr 0.002 --batch-size 7 --epochs 2 --hidden 9,5 --activation relu --init he --optimizer adam"
    )
    arguments += " --reduction mean --schedule cosine --warmup 0.5 --dropout 0.1 --label-smoothing 0.05"
    arguments += (
        " --weight-decay 0.01 --weight-average 0.9 --features gradient --classes AX --validation 0.25 --half"
    )
    result = ocr("train", letters, *arguments.split(), "-o", output)
    assert result.status == 0, result.err
    model = load_model(output)
    assert model.classes == ("A", "X")
    assert model.network.sizes[1:] == (9, 5, 2)
    assert model.settings["features"]["kind"] == "gradient"
    assert (model.provenance["samples"], model.provenance["validation_samples"]) == (30, 10)
    assert model.provenance["training"] == {
        "learning_rate": 0.002,
        "batch_size": 7,
        "epochs": 2,
        "optimiser": "adam",
        "reduction": "mean",
        "schedule": "cosine",
        "warmup_epochs": 0.5,
        "dropout": 0.1,
        "label_smoothing": 0.05,
        "weight_decay": 0.01,
        "weight_average": 0.9,
        "seed": 0,
    }
    with np.load(output) as archive:
        assert archive["weight_0"].dtype == np.float16


def test_without_data_the_synthetic_hand_is_learned(ocr, tmp_path: Path) -> None:
    result = ocr("train", "--classes", "OX", "--epochs", 12, "-o", tmp_path / "m.npz")
    assert result.status == 0
    assert result.err.startswith("ocr: no DATA given")
    model = load_model(tmp_path / "m.npz")
    assert model.classes == ("O", "X")
    assert model.provenance["validation_samples"] >= 40  # of writers that training has not seen
    assert model.provenance["validation_score"]["accuracy"] > 0.9


def test_no_held_out_samples(ocr, letters: Path, tmp_path: Path) -> None:
    result = ocr("train", letters, "--epochs", 2, "--validation", 0, "-o", tmp_path / "m.npz")
    assert result.status == 0
    assert "held out" not in result.err
    assert "of the training characters" in result.out
    assert load_model(tmp_path / "m.npz").provenance["validation_score"] is None


def test_several_sets_are_joined(ocr, letters: Path, tmp_path: Path) -> None:
    more = draw_dataset("B", writers=10, samples_per_class=1, seed=6)
    np.savez(tmp_path / "more.npz", images=more.images, labels=more.labels)
    assert ocr("train", letters, tmp_path / "more.npz", "--epochs", 1, "-o", tmp_path / "m.npz").status == 0
    assert load_model(tmp_path / "m.npz").classes == ("1", "A", "B", "X")


def test_the_curves_are_drawn(ocr, letters: Path, tmp_path: Path) -> None:
    plot = tmp_path / "curves.png"
    assert ocr("train", letters, "--epochs", 2, "-o", tmp_path / "m.npz", "--plot", plot).status == 0
    assert plot.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--output", "no/such/folder/m.npz"], 4, "cannot be written"),
        (["--output", "."], 4, "cannot be written"),
        (["--plot", "curves.doc"], 4, "a picture's name ends in"),
        (["--plot", "no/such/curves.png"], 4, "cannot be written"),
        (["--classes", "Q"], 1, "no samples"),
        (["--classes", "A"], 1, "nothing to tell apart"),
        (
            ["--lr", "1e6", "--activation", "relu", "--hidden", "8,8,8", "--init", "he"],
            1,
            "smaller than 1e+06",
        ),
    ],
)
def test_what_cannot_be_done_is_one_line(
    ocr, letters: Path, tmp_path: Path, monkeypatch, arguments: list[str], status: int, message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = ocr("train", letters, *arguments)
    assert result.status == status
    assert message in result.err
    assert result.out == ""
    assert result.err.splitlines()[-1].startswith("ocr: error: ")
    assert "Traceback" not in result.err
    assert not list(tmp_path.iterdir())


def test_output_is_checked_before_the_work(ocr, tmp_path: Path) -> None:
    result = ocr("train", "missing.npz", "-o", tmp_path / "no" / "m.npz")
    assert result.status == 4
    assert ocr("train", "missing.npz", "-o", tmp_path / "m.npz").status == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--lr", "0"],
        ["--lr", "nan"],
        ["--hidden", "64,"],
        ["--hidden", "0"],
        ["--epochs", "0"],
        ["--validation", "1"],
        ["--activation", "swish"],
    ],
)
def test_wrong_usage(ocr, letters: Path, tmp_path: Path, arguments: list[str]) -> None:
    result = ocr("train", letters, "-o", tmp_path / "m.npz", *arguments)
    assert result.status == 2
    assert result.err.endswith("(ocr train --help explains)\n")
    assert not list(tmp_path.iterdir())


def test_a_failed_training_leaves_the_old_model(ocr, letters: Path, tmp_path: Path) -> None:
    output = tmp_path / "m.npz"
    ocr("train", letters, "--epochs", 1, "-o", output)
    before = output.read_bytes()
    assert ocr("train", letters, "--lr", "1e30", "--activation", "relu", "-o", output).status == 1
    assert output.read_bytes() == before
    assert os.listdir(tmp_path) == ["m.npz"]


def test_ctrl_c_keeps_the_best_so_far_and_says_so(ocr, letters: Path, tmp_path: Path, monkeypatch) -> None:
    shown = Progress.on_epoch

    def interrupt_after_the_second(self, epoch):
        shown(self, epoch)
        if epoch.number == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Progress, "on_epoch", interrupt_after_the_second)
    result = ocr("train", letters, "-o", tmp_path / "m.npz")
    assert result.status == 130
    assert result.err.splitlines()[-1].startswith("ocr: interrupted after 2 epochs: the best so far, epoch ")
    assert load_model(tmp_path / "m.npz").provenance["epoch"] <= 2
    assert "after epoch" in result.out


def test_ctrl_c_in_the_first_epoch_writes_nothing(ocr, letters: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(Progress, "on_batch", lambda self, loss: signal.raise_signal(signal.SIGINT))
    result = ocr("train", letters, "-o", tmp_path / "m.npz")
    assert result.status == 130
    assert result.err == "ocr: interrupted\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_a_terminal_gets_a_bar(process, letters: Path, tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    arguments = ["train", letters, "--epochs", "3", "-o", tmp_path / "m.npz"]
    with process(*arguments, stderr=theirs, stdout=-1) as running:
        os.close(theirs)
        shown = b""
        try:
            while chunk := os.read(ours, 4096):
                shown += chunk
        except OSError:  # Linux ends a pseudo-terminal so.
            pass
        finally:
            os.close(ours)
        assert running.stdout.read().count(b"\n") == 1
    assert running.returncode == 0
    text = shown.decode()
    assert "\r" in text
    assert "[########]" in text
    assert "3/3  loss" in text
    assert "epoch 1/3" not in text
    assert max(len(line) for line in re.sub(r"\x1b\[\?25[hl]", "", text).split("\r")) < 80


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise")
def test_training_goes_on_when_nobody_reads_along(process, letters: Path, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    arguments = ["train", letters, "--epochs", "2", "-o", tmp_path / "m.npz"]
    with process(*arguments, stderr=writer, stdout=-1) as running:
        os.close(writer)
        assert b"3 classes" in running.stdout.read()
    assert running.returncode == 0


def test_help_names_every_default(ocr) -> None:
    text = " ".join(ocr("train", "--help").out.split())
    for option, default in (("--lr", "0.01"), ("--batch-size", "48"), ("--epochs", "40"), ("--hidden", "64")):
        assert f"[default: {default}" in text.split(option, 1)[1][:300]


def test_help_needs_no_numpy(process) -> None:
    import subprocess

    script = "import sys\nfrom ocr_cli.cli import main\ntry: main(['train', '--help'], prog_name='ocr')\n"
    script += "except SystemExit: pass\nsys.exit('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_the_model_does_not_tell_where_the_data_lay(ocr, letters: Path, tmp_path: Path) -> None:
    ocr("train", letters, "--epochs", 1, "-o", tmp_path / "m.npz")
    provenance = load_model(tmp_path / "m.npz").provenance
    assert provenance["data"] == "letters.npz"
    assert str(letters.parent) not in json.dumps(provenance)
