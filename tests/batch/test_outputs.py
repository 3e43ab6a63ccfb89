import pytest

from ocr_cli.batch.outputs import OneForAll, OneForEach
from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import Failure, Outcome, Task
from ocr_cli.errors import ImageError, NameClashError, OutputError
from ocr_cli.writers.formats import FORMATS
from ocr_cli.writers.provenance import Provenance

TEXT, TSV, ALTO = FORMATS["text"], FORMATS["tsv"], FORMATS["alto"]
FAILED = Outcome(failure=Failure(ImageError("a.png: is damaged")))


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def tasks(name, pages, folder=""):
    return [Task(Source(name, folder), place, place, pages) for place in range(1, pages + 1)]


class TestOneForEach:
    @pytest.fixture
    def each(self, tmp_path):
        def make(*formats, suffix=""):
            return OneForEach(formats, str(tmp_path), suffix, Provenance())

        return make

    def test_finished_files_are_put_in_their_place(self, each, tmp_path):
        with each(TEXT, TSV) as outputs:
            outputs.add(Task(Source("x/a.png", "sub/y")), Outcome(files={"text": b"A\n", "tsv": b"B"}))
        assert names(tmp_path) == ["sub/y/a.tsv", "sub/y/a.txt"]
        assert (tmp_path / "sub/y/a.txt").read_bytes() == b"A\n"

    def test_pages_of_a_document_go_into_one_file(self, each, tmp_path, make_page):
        with each(TEXT, suffix=".{ending}.ocr") as outputs:
            first, second, third = tasks("scan.tif", 3)
            outputs.add(first, FAILED)
            outputs.add(second, Outcome(make_page("AB")))
            assert names(tmp_path) != ["scan.tif.ocr.txt"]
            outputs.add(third, Outcome(make_page("CD")))
            assert names(tmp_path) == ["scan.tif.ocr.txt"]
        assert (tmp_path / "scan.tif.ocr.txt").read_text() == "AB\n\nCD\n"

    def test_nothing_is_written_without_a_page(self, each, tmp_path):
        with each(TEXT) as outputs:
            for task in (*tasks("a.png", 1), *tasks("b.tif", 2)):
                outputs.add(task, FAILED)
        assert names(tmp_path) == []

    @pytest.mark.parametrize("error", [KeyboardInterrupt, OutputError("full")])
    def test_of_a_document_that_was_not_finished_nothing_stays(self, each, tmp_path, make_page, error):
        def begin():
            with each(TEXT, TSV) as outputs:
                outputs.add(tasks("scan.tif", 3)[0], Outcome(make_page("AB")))
                raise error

        with pytest.raises(type(error) if isinstance(error, Exception) else error):
            begin()
        assert names(tmp_path) == []

    def test_names_that_clash(self, each, tmp_path):
        outputs = each(TEXT)
        assert not outputs.claim(Source("x/a.jpg"))
        assert not outputs.claim(Source("x/a.jpg"))
        assert not outputs.claim(Source("y/a.jpg", "y"))
        for name in ("x/a.png", "y/a.jpg"):
            with pytest.raises(NameClashError, match=rf"^x/a.jpg and {name} would both be .*a\.txt"):
                outputs.claim(Source(name))
        apart = each(TEXT, suffix=".{ending}")
        assert not any(apart.claim(Source(name)) for name in ("a.jpg", "a.png"))

    def test_the_picture_itself_is_not_overwritten(self, each, tmp_path):
        (tmp_path / "a.txt").touch()
        with pytest.raises(NameClashError, match="would be overwritten"):
            each(TEXT).claim(Source(str(tmp_path / "a.txt")))

    def test_whether_all_is_there_already(self, each, tmp_path):
        outputs = each(TEXT, TSV)
        (tmp_path / "a.txt").touch()
        assert not outputs.claim(Source("a.png"))
        (tmp_path / "a.tsv").touch()
        assert outputs.claim(Source("a.png"))

    def test_formats_of_one_page_refuse_several(self, each):
        each(TEXT).check(Source("scan.tif"), 2)
        each(ALTO).check(Source("scan.tif"), 1)
        with pytest.raises(ImageError, match=r"^scan.tif: a file of the format alto holds one page only$"):
            each(TEXT, ALTO).check(Source("scan.tif"), 2)


class TestOneForAll:
    @pytest.fixture
    def printed(self):
        return []

    @pytest.fixture
    def opened(self, printed):
        def make(*formats, targets=()):
            return OneForAll(
                formats, dict(targets), lambda one, content: printed.append(content), Provenance()
            )

        return make

    def test_standard_output_gets_each_page_at_once(self, opened, printed, make_page):
        with opened(TEXT) as outputs:
            outputs.add(*tasks("a.png", 1), Outcome(make_page("AB")))
            assert printed == [b"AB\n"]
            outputs.add(*tasks("b.png", 1), FAILED)
            outputs.add(*tasks("c.png", 1), Outcome(make_page("CD")))
        assert b"".join(printed) == b"AB\n\nCD\n"

    def test_a_file_appears_when_it_is_complete(self, opened, tmp_path, make_page):
        path = tmp_path / "all.txt"
        with opened(TEXT, targets={"text": path}) as outputs:
            outputs.add(*tasks("a.png", 1), Outcome(make_page("AB")))
            assert not path.exists()
        assert path.read_text() == "AB\n"
        assert names(tmp_path) == ["all.txt"]

    def test_without_a_page_there_is_no_file(self, opened, tmp_path):
        with opened(TEXT, targets={"text": tmp_path / "all.txt"}) as outputs:
            outputs.add(*tasks("a.png", 1), FAILED)
        assert names(tmp_path) == []

    def test_a_file_that_cannot_be_made_leaves_no_other(self, opened, tmp_path):
        targets = {"text": tmp_path / "all.txt", "tsv": tmp_path / "missing" / "all.tsv"}
        with pytest.raises(OutputError, match="missing"), opened(TEXT, TSV, targets=targets):
            pass
        assert names(tmp_path) == []

    def test_formats_of_one_page_refuse_a_second_picture(self, opened):
        outputs = opened(ALTO)
        outputs.check(Source("a.png"), 1)
        with pytest.raises(ImageError, match=r"^b.png: a file of the format alto holds one page only"):
            outputs.check(Source("b.png"), 1)
