import io
import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from ocr_cli import Page, ReadOptions
from ocr_cli.cli import main
from ocr_cli.cli.read import read
from ocr_cli.imaging.formats import SPOKEN
from ocr_cli.model_store import shipped_languages


@pytest.fixture(autouse=True)
def _fake(fake_reader):
    pass


def content(path):
    return path.read_bytes()


def test_one_thread_multiplies_unless_the_user_says_otherwise(ocr, picture, monkeypatch):
    monkeypatch.setattr(os, "environ", {**os.environ, "OMP_NUM_THREADS": "3"})
    os.environ.pop("OPENBLAS_NUM_THREADS", None)
    assert ocr("read", picture("a.png")).status == 0
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
    assert os.environ["OMP_NUM_THREADS"] == "3"


class TestInput:
    def test_a_file(self, ocr, picture):
        assert ocr("read", picture("a.png")) == (0, "AB 1\n", "")

    def test_pages_are_named_and_the_model_is_loaded_once(self, ocr, picture, fake_reader):
        a, b = picture("a.png"), picture("b.png")
        result = ocr("read", a, b, "--model", "mine.npz")
        assert result == (0, f"==> {a} <==\nAB 1\n\n==> {b} <==\nAB 1\n", "")
        assert fake_reader.models == ["mine.npz"]

    def test_the_turn_is_handed_on(self, ocr, picture, fake_reader):
        for rotate in ([], ["--rotate", "auto"], ["--rotate", "270"]):
            assert ocr("read", picture("a.png"), *rotate).status == 0
        assert [one.rotation for one in fake_reader.options] == ["auto", "auto", 270]
        assert ocr("read", picture("a.png"), "--rotate", "45").status == 2

    @pytest.mark.parametrize(
        ("said", "layout"),
        [
            ((), "page"),
            (("--layout", "word"), "word"),
            (("--psm", "3"), "page"),
            (("--psm", "6"), "block"),
            (("--psm", "13"), "line"),
            (("--psm", "8"), "word"),
            (("--layout", "10"), "character"),
        ],
    )
    def test_the_layout_is_handed_on_also_by_tesseracts_number(self, ocr, picture, fake_reader, said, layout):
        assert ocr("read", picture("a.png"), *said).status == 0
        assert fake_reader.options[-1].layout == layout

    @pytest.mark.parametrize("number", ["0", "2", "5", "9", "12", "paragraph"])
    def test_a_layout_that_is_none_is_refused_with_those_there_are(self, ocr, picture, number):
        status, out, err = ocr("read", picture("a.png"), "--psm", number)
        assert (status, out) == (2, "")
        assert err.count("\n") == 1
        assert "line (7, 13)" in err
        assert ("--rotate" in err) is (number == "5")

    def test_regions_are_handed_on(self, ocr, picture, fake_reader):
        said = ["--region", "0,0,50%,100%", "--region", "3,4,5,6"]
        assert ocr("read", picture("a.png"), *said).status == 0
        assert fake_reader.options[-1].regions == ("0,0,50%,100%", "3,4,5,6")
        status, _, err = ocr("read", picture("a.png"), "--region", "1,2,3")
        assert (status, err.count("\n")) == (2, 1)

    def test_a_region_outside_of_a_picture_costs_that_picture_alone(self, ocr, picture, monkeypatch):
        monkeypatch.delitem(sys.modules, "ocr_cli.reader", raising=False)
        status, out, err = ocr("read", picture("a.png"), "--region", "9000,0,9001,5")
        assert (status, out) == (1, "")
        assert "a.png: the region 9000,0,9001,5 lies outside of the picture" in err

    def test_print_is_read_unless_it_shall_be_ignored(self, ocr, picture, fake_reader):
        for options in ([], ["--ignore-print"]):
            assert ocr("read", picture("a.png"), *options).status == 0
        assert [one.ignore_print for one in fake_reader.options] == [False, True]

    def test_what_the_reader_is_to_know(self, ocr, picture, fake_reader):
        ocr("read", picture("a.png"))
        assert ocr("read", picture("a.png"), "--language", "none").status == 0
        options = ("--lexicon", "words.txt", "--lexicon-only", "--language", "fr")
        assert ocr("read", picture("a.png"), *options).status == 0
        assert fake_reader.options == [
            ReadOptions(),
            ReadOptions(language=None),
            ReadOptions(language="fr", lexicon="words.txt", lexicon_only=True),
        ]

    def test_what_may_be_printed(self, ocr, picture, fake_reader):
        options = ("--whitelist", "AB", "--blacklist", "C", "--unknown", "", "--min-confidence", "0.5")
        patterns = ("--pattern", "AA-999", "--pattern", "[0-9]{5}")
        assert ocr("read", picture("a.png"), *options, *patterns, "--case", "lower").status == 0
        assert fake_reader.options == [
            ReadOptions(
                whitelist="AB",
                blacklist="C",
                unknown="",
                min_confidence=0.5,
                patterns=("AA-999", "[0-9]{5}"),
                case="lower",
            )
        ]

    @pytest.mark.parametrize(
        "options",
        [
            ("--unknown", "??"),
            ("--min-confidence", "2"),
            ("--case", "title"),
        ],
    )
    def test_what_may_not_be_printed(self, ocr, picture, fake_reader, options):
        status, out, err = ocr("read", picture("a.png"), *options)
        assert (status, out) == (2, "")
        assert err
        assert fake_reader.models == []

    def test_words_of_no_list_and_no_language(self, ocr, picture, fake_reader):
        assert ocr("read", picture("a.png"), "--lexicon-only").status == 2
        assert ocr("read", picture("a.png"), "--language", "xx").status == 2
        assert fake_reader.models == []

    def test_a_folder_by_name(self, ocr, picture, tmp_path):
        for name in ("b.png", "a.jpg", ".hidden.png"):
            picture(name)
        (tmp_path / "a.gt.txt").write_text("AB 1")
        status, out, _ = ocr("read", tmp_path, "--format", "json")
        assert status == 0
        sources = [json.loads(line)["source"] for line in out.splitlines()]
        assert sources == [str(tmp_path / "a.jpg"), str(tmp_path / "b.png")]

    @pytest.mark.parametrize("arguments", [[], ["-"]])
    def test_standard_input(self, ocr, picture, arguments):
        stdin = content(picture("a.png"))
        assert ocr("read", *arguments, stdin=stdin) == (0, "AB 1\n", "")

    def test_standard_input_among_files(self, ocr, picture):
        path = picture("a.png")
        _, out, _ = ocr("read", path, "-", "-f", "json", stdin=content(path))
        assert [json.loads(line)["source"] for line in out.splitlines()] == [str(path), "<stdin>"]

    def test_nothing_given_at_a_terminal(self, ocr):
        status, out, err = ocr("read")
        assert (status, out) == (2, "")
        assert "Give an IMAGE, or pipe one in (" in err

    def test_closed_standard_input(self, monkeypatch):
        monkeypatch.setattr("sys.stdin", None)
        with pytest.raises(SystemExit) as ended:
            main(["read"], prog_name="ocr")
        assert ended.value.code == 2


