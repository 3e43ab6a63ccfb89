from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from ocr_cli.learning import adapt as adapt_module
from ocr_cli.network.model_file import load_model
from ocr_cli.training import loop
from ocr_cli.training.loop import Training

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture
def page(tmp_path: Path, monkeypatch) -> Path:
    """A sample and its text; learning is short: how well is tested elsewhere."""
    from dataclasses import replace

    shutil.copy(SAMPLES / "table.jpg", tmp_path / "page.jpg")
    shutil.copy(SAMPLES / "table.gt.txt", tmp_path / "page.gt.txt")
    monkeypatch.setattr(adapt_module, "SETTINGS", replace(adapt_module.SETTINGS, epochs=2, batch_size=32))
    monkeypatch.setattr(adapt_module, "BATCHES", 3)
    monkeypatch.setattr(adapt_module, "_WRITERS", 2)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "page.jpg"


def test_a_page_teaches_a_model_that_reads(ocr, page: Path) -> None:
    text = (SAMPLES / "table.gt.txt").read_text().replace("K", "H")
    # The model has no letters with accents: they teach it what they are without.
    (page.parent / "page.gt.txt").write_text(text.replace("E", "É").replace("U", "Ü"), encoding="utf-8")
    result = ocr("learn", page, "-o", "me.npz")
    assert result.status == 0
    first, last = result.out.splitlines()
    assert first.startswith(f"{page}: 44 characters, alignment score")
    assert last.startswith("me.npz: learned from 44 characters; of ")
    assert "epoch 2/2  loss " in result.err
    assert "ocr: learning all lines now, those held back as well, for " in result.err
    model = load_model("me.npz")
    assert model.provenance["init_from"]["name"] == "block.npz"
    assert "".join(model.classes).isascii()
    assert str(page.parent) not in str(model.provenance)
    assert ocr("read", page, "--model", "./me.npz").status == 0


def test_quiet_says_nothing_but_the_result(ocr, page: Path) -> None:
    result = ocr("learn", page, "--quiet")
    assert (result.status, result.err) == (0, "")
    assert Path("me.npz").exists()


def test_where_nothing_is_learned_the_old_model_is_written_and_it_is_said(
    ocr, page: Path, monkeypatch
) -> None:
    monkeypatch.setattr(adapt_module, "_better", lambda after, before: False)
    result = ocr("learn", page)
    assert result.status == 0
    assert "me.npz: nothing learned, this is block as it was: " in result.out
    old, new = load_model(SAMPLES.parent / "models" / "block.npz"), load_model("me.npz")
    assert all((a == b).all() for a, b in zip(old.network.parameters, new.network.parameters, strict=True))


def test_ctrl_c_while_all_lines_are_learned_keeps_what_the_others_taught(
    ocr, page: Path, monkeypatch
) -> None:
    fits: list[Training] = []

    def fit(*arguments: Any, **observers: Any) -> Training:
        if fits:
            observers["on_epoch"] = lambda epoch: signal.raise_signal(signal.SIGINT)
        fits.append(loop.fit(*arguments, **observers))
        return fits[-1]

    monkeypatch.setattr(adapt_module, "fit", fit)
    monkeypatch.setattr(adapt_module, "_better", lambda after, before: True)
    result = ocr("learn", page)
    assert result.status == 130
    assert "ocr: interrupted after 2 epochs" in result.err
    best, written = fits[0].best.parameters, load_model("me.npz").network.parameters
    assert all((a == b).all() for a, b in zip(best, written, strict=True))


@pytest.mark.parametrize("text", ["", "QUITE ANOTHER\nPAGE THAN THIS", "ЖЁЛТЫЙ\nЩИПЦЫ ЧИЖ"])
def test_a_wrong_transcript_teaches_nothing(ocr, page: Path, text: str) -> None:
    Path("page.gt.txt").write_text(text)
    Path("me.npz").write_bytes(b"what was there")
    result = ocr("learn", page, "-o", "me.npz")
    assert result.status == 1
    assert result.out == ""
    assert len(result.err.splitlines()) == 1
    assert "transcript" in result.err
    assert Path("me.npz").read_bytes() == b"what was there"


def test_too_little_is_said_and_no_model_written(ocr, page: Path) -> None:
    Path("page.gt.txt").write_text("J. KOWALSKI")
    result = ocr("learn", page)
    assert result.status == 1
    assert "9 characters harvested: too few to learn from, 12 are needed" in result.err
    assert not Path("me.npz").exists()


def test_trouble_with_the_model_or_the_result_is_found_first(ocr, page: Path) -> None:
    assert ocr("learn", page, "--model", "missing").status == 3
    assert ocr("learn", page, "-o", "nowhere/me.npz").status == 4
