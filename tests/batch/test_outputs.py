import pytest

from ocr_cli.batch.outputs import OneForAll, OneForEach
from ocr_cli.batch.sources import Source
from ocr_cli.batch.work import Failure, Outcome, Task
from ocr_cli.errors import ImageError, NameClashError, OutputError
from ocr_cli.writers.formats import FORMATS
from ocr_cli.writers.provenance import Provenance

TEXT, TSV, PAGE = FORMATS["text"], FORMATS["tsv"], FORMATS["page"]
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

    def test_formats_of_one_page_have_a_file_for_each(self, each, tmp_path, make_page):
        with each(TEXT, PAGE) as outputs:
            first, second, third = tasks("scan.tif", 3)
            outputs.add(first, Outcome(make_page("AB")))
            outputs.add(second, FAILED)
            outputs.add(third, Outcome(make_page("CD")))
        assert names(tmp_path) == ["scan-1.page.xml", "scan-3.page.xml", "scan.txt"]
        assert "CD" in (tmp_path / "scan-3.page.xml").read_text()

    def test_the_one_page_that_could_be_read_of_several_has_its_number(self, each, tmp_path, make_page):
        with each(PAGE) as outputs:
            first, second = tasks("scan.tif", 2)
            outputs.add(first, FAILED)
            outputs.add(second, Outcome(make_page("AB")))
        assert names(tmp_path) == ["scan-2.page.xml"]

    def test_names_of_pages_may_clash_and_be_there(self, each, tmp_path):
        outputs = each(TEXT, PAGE)
        assert not outputs.check(Source("scan.tif"), [1, 2])
        with pytest.raises(
            NameClashError, match=r"scan.tif and scan-2.png would both be .*scan-2\.page\.xml"
        ):
            outputs.claim(Source("scan-2.png"))
        for name in ("scan.txt", "scan-1.page.xml", "scan-2.page.xml"):
            (tmp_path / name).touch()
        assert each(TEXT, PAGE).check(Source("scan.tif"), [1, 2])
        assert not each(TEXT, PAGE).check(Source("scan.tif"), [1, 3])


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

    def test_formats_of_one_page_have_a_file_for_each(self, opened, tmp_path, make_page):
        targets = {"text": tmp_path / "all.txt", "page": tmp_path / "all.xml"}
        with opened(TEXT, PAGE, targets=targets) as outputs:
            for name, outcome in (
                ("a", Outcome(make_page("AB"))),
                ("b", FAILED),
                ("c", Outcome(make_page("C"))),
            ):
                outputs.check(Source(name), [1])
                outputs.add(*tasks(name, 1), outcome)
        assert names(tmp_path) == ["all-1.xml", "all-3.xml", "all.txt"]

    def test_the_only_page_has_no_number(self, opened, tmp_path, make_page):
        with opened(PAGE, targets={"page": tmp_path / "all.page.xml"}) as outputs:
            outputs.check(Source("a"), [1])
            outputs.add(*tasks("a", 1), Outcome(make_page("AB")))
        assert names(tmp_path) == ["all.page.xml"]

    def test_a_file_of_a_page_replaces_nothing_that_is_read(self, opened, tmp_path):
        (tmp_path / "all-2.page.xml").touch()
        outputs = opened(PAGE, targets={"page": tmp_path / "all.page.xml"})
        outputs.claim(Source(str(tmp_path / "all-2.page.xml")))
        outputs.check(Source("a.png"), [1])
        with pytest.raises(NameClashError, match="would be overwritten"):
            outputs.check(Source("b.png"), [1])

    def test_standard_output_holds_one_page_of_such_formats(self, opened):
        outputs = opened(PAGE)
        outputs.check(Source("a.png"), [1])
        with pytest.raises(ImageError, match=r"^b.png: a file of the format page holds one page only"):
            outputs.check(Source("b.png"), [1])