class TestFormats:
    def test_json_lines(self, ocr, picture):
        a, blank = picture("a.png"), picture("blank.png", ink=None)
        status, out, err = ocr("read", a, blank, "--format", "json")
        first, second = (Page.from_dict(json.loads(line)) for line in out.splitlines())
        assert status == 0
        assert (first.text, first.source, first.width, first.height) == ("AB 1", str(a), 60, 40)
        assert (second.text, second.source) == ("", str(blank))
        assert err == f"ocr: {blank}: no writing found\n"

    @pytest.mark.parametrize("paper", [255, 0])
    def test_a_blank_page_prints_nothing_and_is_no_failure(self, ocr, picture, paper):
        path = picture("blank.png", ink=None, paper=paper)
        assert ocr("read", path) == (0, "", f"ocr: {path}: no writing found\n")

    def test_no_blank_line_for_a_blank_page(self, ocr, picture):
        pictures = picture("0.png", ink=None), picture("a.png"), picture("b.png")
        assert ocr("read", *pictures, "--no-filenames")[:2] == (0, "AB 1\n\nAB 1\n")

    def test_form_feeds_end_all_pages(self, ocr, picture):
        pictures = picture("0.png", ink=None), picture("a.png")
        assert ocr("read", *pictures, "--no-filenames", "--form-feeds").out == "\fAB 1\n\f"

    def test_names_stand_in_no_file(self, ocr, picture, tmp_path):
        assert ocr("read", picture("a.png"), picture("b.png"), "-o", tmp_path / "all.txt").status == 0
        assert (tmp_path / "all.txt").read_text() == "AB 1\n\nAB 1\n"

    @pytest.mark.parametrize(("confidence", "said"), [(0.9, ""), (0.8, "20 %")])
    def test_a_page_that_is_read_unsurely_is_said_to_be_once(
        self, ocr, picture, monkeypatch, confidence, said
    ):
        monkeypatch.setenv("FAKE_CONFIDENCE", str(confidence))
        path = picture("a.png")
        status, out, err = ocr("read", path)
        assert (status, out) == (0, "AB 1\n")
        line = f"ocr: {path}: read unsurely: about {said} of the characters may be wrong\n"
        assert err == (line if said else "")


