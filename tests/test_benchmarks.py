"""The benchmarks run by hand; what they compare must still be the same work."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
from PIL import Image


@pytest.fixture(scope="module")
def contenders() -> ModuleType:
    return importlib.import_module("contenders")


@pytest.fixture(scope="module")
def reading() -> ModuleType:
    return importlib.import_module("reading_speed")


def task(contenders: ModuleType, activation: str, optimiser: str):
    """Three clouds of points that any network tells apart."""
    labels = np.random.default_rng(0).permutation(np.arange(240) % 3)
    features = 0.3 * np.random.default_rng(1).standard_normal((240, 5), np.float32)
    features[np.arange(240), labels] += 1
    return contenders.Task(features, labels, (8,), activation, optimiser, batch_size=24, epochs=60)


@pytest.mark.parametrize(("activation", "optimiser"), [("sigmoid", "sgd"), ("relu", "adam")])
def test_ours_learns(contenders: ModuleType, activation: str, optimiser: str) -> None:
    assert contenders.ours(task(contenders, activation, optimiser))() < 0.35 < np.log(3)


def test_operations_and_steps_are_counted(contenders: ModuleType) -> None:
    small = task(contenders, "relu", "adam")
    assert small.sizes == (5, 8, 3)
    assert small.steps == 600
    forward, weight_gradients, input_gradient = 5 * 8 + 8 * 3, 5 * 8 + 8 * 3, 8 * 3
    assert small.operations == 2 * 60 * 240 * (forward + weight_gradients + input_gradient)


def test_jobs_take_turns_and_the_first_turn_does_not_count(contenders: ModuleType) -> None:
    turns: list[str] = []
    times = contenders.measure({name: lambda name=name: turns.append(name) for name in "ab"}, 3)
    assert turns == list("abababab")
    assert set(times) == {"a", "b"}
    assert times["a"].wall >= 0


def test_the_products_alone_can_be_done(contenders: ModuleType) -> None:
    contenders.matrix_products([4, 3, 2], 5)()


def python(reading: ModuleType, script: str):
    return reading.Contender((sys.executable, "-c", script, "PAGE"), {"GREETING": "hello"})


def test_a_process_is_given_the_page_and_its_use_is_measured(reading: ModuleType, tmp_path: Path) -> None:
    out = tmp_path / "out"
    script = f"import os, sys; open({str(out)!r}, 'w').write(os.environ['GREETING'] + sys.argv[1])"
    use = reading.measure(python(reading, script), "page.jpg")
    assert out.read_text() == "hellopage.jpg"
    assert use.wall > 0
    assert use.cpu > 0
    assert 1 < use.memory < 2000


def test_a_process_that_fails_is_not_measured(reading: ModuleType) -> None:
    with pytest.raises(RuntimeError, match="exit status 3"):
        reading.measure(python(reading, "raise SystemExit(3)"), "page.jpg")


def test_each_measure_has_its_own_median_and_ratio(reading: ModuleType) -> None:
    uses = [reading.Use(1, 9, 30), reading.Use(2, 7, 10), reading.Use(3, 8, 20)]
    assert reading.median(uses) == reading.Use(2, 8, 20)
    assert reading.ratio(reading.Use(2, 8, 20), reading.Use(4, 2, 20)) == reading.Use(0.5, 4, 1)


def test_contenders_take_turns(reading: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = []

    def fake(contender: str, page: str):
        turns.append(contender + page)
        return reading.Use(1, 1, 1)

    monkeypatch.setattr(reading, "measure", fake)
    assert set(reading.in_turn({"a": "A", "b": "B"}, "1", 2)) == {"a", "b"}
    assert turns == ["A1", "B1", "A1", "B1"]


def test_without_tesseract_ocr_runs_alone(reading: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading.shutil, "which", lambda name: None)
    assert list(reading.contenders("block")) == ["ocr"]


def test_a_folder_is_read_by_one_process_that_notes_its_memory(reading: ModuleType, tmp_path: Path) -> None:
    page = tmp_path / "page.jpg"
    page.write_bytes(reading.draw_page(1, 400, 300))
    noted = reading.read_in_one_process([str(page)] * 3, "block", (2, 50))
    assert [count for count, _, _ in noted] == [2, 3]
    assert 0 < noted[0][1] < noted[1][1]
    assert 0 < noted[0][2] <= noted[1][2]


def test_pictures_are_found_in_folders(reading: ModuleType, tmp_path: Path) -> None:
    for name in ("b.jpg", "a.PNG", "a.gt.txt"):
        (tmp_path / name).touch()
    single = tmp_path / "b.jpg"
    assert [path.name for path in reading.pictures([tmp_path, single])] == ["a.PNG", "b.jpg", "b.jpg"]


class TestBatch:
    @pytest.fixture
    def batch(self) -> ModuleType:
        return importlib.import_module("batch_speed")

    def test_pictures_are_repeated(self, batch: ModuleType, tmp_path: Path) -> None:
        pictures = [tmp_path / "a.png", tmp_path / "b.jpg"]
        (tmp_path / "many").mkdir()
        batch.repeat(pictures, 3, tmp_path / "many")
        links = sorted((tmp_path / "many").iterdir())
        assert [link.name for link in links] == ["000000.png", "000001.jpg", "000002.png"]
        assert links[2].readlink() == pictures[0]

    def test_growth_is_a_share_of_what_it_was_after_the_first_pages(self, batch: ModuleType) -> None:
        assert batch.Run(1, 1, 1, settled=100, final=110).growth == pytest.approx(0.1)

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
    def test_processes_are_looked_at(self, batch: ModuleType) -> None:
        own = os.getpid()
        assert 10 < batch.peak_memory([own, 0])[own] < 100_000
        assert batch.processor_time(own) > 0
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
            assert child.pid in batch.children(own)
            child.communicate(b"\n")
        assert batch.processor_time(0) == 0

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs Linux's /proc")
    def test_processes_of_all_threads_are_found(self, batch: ModuleType) -> None:
        with ThreadPoolExecutor(1) as thread:
            command = [sys.executable, "-c", "input()"]
            with thread.submit(subprocess.Popen, command, stdin=subprocess.PIPE).result() as child:
                assert child.pid in batch.children(os.getpid())
                child.communicate(b"\n")


def test_what_sets_rows_apart_is_found_and_both_kinds_weigh_the_same() -> None:
    writing = importlib.import_module("writing")
    rng = np.random.default_rng(0)
    written = np.arange(400) < 350
    features = rng.standard_normal((400, 2)) * (1, 5)
    features[:, 0] += np.where(written, 3, 0)
    weights, constant = writing.fit(features, written)
    odds = features @ weights + constant
    assert weights[0] > 1 > 0.3 > abs(weights[1])
    assert abs((odds[written] < 0).mean() - (odds[~written] > 0).mean()) < 0.06


def test_rows_are_found_on_what_is_written() -> None:
    writing = importlib.import_module("writing")
    ((features, written),) = writing.examine(("word", "4", 1), "block")
    assert written
    assert len(features) == len(writing.NAMES)
    assert writing.examine(("blank 300", "plain", 1), "block") == []


def test_rows_are_writing_if_the_transcript_has_them() -> None:
    writing = importlib.import_module("writing")
    text = "HELLO WORLD\n1984"
    assert writing.is_in("hElL0", text)
    assert writing.is_in("l9B4", text)
    assert writing.is_in("NAME", text) is False
    assert writing.is_in("L", text) is None


def test_no_picture_is_judged_by_itself() -> None:
    writing = importlib.import_module("writing")
    rng = np.random.default_rng(0)
    features, written = rng.standard_normal((60, 2)), np.arange(60) % 2 == 0
    pictures = np.arange(60) // 2
    odds = writing.cross_validated(features, written, pictures)
    changed = written.copy()
    changed[:2] = ~changed[:2]
    assert writing.cross_validated(features, changed, pictures)[:2] == pytest.approx(odds[:2])


def test_a_slanted_page_is_narrower_and_its_far_side_lower() -> None:
    robustness = importlib.import_module("robustness")
    picture = Image.new("L", (300, 200), 255).convert("RGB")
    picture.paste((0, 0, 0), (0, 20, 300, 24))
    picture.paste((0, 0, 0), (0, 176, 300, 180))
    slanted = robustness.slanted(picture, 25)
    assert 240 < slanted.width < 290
    dark = np.asarray(slanted.convert("L")) < 128
    near, far = (np.ptp(np.flatnonzero(dark[:, column])) for column in (5, slanted.width - 6))
    assert abs(near - far) > 20
    assert robustness.slanted(picture, 0).size == picture.size


def test_red_and_green_are_as_bright_as_each_other() -> None:
    robustness = importlib.import_module("robustness")
    picture = Image.fromarray(np.linspace(0, 255, 100).astype(np.uint8)[None].repeat(50, axis=0)).convert(
        "RGB"
    )
    coloured = robustness.red_on_green(picture)
    assert np.ptp(np.asarray(coloured.convert("L"), int)) <= 6
    assert np.ptp(np.asarray(coloured)[..., 0].astype(int)) > 100
