"""``ocr read`` on many pictures: lists and trees in, files out, several processes, and troubles."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from PIL import Image

from ocr_cli.cli import main
from ocr_cli.imaging import load
from ocr_cli.writers.formats import FORMATS

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals")


@pytest.fixture(autouse=True)
def _fake(fake_reader):
    pass


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


@pytest.fixture
def document(tmp_path, picture):
    """A TIFF of three pages, the second blank."""
    pages = [Image.open(picture("1.png")), Image.new("L", (60, 40), 255), Image.open(picture("3.png"))]
    path = tmp_path / "scan.tif"
    pages[0].save(path, save_all=True, append_images=pages[1:])
    return path


class TestPages:
    def test_all_of_a_document(self, ocr, document):
        status, out, err = ocr("read", document, "-f", "json")
        assert (status, err) == (0, f"ocr: {document}, page 2: no writing found\n")
        pages = [json.loads(line) for line in out.splitlines()]
        assert [(page["frame"], page["text"]) for page in pages] == [(1, "AB 1"), (2, ""), (3, "AB 1")]
        assert {page["source"] for page in pages} == {str(document)}

    def test_some_of_them(self, ocr, document):
        _, out, _ = ocr("read", document, "-f", "json", "--page", "2-")
        assert [json.loads(line)["frame"] for line in out.splitlines()] == [2, 3]

    def test_of_standard_input(self, ocr, document):
        _, out, _ = ocr("read", "-f", "json", "--page", "3", stdin=document.read_bytes())
        assert [json.loads(line)["frame"] for line in out.splitlines()] == [3]

    def test_none_of_them(self, ocr, document, picture):
        status, out, err = ocr("read", document, picture("a.png"), "--page", "4")
        assert (status, out) == (1, "")
        assert err.count("none of those asked for (4)") == err.count("\n") == 2

    @pytest.mark.parametrize("pages", ["0", "x", "3-2", ""])
    def test_that_make_no_sense(self, ocr, document, pages):
        assert ocr("read", document, "--page", pages).status == 2

    def test_boxes_are_numbered_by_page(self, ocr, document, out):
        out.mkdir()
        assert ocr("read", document, "--boxes", out / "b.png").status == 0
        assert names(out) == ["b-1.png", "b-2.png", "b-3.png"]

    def test_a_missing_extra(self, ocr, tmp_path, picture, monkeypatch):
        monkeypatch.setitem(sys.modules, "pypdfium2", None)
        (tmp_path / "a.pdf").write_bytes(b"%PDF-1.4")
        status, out, err = ocr("read", tmp_path / "a.pdf", picture("b.png"), "--no-filenames")
        assert (status, out) == (5, "AB 1\n")
        assert "pip install 'ocr_cli[pdf]'" in err
        assert err.count("\n") == 1


class TestLimits:
    def test_they_can_be_changed(self, ocr, picture):
        path = picture("a.png")  # 60 x 40 pixels.
        assert ocr("read", path, "--max-pixels", "2.4k").status == 0
        for limit, of in (("--max-pixels", "2399"), ("--max-bytes", "20")):
            status, _, err = ocr("read", path, limit, of)
            assert status == 1
            assert f"refused, more than {of} " in err

    def test_on_standard_input(self, ocr, picture):
        result = ocr("read", "--max-bytes", "20", stdin=picture("a.png").read_bytes())
        assert result == (
            1,
            "",
            "ocr: error: <stdin>: refused, more than 20 bytes "
            "(if you trust it, allow more with --max-bytes)\n",
        )

    @pytest.mark.parametrize("limit", ["0", "-1", "many", "5T", "1e9", "0.1"])
    def test_that_make_no_sense(self, ocr, picture, limit):
        assert ocr("read", picture("a.png"), "--max-pixels", limit).status == 2

    def test_help_states_those_that_hold_in_python_too(self, ocr):
        text = " ".join(ocr("read", "--help").out.split())
        assert "[default: 200M]" in text
        assert "[default: 1G]" in text
        assert (load.MAX_PIXELS, load.MAX_BYTES) == (200_000_000, 1_000_000_000)


class TestLists:
    def test_of_files(self, ocr, picture, tmp_path):
        (tmp_path / "list").write_text(f"{picture('a b.png')}\n\n{tmp_path / 'folder'}\n")
        (tmp_path / "folder").mkdir()
        picture("folder/c.png")
        result = ocr("read", "--files-from", tmp_path / "list", "-f", "json")
        assert [json.loads(line)["source"] for line in result.out.splitlines()] == [
            str(tmp_path / "a b.png"),
            str(tmp_path / "folder" / "c.png"),
        ]

    def test_on_standard_input(self, ocr, picture):
        paths = f"{picture('a.png')}\0{picture('b.png')}\0".encode()
        said = ("read", "--files-from", "-", "-0", "--no-filenames")
        assert ocr(*said, stdin=paths) == (0, "AB 1\n\nAB 1\n", "")
        assert ocr(*said[:-1], stdin=paths).out.count("==> ") == 2

    def test_an_empty_list_is_no_error(self, ocr, fake_reader):
        assert ocr("read", "--files-from", "-", stdin=b"\n") == (0, "", "")
        assert fake_reader.models == []

    @pytest.mark.parametrize(
        "arguments",
        [["--files-from", "missing"], ["-", "--files-from", "-"], ["a.png", "--null"]],
    )
    def test_wrong_usage(self, ocr, arguments):
        status, out, err = ocr("read", *arguments, stdin=b"")
        assert out == ""
        assert status in (1, 2)
        assert err.count("\n") == 1

    def test_a_dash_in_a_list_is_a_file(self, ocr):
        status, _, err = ocr("read", "--files-from", "-", stdin=b"-\n")
        assert (status, err) == (
            1,
            "ocr: error: -: no such file (see whether the name is right)\n",
        )


class TestFiles:
    def test_one_for_each_picture_and_format(self, ocr, picture, out):
        result = ocr(
            "read", picture("a.png"), picture("b.jpg"), "-f", "hocr", "-f", "text", "--output-dir", out
        )
        assert result == (0, "", "")
        assert names(out) == ["a.hocr", "a.txt", "b.hocr", "b.txt"]
        assert (out / "a.txt").read_text() == "AB 1\n"

    def test_folders_are_mirrored(self, ocr, picture, tmp_path, out):
        for name in ("in/a.png", "in/x/a.png", "in/x/y/b.png"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            picture(name)
        assert ocr("read", tmp_path / "in", "-r", "--output-dir", out).status == 0
        assert names(out) == ["a.txt", "x/a.txt", "x/y/b.txt"]

    def test_results_in_the_folder_itself_are_not_read(self, ocr, picture, tmp_path, out):
        picture("a.png")
        out.mkdir()
        picture("out/b.png")
        assert ocr("read", tmp_path, "-r", "--output-dir", out).status == 0
        assert names(out) == ["a.txt", "b.png"]

    def test_a_document_has_one(self, ocr, document, out):
        assert ocr("read", document, "--output-dir", out).status == 0
        assert (out / "scan.txt").read_text() == "AB 1\n\nAB 1\n"

    def test_a_document_has_a_file_for_each_page_in_formats_that_hold_one(self, ocr, document, out):
        formats = ("-f", "alto", "-f", "page", "--output-dir", out)
        assert ocr("read", document, *formats).status == 0
        assert names(out) == ["scan-1.page.xml", "scan-2.page.xml", "scan-3.page.xml", "scan.alto.xml"]
        assert (out / "scan.alto.xml").read_text().count("<Page ") == 3
        before = (out / "scan-3.page.xml").stat().st_mtime_ns
        assert ocr("read", document, *formats, "--skip-existing").status == 0
        assert (out / "scan-3.page.xml").stat().st_mtime_ns == before
        assert ocr("read", document, *formats, "--page", "1").status == 0
        assert "scan.page.xml" in names(out)

    def test_one_file_of_all_has_one_for_each_page_in_such_formats(self, ocr, document, picture, out):
        out.mkdir()
        into = ("-f", "page", "-f", "text", "-o", out / "all")
        assert ocr("read", picture("a.png"), document, *into).status == 0
        assert names(out) == [
            "all-1.page.xml",
            "all-2.page.xml",
            "all-3.page.xml",
            "all-4.page.xml",
            "all.txt",
        ]
        assert "is there already" in ocr("read", document, *into, "--skip-existing").err

    def test_standard_output_takes_one_page_of_such_formats(self, ocr, document):
        status, out, err = ocr("read", document, "-f", "page")
        assert (status, out) == (1, "")
        assert "a file of the format page holds one page only" in err

    def test_names_that_clash_are_found_before_anything_is_read(self, ocr, picture, out, fake_reader):
        pictures = picture("a.png"), picture("a.jpg")
        status, _, err = ocr("read", *pictures, "--output-dir", out)
        assert status == 2
        assert f"{pictures[0]} and {pictures[1]} would both be written to" in err
        assert fake_reader.models == []
        assert ocr("read", *pictures, "--output-dir", out, "--suffix", ".{ending}").status == 0
        assert names(out) == ["a.jpg.txt", "a.png.txt"]

    def test_in_a_list_they_cost_the_second(self, ocr, picture, out):
        listed = f"{picture('a.png')}\n{picture('a.jpg')}\n{picture('b.png')}\n".encode()
        status, _, err = ocr("read", "--files-from", "-", "--output-dir", out, stdin=listed)
        assert status == 2
        assert err.count("\n") == 1
        assert names(out) == ["a.txt", "b.txt"]

    def test_what_is_there_can_be_skipped(self, ocr, picture, out, fake_reader):
        out.mkdir()
        (out / "a.txt").write_text("old")
        arguments = ["read", picture("a.png"), picture("b.png"), "--output-dir", out, "--skip-existing"]
        assert ocr(*arguments) == (0, "", "")
        assert (out / "a.txt").read_text() == "old"
        assert (out / "b.txt").read_text() == "AB 1\n"
        assert ocr(*arguments) == (0, "", "")
        assert len(fake_reader.models) == 1

    def test_a_bad_picture_has_none(self, ocr, picture, tmp_path, out):
        (tmp_path / "bad.png").write_text("no picture")
        assert ocr("read", tmp_path / "bad.png", picture("a.png"), "--output-dir", out).status == 1
        assert names(out) == ["a.txt"]

    @pytest.mark.parametrize("name", ["file", "file/inside"])
    def test_a_folder_that_cannot_be_is_found_before_anything_is_read(
        self, ocr, picture, tmp_path, fake_reader, name
    ):
        (tmp_path / "file").touch()
        status, _, err = ocr("read", picture("a.png"), "--output-dir", tmp_path / name)
        assert (status, err.count("\n")) == (4, 1)
        assert fake_reader.models == []

    def test_a_full_disk_ends_the_run(self, ocr, picture, out, monkeypatch):
        def full(descriptor):
            if len(names(out)) == 2:  # The first file is in its place, the second is being written.
                raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        pictures = [picture(f"{name}.png") for name in "abc"]
        status, _, err = ocr("read", *pictures, "--output-dir", out)
        assert (status, err) == (
            4,
            f"ocr: error: {out / 'b.txt'}: cannot be written: No space left on device "
            "(write elsewhere, or make room)\n",
        )
        assert names(out) == ["a.txt"]


@pytest.fixture
def scan(tmp_path, picture):
    """A PDF file of two pages; its name."""
    pytest.importorskip("pikepdf")
    pytest.importorskip("pypdfium2")
    pages = [Image.open(picture(f"{number}.png", size=(60, 40))).convert("RGB") for number in "12"]
    path = tmp_path / "scan.pdf"
    pages[0].save(path, save_all=True, append_images=pages[1:], title="Kept", resolution=72)
    return path


class TestPdf:
    @pytest.mark.parametrize("pages", [[], ["--page", "2"]])
    def test_a_document_that_is_read_is_kept(self, ocr, scan, out, pages):
        out.mkdir()
        for said in (["--output-dir", out, "-f", "pdf"], ["-o", out / "one.pdf"]):
            assert ocr("read", scan, *said, *pages)[::2] == (0, "")
        assert "/Title" in (out / "one.pdf").read_bytes().decode("latin-1")
        assert (out / "scan.pdf").stat().st_size < 1.1 * scan.stat().st_size + 10_000
        import pikepdf

        for name in ("scan.pdf", "one.pdf"):
            with pikepdf.open(out / name) as pdf:
                assert str(pdf.docinfo["/Title"]) == "Kept"
                assert len(pdf.pages) == 2
                assert ["/OcrText" in page.Resources.get("/Font", {}) for page in pdf.pages] == [
                    not pages,
                    True,
                ]

    def test_from_standard_input_to_standard_output(self, process, scan):
        with process("read", "-f", "pdf", stdin=subprocess.PIPE, stdout=subprocess.PIPE) as ocr:
            content, _ = ocr.communicate(scan.read_bytes())
        assert b"/OcrText" in content

    def test_with_other_pictures_its_pages_are_drawn(self, ocr, scan, picture, out):
        out.mkdir()
        assert ocr("read", picture("a.png"), scan, "-o", out / "all.pdf").status == 0
        assert (out / "all.pdf").read_bytes().count(b"/MediaBox [0 0 60 40") == 3


class TestOneFile:
    def test_for_all_pages(self, ocr, picture, tmp_path):
        path = tmp_path / "all.txt"
        assert ocr("read", picture("a.png"), picture("b.png"), "-o", path) == (0, "", "")
        assert path.read_text() == "AB 1\n\nAB 1\n"

    def test_its_ending_says_the_format(self, ocr, picture, out):
        out.mkdir()
        for ending in (".tsv", ".alto.xml", ".CSV", ".jsonl", ""):
            assert ocr("read", picture("a.png"), "-o", out / f"a{ending}").status == 0
        assert (out / "a.tsv").read_text().startswith("level\t")
        assert b"<alto" in (out / "a.alto.xml").read_bytes()
        assert (out / "a").read_text() == "AB 1\n"
        assert (out / "a.CSV").read_text().startswith("source,page,")
        assert (out / "a.jsonl").read_text().startswith("{")

    @pytest.mark.parametrize("name", ["a.docx", "a.xyz", "a.xml", "a.txt.gz"])
    def test_an_ending_of_no_format_is_wrong_usage(self, ocr, picture, out, name):
        out.mkdir()
        status, printed, err = ocr("read", picture("a.png"), "-o", out / name)
        assert (status, printed, err.count("\n")) == (2, "", 1)
        assert "--format says one" in err
        assert names(out) == []
        assert ocr("read", picture("a.png"), "-o", out / name, "-f", "csv").status == 0
        assert (out / name).read_text().startswith("source,page,")

    def test_of_several_formats(self, ocr, picture, out):
        out.mkdir()
        assert ocr("read", picture("a.png"), "-f", "text", "-f", "json", "-o", out / "a.json").status == 0
        assert names(out) == ["a.json", "a.txt"]

    def test_pictures_are_encoded_once_wherever_the_file_is_put_together(self, ocr, picture, tmp_path, out):
        paths = picture("a.png"), picture("b.png")
        assert ocr("read", *paths, "-o", tmp_path / "all.pdf").status == 0
        assert ocr("read", *paths, "-f", "pdf", "--output-dir", out).status == 0
        alone = (out / "a.pdf").read_bytes().split(b"stream\n")[1]
        assert alone[:20] in paths[0].read_bytes()
        assert alone in (tmp_path / "all.pdf").read_bytes()

    def test_a_dash_is_standard_output(self, ocr, picture):
        assert ocr("read", picture("a.png"), "-o", "-") == (0, "AB 1\n", "")

    def test_it_is_not_made_when_nothing_was_read(self, ocr, tmp_path, out):
        out.mkdir()
        assert ocr("read", tmp_path / "missing.png", "-o", out / "a.txt").status == 1
        assert names(out) == []

    def test_it_can_be_skipped(self, ocr, picture, tmp_path, fake_reader):
        (tmp_path / "a.txt").touch()
        result = ocr("read", picture("a.png"), "-o", tmp_path / "a.txt", "--skip-existing")
        assert result == (0, "", f"ocr: {tmp_path / 'a.txt'}: is there already\n")
        assert fake_reader.models == []

    @pytest.mark.parametrize("name", FORMATS)
    def test_every_format(self, ocr, picture, tmp_path, name):
        assert ocr("read", picture("a.png"), "-f", name, "-o", tmp_path / "result").status == 0
        assert (tmp_path / "result").stat().st_size > 4

    @pytest.mark.parametrize(
        "arguments",
        [
            ["-f", "text", "-f", "json"],
            ["-o", "a", "--output-dir", "b"],
            ["--suffix", "x"],
            ["--skip-existing"],
            ["-o", "-", "--skip-existing"],
        ],
    )
    def test_wrong_usage(self, ocr, picture, arguments):
        status, out, err = ocr("read", picture("a.png"), *arguments)
        assert (status, out) == (2, "")
        assert err.count("\n") == 1

    def test_binary_formats_are_not_for_terminals(self, picture, monkeypatch, capsys):
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        with pytest.raises(SystemExit) as ended:
            main(["read", str(picture("a.png")), "-f", "pdf"], prog_name="ocr")
        assert ended.value.code == 2
        assert "nothing for a terminal" in capsys.readouterr().err


def test_a_long_batch_ends_with_a_list_of_what_failed(ocr, picture):
    pictures = [picture("a.png")] * 9
    assert ocr("read", *pictures, picture("b.png"))[::2] == (0, "")
    status, _, err = ocr("read", *pictures, "missing.png", "gone.png")
    assert status == 1
    assert err.splitlines()[-1] == "ocr: error: 2 of 11 pages could not be read: missing.png, gone.png"


class TestJobs:
    @pytest.mark.parametrize("jobs", ["-1", "many", "1.5", ""])
    def test_that_make_no_sense(self, ocr, picture, jobs):
        assert ocr("read", picture("a.png"), "--jobs", jobs).status == 2

    def test_one_page_needs_no_process(self, ocr, picture):
        assert ocr("read", picture("interrupt.png"), "--jobs", "auto").status == 130

    @posix
    def test_a_process_that_dies_costs_its_page(self, process, picture, tmp_path, out):
        paths = [picture(f"{name}.png") for name in ("a", "kill", "b")] + [tmp_path / "missing.png"]
        command = ["read", *paths, "--output-dir", out, "-f", "text", "-f", "hocr", "--jobs", "2"]
        with process(*command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ocr:
            printed, said = ocr.communicate(timeout=60)
        assert (ocr.returncode, printed) == (1, "")
        assert said.splitlines() == [
            f"ocr: error: {paths[1]}: the process that read it died; perhaps there was too little memory "
            "(fewer --jobs need less memory)",
            f"ocr: error: {paths[3]}: no such file (see whether the name is right)",
        ]
        assert names(out) == ["a.hocr", "a.txt", "b.hocr", "b.txt"]

    @posix
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_what_was_finished_is_whole_after_a_signal(self, process, picture, out, number):
        paths = [picture(f"{name}.png") for name in ("a", "slow", "b")]
        command = ["read", *paths, "--output-dir", out, "--jobs", "2"]
        # A terminal sends Ctrl-C to the processes of a group, all of them.
        with process(*command, stderr=subprocess.PIPE, text=True, start_new_session=True) as ocr:
            deadline = time.monotonic() + 60
            while not (out / "a.txt").exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            os.killpg(ocr.pid, number) if number == signal.SIGINT else os.kill(ocr.pid, number)
            try:
                _, said = ocr.communicate(timeout=60)
            except subprocess.TimeoutExpired:
                # Or this test would wait for it for ever.
                ocr.kill()
                raise
        expected = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "terminated")}[number]
        assert (ocr.returncode, said) == (expected[0], f"ocr: {expected[1]}\n")
        assert names(out) == ["a.txt"]
        assert (out / "a.txt").read_text() == "AB 1\n"


class TestTimeout:
    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
    def test_a_page_is_given_up(self, ocr, picture):
        status, out, err = ocr(
            "read", picture("slow.png"), picture("a.png"), "--timeout", "0.1", "--no-filenames"
        )
        assert (status, out) == (1, "AB 1\n")
        assert err.endswith("slow.png: given up after 0.1 seconds (allow more with --timeout)\n")

    def test_not_elsewhere(self, ocr, picture):
        assert ocr("read", picture("a.png"), "--timeout", "5", "--scheduler", "tcp://127.0.0.1:1").status == 2


def test_a_scheduler_needs_its_extra(ocr, picture, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    status, out, err = ocr("read", picture("a.png"), "--scheduler", "tcp://127.0.0.1:1")
    assert (status, out) == (5, "")
    assert "pip install 'ocr_cli[dask]'" in err