class TestBoxes:
    def test_one_page(self, ocr, picture, tmp_path):
        result = ocr("read", picture("a.png"), "--boxes", tmp_path / "boxes.png")
        assert result == (0, "AB 1\n", "")
        with Image.open(tmp_path / "boxes.png") as image:
            assert len(image.convert("RGB").getcolors(1 << 20)) > 4

    def test_standard_input(self, ocr, picture, tmp_path):
        stdin = content(picture("a.png"))
        assert ocr("read", "--boxes", tmp_path / "boxes.jpg", stdin=stdin).status == 0
        assert (tmp_path / "boxes.jpg").read_bytes().startswith(b"\xff\xd8")

    def test_several_pages_are_numbered_as_given(self, ocr, picture, tmp_path):
        (tmp_path / "out").mkdir()
        bad = tmp_path / "bad.png"
        bad.touch()
        pictures = picture("a.png"), bad, picture("blank.png", ink=None)
        assert ocr("read", *pictures, "--boxes", tmp_path / "out" / "boxes.png").status == 1
        assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["boxes-1.png", "boxes-3.png"]

    def test_the_picture_itself_is_not_overwritten(self, ocr, picture, tmp_path, monkeypatch):
        path = picture("a.png")
        before = content(path)
        monkeypatch.chdir(tmp_path)
        status, out, err = ocr("read", path, "--boxes", "a.png")
        assert (status, out) == (2, "")
        assert "would be overwritten" in err
        assert content(path) == before

    @pytest.mark.parametrize(
        ("name", "why"),
        [
            ("missing/boxes.png", "cannot be written: No such file or directory"),
            ("folder.png", "cannot be written: Is a directory"),
            ("boxes.txt", "the name must end in one of"),
        ],
    )
    def test_unwritable_boxes_are_found_before_anything_is_read(
        self, ocr, picture, tmp_path, fake_reader, name, why
    ):
        (tmp_path / "folder.png").mkdir()
        status, out, err = ocr("read", picture("a.png"), "--boxes", tmp_path / name)
        assert (status, out) == (4, "")
        assert one_line(err).startswith(f"ocr: error: {tmp_path / name}: {why}")
        assert fake_reader.models == []

    def test_boxes_without_a_name(self, ocr, picture):
        status, out, err = ocr("read", picture("a.png"), picture("b.png"), "--boxes", "")
        assert (status, out) == (4, "")
        assert "must end in one of" in one_line(err)


class TestDebugDir:
    def test_the_folder_is_made_and_the_stages_are_numbered(self, ocr, picture, tmp_path):
        folder = tmp_path / "a" / "b"
        assert ocr("read", picture("page.png"), "--debug-dir", folder) == (0, "AB 1\n", "")
        assert [p.name for p in folder.iterdir()] == ["page-01-grey.png"]
        with Image.open(folder / "page-01-grey.png") as image:
            assert image.format == "PNG"

    def test_pages_of_one_name_do_not_overwrite_each_other(self, ocr, picture, tmp_path):
        pictures = [picture("a.png"), picture("a.jpg"), "-"]
        stdin = content(pictures[0])
        assert ocr("read", *pictures, "--debug-dir", tmp_path / "out", stdin=stdin).status == 0
        found = sorted(p.name for p in (tmp_path / "out").iterdir())
        assert found == ["1-a-01-grey.png", "2-a-01-grey.png", "3-stdin-01-grey.png"]

    @pytest.mark.parametrize("name", ["file", "file/inside", ""])
    def test_a_folder_that_cannot_be_made_is_found_before_anything_is_read(
        self, ocr, picture, tmp_path, fake_reader, name
    ):
        (tmp_path / "file").touch()
        folder = tmp_path / name if name else ""
        status, out, err = ocr("read", picture("a.png"), "--debug-dir", folder)
        assert (status, out) == (4, "")
        assert "cannot be written" in one_line(err)
        assert fake_reader.models == []

    def test_a_picture_that_cannot_be_replaced_is_found_before_anything_is_read(
        self, ocr, picture, tmp_path, fake_reader
    ):
        (tmp_path / "out" / "a-01-grey.png").mkdir(parents=True)
        status, out, err = ocr("read", picture("a.png"), "--debug-dir", tmp_path / "out")
        assert (status, out) == (4, "")
        assert "Is a directory" in one_line(err)
        assert fake_reader.models == []

    def test_pictures_to_read_are_not_overwritten(self, ocr, picture, tmp_path):
        pictures = [picture("a.png"), picture("1-a-01-grey.png")]
        before = content(pictures[1])
        status, out, err = ocr("read", *pictures, "--debug-dir", tmp_path)
        assert (status, out) == (2, "")
        assert "would be overwritten" in err
        assert content(pictures[1]) == before


