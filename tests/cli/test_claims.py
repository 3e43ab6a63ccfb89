"""No command replaces what it reads: nothing is written, and the exit status is that of wrong usage."""

import shutil
from pathlib import Path

import numpy as np
import pytest

SAMPLES = Path(__file__).parents[2] / "samples"
BLOCK = SAMPLES.parent / "models" / "block.npz"


@pytest.fixture
def folder(tmp_path, monkeypatch, picture):
    """A folder with a file of each kind that commands read."""
    monkeypatch.chdir(tmp_path)
    for name in ("a.png", "b.png"):
        picture(name)
    for name in ("a.gt.txt", "b.gt.txt"):
        Path(name).write_text("AB 1\n")
    Path("words.txt").write_text("AB\n")
    Path("list.txt").write_text("a.png\n")
    shutil.copy(BLOCK, "m.npz")
    np.savez("d.npz", images=np.zeros((4, 32, 32), np.uint8), labels=np.array(list("ABAB")))
    Path("pages.csv").write_text("file,text\na.png,AB\nb.png,\n")
    (tmp_path / "letters" / "A").mkdir(parents=True)
    shutil.copy("a.png", "letters/A/1.png")
    Path("link.png").symlink_to("a.png")
    Path("settings.toml").write_text("")
    return tmp_path


def everything(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.mark.parametrize(
    "command",
    [
        "read a.png -o a.png -f text",
        "read a.png -o link.png -f text",
        "read link.png -o a.png -f text",
        "read . -o b.png -f text",
        "read a.png --boxes link.png",
        "read a.png -m ./m.npz -o m.npz -f text",
        "read a.png -m ./m.npz --boxes out.png -o ./m.npz -f text",
        "read a.png --lexicon words.txt -o words.txt",
        "read --files-from list.txt -o list.txt",
        "read --files-from list.txt -o a.png -f text",
        "read a.png --output-dir . --suffix .gt",
        "read a.png -o a.gt.txt",
        "read a.png -f pdf -o out.pdf --boxes out.pdf",
        "--config settings.toml read a.png -o settings.toml -f text",
        "train d.npz -o d.npz",
        "train d.npz --plot d.npz",
        "train d.npz -o m.npz --plot m.npz",
        "train d.npz --init-from ./m.npz -o m.npz",
        "train letters -o letters/A/1.png",
        "train --pages . -o a.png",
        "train --pages . -o a.gt.txt",
        "train --pages pages.csv -o pages.csv",
        "train --pages pages.csv -o b.png",
        "train --pages . --self-train --lexicon words.txt -o words.txt",
        "harvest a.png -o a.png",
        "harvest a.png -o a.gt.txt",
        "harvest a.png --text words.txt -o words.txt",
        "harvest . -o b.gt.txt",
        "harvest a.png -m ./m.npz -o m.npz",
        "harvest a.png -o new.png --picture new.png",
        "harvest a.png --picture link.png",
        "learn a.png -o a.png",
        "learn a.png --text words.txt -o words.txt",
        "evaluate d.npz --confusion d.npz",
        "evaluate d.npz --model ./m.npz --reliability m.npz",
        "evaluate d.npz --confusion c.png --reliability c.png",
        "evaluate --pages . --worst a.png",
        "evaluate --pages a.png --lexicon words.txt --worst words.txt",
        "compare d.npz --lr 0.1 --lr 0.01 --plot d.npz",
        "inspect ./m.npz --weights m.npz",
    ],
)
def test_no_command_replaces_what_it_reads(ocr, fake_reader, folder, command):
    before = everything(folder)
    status, out, err = ocr(*command.split())
    assert (status, out) == (2, "")
    assert err.startswith("ocr: error: ")
    assert err.count("\n") == 1
    assert any(
        said in err for said in ("would be overwritten", "would both be", "is there already", "--suffix")
    )
    assert everything(folder) == before


def test_the_model_that_ships_is_not_replaced(ocr, fake_reader, folder, monkeypatch):
    monkeypatch.setattr("ocr_cli.model_store.shipped_models", lambda: {"block": folder / "m.npz"})
    for command in (
        "read a.png -o m.npz -f text",
        "learn a.png -o m.npz",
        "train d.npz --init-from block -o m.npz",
    ):
        status, _, err = ocr(*command.split())
        assert status == 2
        assert "would be overwritten" in err


def test_a_picture_that_another_ones_result_would_replace(ocr, fake_reader, folder, picture):
    shutil.copy("a.png", "b.pdf")
    before = Path("b.pdf").read_bytes()
    status, _, err = ocr("read", "b.png", "b.pdf", "-f", "pdf", "--output-dir", ".")
    assert status == 2
    assert "b.pdf" in err
    assert Path("b.pdf").read_bytes() == before


def test_stages_replace_no_picture_and_no_other_result(ocr, fake_reader, folder, picture):
    picture("a-01-grey.png")
    for arguments in (
        ("a.png", "a-01-grey.png", "--debug-dir", "."),
        ("a.png", "--debug-dir", "stages", "--boxes", "stages/a-02-ink.png"),
    ):
        (folder / "stages").mkdir(exist_ok=True)
        status, _, err = ocr("read", *arguments)
        # Of two pages, the stages have numbers in front.
        assert status == (2 if "stages" in arguments else 0), err


def test_transcripts_are_made_once_and_kept(ocr, fake_reader, folder):
    Path("a.gt.txt").unlink()
    status, _, err = ocr("read", "a.png", "b.png", "--output-dir", ".", "--suffix", ".gt")
    assert status == 2
    assert "b.gt.txt: is a transcript that is there already" in err
    assert not Path("a.gt.txt").exists()
    done = ocr("read", "a.png", "b.png", "--output-dir", ".", "--suffix", ".gt", "--skip-existing")
    assert done.status == 0
    assert Path("a.gt.txt").read_text() == "AB 1\n"


def test_a_list_that_names_its_result_ends_before_anything_is_replaced(ocr, fake_reader, folder):
    Path("list.txt").write_text("a.png\nb.png\n")
    before = everything(folder)
    assert ocr("read", "--files-from", "list.txt", "-o", "b.png", "-f", "text").status == 2
    assert everything(folder) == before


def test_nothing_is_made_before_the_check(ocr, fake_reader, folder):
    made = ("--output-dir", "new", "--debug-dir", "stages")
    assert ocr("read", "a.png", *made, "--boxes", "link.png").status == 2
    assert not (folder / "stages").exists()
    assert not (folder / "new").exists()


def test_learning_more_replaces_the_model_that_is_named_twice(ocr, folder, monkeypatch):
    """Only so far as the check goes: what is learned is tested elsewhere."""
    status, _, err = ocr("learn", "a.png", "--model", "./m.npz", "-o", "m.npz")
    assert status == 1
    assert "would be overwritten" not in err
