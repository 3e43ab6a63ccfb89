from __future__ import annotations

import dataclasses
from collections import Counter

import numpy as np
import pytest
from PIL import Image

from ocr_cli import Reader
from ocr_cli.datasets.loaders import load_dataset
from ocr_cli.errors import DataError, TranscriptError
from ocr_cli.learning.harvest import harvest, harvest_rows
from ocr_cli.learning.harvest_file import save_folders, save_harvest
from ocr_cli.learning.harvest_picture import draw_harvest


@pytest.fixture(scope="module")
def rows(block_reader, table):
    return block_reader.rows(table[0])


@pytest.fixture(scope="module")
def page(rows, table):
    return harvest_rows(rows, table[1], "table.jpg")


def test_every_letter_is_harvested_with_its_line_and_box(page, table):
    letters = "".join(c for c in table[1] if c.isalnum())
    assert "".join(one.label for one in page.samples) == letters
    assert page.doubtful == ()
    assert page.score > 0.9
    assert [line.row for line in page.lines] == [0, 1, 2, 3]
    assert [one.line for one in page.samples] == sorted(one.line for one in page.samples)
    read = [c for c in Reader("block").read(table[0]).characters if c.text.isalnum()]
    assert [one.box for one in page.samples] == [c.box for c in read]
    assert all(one.crop.shape == (32, 32) and one.crop.any() for one in page.samples)


def test_a_row_without_text_and_a_line_without_row_are_left_out(rows, table):
    first, second, third, last = table[1].splitlines()
    page = harvest_rows(rows, "\n".join([first, "QUITE ANOTHER", second, "", last]), "table.jpg")
    assert [line.row for line in page.lines] == [0, None, 1, 3]
    assert {one.line for one in page.samples} == {0, 2, 3}
    assert page.score < 0.9
    assert third not in [line.text for line in page.lines]


def test_a_letter_that_the_transcript_corrects_is_harvested_as_it_says(rows, table):
    """The K of KOWALSKI said to be an H: that is what learning is for."""
    page = harvest_rows(rows, table[1].replace("KOWALSKI", "HOWALSKI"), "table.jpg")
    labels = [one for one in page.samples if one.line == 0]
    assert "".join(one.label for one in labels) == "JHOWALSKI"
    assert labels[1].likelihood < 0.1 < 0.9 < labels[1].score


def test_a_letter_without_ink_is_doubtful(rows, table):
    page = harvest_rows(rows, table[1].replace("MILL", "MIXLL"), "table.jpg")
    assert [(one.text, one.line) for one in page.doubtful] == [("X", 1)]
    assert page.doubtful[0].score < 0.9
    assert len(page.samples) == len([c for c in table[1] if c.isalnum()])


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "THE QUICK BROWN FOX\nJUMPS OVER\nA LAZY DOG\nFIVE TIMES",
        lambda text: text[::-1],
        lambda text: text + text,
        lambda text: "\n".join(line + line for line in text.splitlines()),
        lambda text: "ЖЁЛТЫЙ\nЩИПЦЫ ЧИЖ\nЭЙЯФЬЯ\nЮЛИЙ ЦЫПЛЁ",  # noqa: RUF001
        lambda text: "手書き文字\n認識\n東京都\n千代田区",
        lambda text: "X",
    ],
    ids=[
        "another page's",
        "backwards",
        "twice as long",
        "each line twice",
        "Cyrillic",
        "Kanji",
        "one letter",
    ],
)
def test_a_wrong_transcript_is_refused_with_its_score(rows, table, change):
    with pytest.raises(
        TranscriptError, match=r"table\.jpg: the transcript is not this page's: .* score 0\.\d"
    ):
        harvest_rows(rows, change(table[1]), "table.jpg")


def test_an_empty_transcript_and_an_empty_page_are_refused(block_reader, table):
    from ocr_cli.learning.harvest import harvest

    with pytest.raises(TranscriptError, match="its transcript is empty"):
        harvest(block_reader, table[0], " \n", "table.jpg")
    with pytest.raises(TranscriptError, match=r"score 0\.00"):
        harvest(block_reader, np.full((80, 60), 255, np.uint8), "ABC", "blank")


def test_what_is_saved_is_data_to_train_on(page, tmp_path):
    path = tmp_path / "mine.npz"
    save_harvest(path, [page])
    loaded = load_dataset(path)
    assert "".join(loaded.labels) == "".join(one.label for one in page.samples)
    with np.load(path, allow_pickle=False) as file:
        assert file["page_names"].tolist() == ["table.jpg"]
        assert file["box"].shape == (len(page.samples), 4)
        assert file["page"].tolist() == [0] * len(page.samples)
        assert ((file["score"] >= 0.9) & (file["score"] <= 1)).all()
    # Crops of ours come through the crop function almost unchanged.
    difference = loaded.images.astype(int) - np.stack([one.crop for one in page.samples])
    assert np.abs(difference).mean() < 12


def test_nothing_harvested_writes_nothing(tmp_path):
    with pytest.raises(DataError, match="no characters harvested"):
        save_harvest(tmp_path / "none.npz", [])
    assert list(tmp_path.iterdir()) == []


def test_the_picture_has_a_tile_for_each_sample(page):
    picture = draw_harvest([page])
    assert picture.width == 20 * 68
    assert picture.height == 22 + 86 * -(-len(page.samples) // 20)
    assert np.asarray(picture).min() < 50
    # The page's name stands above them.
    assert np.asarray(picture)[:20].min() < 50


def test_the_picture_names_all_pages_and_long_names_by_their_ends(page):
    pages = [dataclasses.replace(page, page=f"{'folder/' * 40}{number}.jpg") for number in range(3)]
    picture = draw_harvest(pages)
    assert picture.height == 4 * 18 + 4 + 86 * -(-3 * len(page.samples) // 20)
    assert draw_harvest([pages[0], dataclasses.replace(pages[1], samples=())]).height < picture.height


def test_each_class_has_a_folder_that_can_be_trained_on(page, tmp_path):
    small = dataclasses.replace(page.samples[0], label="a")
    sign = dataclasses.replace(page.samples[1], label="/")
    pages = [page, dataclasses.replace(page, page="other/table.jpg", samples=(small, sign))]
    save_folders(tmp_path / "classes", pages)
    save_folders(tmp_path / "classes", pages)
    samples = load_dataset(tmp_path / "classes")
    assert Counter(samples.labels.tolist()) == Counter([one.label for one in page.samples] + ["a", "/"])
    folders = {path.name for path in (tmp_path / "classes").iterdir()}
    assert {"A", "K", "0x61", "0x2f"} <= folders
    assert len({name.lower() for name in folders}) == len(folders)
    assert (tmp_path / "classes" / "0x61" / "table-2-1-1.png").exists()
    with Image.open(next((tmp_path / "classes" / "K").iterdir())) as tile:
        assert (tile.size, tile.mode) == ((32, 32), "L")


def test_samples_of_some_lines_become_a_data_set(page):
    assert len(page.dataset()) == len(page.samples)
    assert "".join(page.dataset([0]).labels) == "JKOWALSKI"
    with pytest.raises(DataError, match="no characters harvested"):
        page.dataset([])


def test_a_text_that_no_page_can_hold_is_refused_at_once():
    with pytest.raises(TranscriptError, match="a transcript of 60,000 characters is no page's"):
        harvest(None, "page.png", "AB\n" * 20_000, "page.png")