def one_line(err):
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert "Traceback" not in err
    return err


class TestBadInput:
    def refusal(self, ocr, *arguments, stdin=None):
        status, out, err = ocr("read", *arguments, stdin=stdin)
        assert (status, out) == (1, "")
        return one_line(err)

    def test_a_missing_file(self, ocr):
        assert (
            self.refusal(ocr, "missing.png")
            == "ocr: error: missing.png: no such file (see whether the name is right)\n"
        )

    def test_a_folder_without_pictures(self, ocr, tmp_path, fake_reader):
        expected = f"ocr: error: {tmp_path}: there is no picture in this folder (its folders: --recursive)\n"
        assert self.refusal(ocr, tmp_path) == expected
        assert fake_reader.models == []

    def test_an_empty_file(self, ocr, tmp_path):
        (tmp_path / "a.png").touch()
        assert (
            self.refusal(ocr, tmp_path / "a.png")
            == f"ocr: error: {tmp_path / 'a.png'}: is empty (save, copy or scan it anew)\n"
        )

    def test_empty_standard_input(self, ocr):
        assert self.refusal(ocr, stdin=b"") == "ocr: error: <stdin>: is empty (save, copy or scan it anew)\n"

    def test_a_truncated_jpeg(self, ocr, tmp_path):
        file = io.BytesIO()
        noise = np.random.default_rng(0).integers(0, 256, (200, 200), dtype=np.uint8)
        Image.fromarray(noise).save(file, "JPEG")
        path = tmp_path / "cut.jpg"
        path.write_bytes(file.getvalue()[:5000])
        assert self.refusal(ocr, path).startswith(f"ocr: error: {path}: is damaged")

    def test_a_text_file_called_jpg(self, ocr, tmp_path):
        path = tmp_path / "notes.jpg"
        path.write_text("bread, milk, eggs")
        expected = f"ocr: error: {path}: is not a picture in a known format ({SPOKEN} are)\n"
        assert self.refusal(ocr, path) == expected

    def test_a_decompression_bomb(self, ocr, tmp_path):
        path = tmp_path / "bomb.pgm"
        path.write_bytes(b"P5 100000 100000 255 \0")
        assert "refused, more than 200000000 pixels" in self.refusal(ocr, path)

    def test_a_line_break_in_a_name(self, ocr):
        assert (
            self.refusal(ocr, "a\nb.png")
            == "ocr: error: a\\nb.png: no such file (see whether the name is right)\n"
        )

    def test_the_others_are_read(self, ocr, picture, tmp_path):
        (tmp_path / "empty").mkdir()
        status, out, err = ocr("read", "missing.png", picture("a.png"), tmp_path / "empty", picture("b.png"))
        assert (status, out.count("AB 1\n")) == (1, 2)
        assert err.count("ocr: error: ") == err.count("\n") == 2

    def test_a_missing_model(self, ocr, picture):
        status, out, err = ocr("read", picture("a.png"), "--model", "missing")
        assert (status, out) == (3, "")
        assert (
            one_line(err)
            == "ocr: error: missing: no such model file (ocr models lists those that are found)\n"
        )


class TestOddPicturesThatAreRead:
    def test_one_pixel(self, ocr, picture):
        path = picture("a.png", size=(1, 1), ink=None)
        assert ocr("read", path) == (0, "", f"ocr: {path}: no writing found\n")

    def test_16_bit_png(self, ocr, tmp_path):
        samples = np.full((40, 60), 65535, np.uint16)
        samples[5:10, 5:30] = 0
        Image.fromarray(samples).save(tmp_path / "a.png")
        assert ocr("read", tmp_path / "a.png") == (0, "AB 1\n", "")

    def test_cmyk_jpeg(self, ocr, picture):
        path = picture("a.jpg", mode="CMYK", paper=(0, 0, 0, 0), ink=(0, 0, 0, 255))
        assert ocr("read", path) == (0, "AB 1\n", "")

    def test_palette_with_transparency(self, ocr, picture):
        path = picture("a.png", mode="P", paper=0, ink=1, transparency=0)
        assert ocr("read", path) == (0, "AB 1\n", "")

    def test_animated_gif_is_read_by_its_first_frame(self, ocr, picture):
        blank = Image.new("L", (60, 40), 255)
        path = picture("a.gif", save_all=True, append_images=[blank])
        assert ocr("read", path) == (0, "AB 1\n", "")
        path = picture("b.gif", ink=None, save_all=True, append_images=[Image.open(picture("c.png"))])
        assert ocr("read", path)[:2] == (0, "")


