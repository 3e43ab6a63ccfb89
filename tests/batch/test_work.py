import io
import pickle
import signal
import time
from pathlib import Path

import pytest
from PIL import Image
from readers import NamingReader

from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import Failure, PageWorker, Task, decode_ahead
from ocr_cli.errors import ImageError, ModelFileError, PageTimeoutError
from ocr_cli.writers.formats import FORMATS
from ocr_cli.writers.provenance import Provenance


def worker(formats=(), **options):
    return PageWorker(NamingReader(), tuple(FORMATS[name] for name in formats), **options)


class TestFiles:
    def test_a_single_page_is_made_a_whole_file_of_each_format(self, picture):
        made = worker(formats=("text", "json"), whole_files=True)(Task(Source(picture("a.png"))))
        assert made.files["text"] == b"a1\n"
        assert made.files["json"].startswith(b"{")
        assert made.picture is None

    def test_a_page_of_several_is_not(self, picture):
        made = worker(formats=("text",), whole_files=True)(Task(Source(picture("a.tif", 2)), 2, 2, 2))
        assert (made.files, made.page.text, made.page.frame) == ({}, "a2", 2)

    def test_the_file_is_the_one_that_the_page_would_give_elsewhere(self, picture):
        provenance = Provenance("block", "en")
        names = tuple(FORMATS)
        made = worker(formats=names, whole_files=True, provenance=provenance)(Task(Source(picture("a.png"))))
        again = pickle.loads(pickle.dumps(made))
        assert set(made.files) == set(names)
        for name in ("hocr", "alto", "page"):
            writer = FORMATS[name].open(provenance)
            assert again.files[name] == writer.add(again.page) + writer.finish()

    def test_formats_that_need_the_picture_get_it_at_full_size(self, picture):
        made = worker(formats=("pdf",))(Task(Source(picture("a.png", size=(5000, 3)))))
        assert made.picture().size == (5000, 3)
        assert made.picture.content == Path(picture("a.png", size=(5000, 3))).read_bytes()
        assert worker(formats=("text",))(Task(Source(picture("a.png")))).picture is None

    def test_boxes(self, picture):
        made = worker(boxes="PNG")(Task(Source(picture("a.png", size=(60, 40)))))
        with Image.open(io.BytesIO(made.boxes)) as image:
            assert image.format == "PNG"


class TestAhead:
    LIMITS = {"max_pixels": 1000, "max_bytes": 1000}  # noqa: RUF012

    def test_a_picture_that_is_decoded_already_is_taken(self, picture, tmp_path):
        task = Task(Source(picture("a.png")))
        ahead = decode_ahead(task, **self.LIMITS)
        ahead[1].result()
        (tmp_path / "a.png").unlink()
        ready = worker(ahead=ahead)
        assert ready(task).page.text == "a1"
        assert isinstance(ready(Task(Source(str(tmp_path / "a.png")))).failure.error, ImageError)

    def test_what_is_wrong_with_it_is_the_pages_failure(self, picture):
        task = Task(Source(picture("a.png", size=(60, 40))))
        error = worker(ahead=decode_ahead(task, **self.LIMITS))(task).failure.error
        assert isinstance(error, ImageError)
        assert "1000 pixels" in str(error)


class TestFailures:
    def test_a_model_that_is_unfit_is_no_pages_failure(self, picture):
        class Unfit(NamingReader):
            def wait(self):
                raise ModelFileError("unfit")

        for name in ("a.png", "fault.png"):
            with pytest.raises(ModelFileError, match="unfit"):
                PageWorker(Unfit())(Task(Source(picture(name))))

    def test_a_bad_picture(self, tmp_path):
        path = tmp_path / "a.png"
        path.write_text("no picture")
        made = worker()(Task(Source(str(path))))
        assert made.page is None
        assert isinstance(made.failure.error, ImageError)
        assert made.failure.trace == ""

    def test_a_page_of_several_is_named(self, picture):
        made = worker()(Task(Source(picture("a.tif", 2)), 3, 3, 3))
        assert str(made.failure.error).endswith("a.tif, page 3: has no page 3")

    def test_a_fault_has_its_trace(self, picture):
        failure = worker()(Task(Source(picture("fault.png")))).failure
        assert (type(failure.error), str(failure.error)) == (LookupError, "a fault")
        assert "readers.py" in failure.trace

    def test_what_cannot_be_sent_is_told(self):
        class OddError(Exception):
            def __init__(self, one, two):
                super().__init__(f"{one} and {two}")

        failure = Failure.of(OddError(1, 2))
        assert str(failure.error) == "OddError: 1 and 2"
        assert pickle.loads(pickle.dumps(failure)).trace == failure.trace

    def test_limits(self, picture):
        task = Task(Source(picture("a.png")))
        assert "more than 20 pixels" in str(worker(max_pixels=20)(task).failure.error)
        assert "more than 20 bytes" in str(worker(max_bytes=20)(task).failure.error)

    @pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs timers")
    def test_a_page_that_takes_too_long_is_given_up(self, picture):
        limited, start = worker(seconds=0.05), time.monotonic()
        failure = limited(Task(Source(picture("slow_60.png")))).failure
        assert time.monotonic() - start < 30
        assert isinstance(failure.error, PageTimeoutError)
        assert str(failure.error).endswith("slow_60.png: given up after 0.05 seconds")
        assert limited(Task(Source(picture("a.png")))).failure is None