class TestFaults:
    def test_a_fault_is_one_line_and_costs_one_page(self, ocr, picture):
        status, out, err = ocr("read", picture("fault.png"), picture("a.png"), "--no-filenames")
        assert (status, out) == (1, "AB 1\n")
        assert "fault.png" in err
        assert "RuntimeError: a fault\\nin the reader" in err
        assert "OCR_DEBUG=1" in err
        assert one_line(err)

    def test_its_traceback_is_there_for_the_asking(self, ocr, picture, monkeypatch):
        monkeypatch.setenv("OCR_DEBUG", "1")
        assert "Traceback" in ocr("read", picture("fault.png")).err

    def test_too_little_memory(self, ocr, picture):
        path = picture("memory.png")
        status, out, err = ocr("read", path)
        assert (status, out) == (1, "")
        assert one_line(err).startswith(f"ocr: error: {path}: out of memory (")

    def test_interrupted(self, ocr, picture):
        pictures = picture("a.png"), picture("interrupt.png"), picture("b.png")
        result = ocr("read", *pictures, "--no-filenames")
        assert result == (130, "AB 1\n", "ocr: interrupted\n")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX pipes and signals")
class TestProcess:
    def test_a_closed_pipe_ends_quietly(self, process, picture):
        path = picture("a.png")
        with process(
            "read", "--no-filenames", *[path] * 50, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as ocr:
            assert ocr.stdout.readline() == b"AB 1\n"
            ocr.stdout.close()
            assert ocr.stderr.read() == b""
            assert ocr.wait() == 4

    def test_pages_come_one_by_one(self, process, picture, tmp_path):
        os.mkfifo(tmp_path / "later.png")
        paths = picture("a.png"), tmp_path / "later.png"
        with process("read", "--no-filenames", *paths, stdout=subprocess.PIPE) as ocr:
            assert ocr.stdout.readline() == b"AB 1\n"  # The second picture has not been written yet.
            (tmp_path / "later.png").write_bytes(content(paths[0]))
            assert ocr.stdout.read() == b"\nAB 1\n"

    @pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
    def test_a_full_disk(self, process, picture):
        with (
            open("/dev/full", "w") as full,
            process("read", picture("a.png"), stdout=full, stderr=subprocess.PIPE) as ocr,
        ):
            expected = b"ocr: error: standard output: cannot be written: No space left on device ("
            assert ocr.stderr.read().startswith(expected)
            assert ocr.wait() == 4

    def test_control_c(self, process, tmp_path):
        os.mkfifo(tmp_path / "never.png")
        with process("read", tmp_path / "never.png", stderr=subprocess.PIPE) as ocr:
            with open(tmp_path / "never.png", "wb"):  # Opens once the other side is reading.
                ocr.send_signal(signal.SIGINT)
                assert ocr.stderr.read() == b"ocr: interrupted\n"
            assert ocr.wait() == 130


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("eng", "en"),
        ("deu", "de"),
        ("ger", "de"),
        ("EN", "en"),
        ("fra", "fr"),
        ("any", "any"),
        ("fra+DE+fr", "fr+de"),
    ],
)
def test_codes_of_languages(ocr, picture, fake_reader, said, language):
    assert ocr("read", picture("a.png"), "-l", said).status == 0
    assert fake_reader.options[-1].language == language


@pytest.mark.parametrize("said", ["de+any", "fr+none", "de+", "+", "de+xx"])
def test_several_languages_are_languages_that_ship(ocr, picture, fake_reader, said):
    result = ocr("read", picture("a.png"), "-l", said)
    assert result.status == 2
    assert "--language" in result.err


@pytest.mark.parametrize("accents", ["keep", "drop"])
def test_accents_are_kept_or_dropped(ocr, picture, fake_reader, accents):
    assert ocr("read", picture("a.png"), "--accents", accents).status == 0
    assert fake_reader.options[-1].accents == accents


def test_every_language_that_ships_can_be_chosen():
    (option,) = (option for option in read.params if option.name == "language")
    assert set(option.type.choices) == {*shipped_languages(), "none"}
