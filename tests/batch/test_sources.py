import codecs
import io
import os
from dataclasses import replace

import pytest

from ocr_cli.batch.sources import STDIN, Selection, Source, find_sources, names_in, with_content
from ocr_cli.errors import ImageError
from ocr_cli.imaging import PageRanges


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder of pictures, two levels deep, which is the working directory."""
    for name in ("b.png", "a.jpg", "notes.txt", ".hidden.png", "sub/c.png", "sub/deep/d.TIF", ".git/e.png"):
        path = tmp_path / "scans" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "scans"


def found(names, *, mirrored=False, dash=False, **selection):
    errors = []
    sources = list(find_sources(names, Selection(**selection), errors.append, mirrored=mirrored, dash=dash))
    return [(source.name, source.folder) for source in sources], [str(error) for error in errors]


class TestFindSources:
    def test_files_are_not_looked_at(self):
        assert found(["missing.png", "a"]) == ([("missing.png", ""), ("a", "")], [])

    def test_a_folder_by_name(self, tree):
        assert found(["scans"]) == ([("scans/a.jpg", ""), ("scans/b.png", "")], [])

    def test_folders_within_it(self, tree):
        names, errors = found(["scans"], recursive=True)
        assert errors == []
        assert names == [
            ("scans/a.jpg", ""),
            ("scans/b.png", ""),
            ("scans/sub/c.png", "sub"),
            ("scans/sub/deep/d.TIF", "sub/deep"),
        ]

    def test_patterns(self, tree):
        assert found(["scans"], patterns=("*.txt",))[0] == [("scans/notes.txt", "")]
        assert found(["scans"], patterns=("*.png", "a*"))[0] == [("scans/a.jpg", ""), ("scans/b.png", "")]
        assert found(["scans"], patterns=("sub/*.png",), recursive=True)[0] == [("scans/sub/c.png", "sub")]
        assert found(["scans"], patterns=("sub/*.png",))[0] == []

    def test_the_results_of_the_last_time_are_not_read(self, tree):
        names, _ = found(["scans"], recursive=True, skipped=(str(tree / "sub"),))
        assert names == [("scans/a.jpg", ""), ("scans/b.png", "")]

    @pytest.mark.parametrize("options", [{}, {"recursive": True}, {"patterns": ("*",)}])
    def test_an_empty_folder_costs_nothing_else(self, tree, options):
        (tree.parent / "empty").mkdir()
        names, errors = found(["empty", "x.png"], **options)
        assert names == [("x.png", "")]
        assert len(errors) == 1
        assert errors[0].startswith("empty: there is no picture in this folder")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
    def test_a_folder_that_is_closed_to_us(self, tree):
        (tree / "sub").chmod(0)
        try:
            names, errors = found(["scans"], recursive=True)
        finally:
            (tree / "sub").chmod(0o700)
        assert names == [("scans/a.jpg", ""), ("scans/b.png", "")]
        assert errors == ["scans/sub: Permission denied"]

    def test_standard_input_only_where_it_may_be_meant(self):
        (source,) = find_sources(["-"], Selection(), print, dash=True)
        assert source is STDIN
        assert found(["-"])[0] == [("-", "")]

    def test_relative_paths_may_be_mirrored(self):
        names = ["x/y/a.png", "./x/b.png", "../c.png", "/x/d.png", "e.png"]
        folders = [folder for _, folder in found(names, mirrored=True)[0]]
        assert folders == ["x/y", "x", "", "", ""]


class TestNamesIn:
    def test_lines(self):
        assert list(names_in(io.BytesIO(b"a b.png\r\n\nc.png\nd"))) == ["a b.png", "c.png", "d"]

    def test_nul(self):
        names = list(names_in(io.BytesIO(b"a\nb\0c\r\0\0d\xff"), null=True))
        assert names == ["a\nb", "c\r", os.fsdecode(b"d\xff")]

    @pytest.mark.parametrize("content", [b"a.png\nb.png\n", b"a.png\nb.png", b"\na.png\r\nb.png"])
    def test_a_byte_order_mark_is_no_part_of_the_first_name(self, content):
        assert list(names_in(io.BytesIO(codecs.BOM_UTF8 + content))) == ["a.png", "b.png"]

    def test_a_list_of_one_name_with_a_mark_and_no_end_of_line(self):
        assert list(names_in(io.BytesIO(codecs.BOM_UTF8 + b"a.png"))) == ["a.png"]

    def test_long_lists_in_pieces(self):
        names = [f"{number:099}" for number in range(3000)]
        assert list(names_in(io.BytesIO("\n".join(names).encode()))) == names

    def test_names_come_as_they_are_written(self):
        reader, writer = os.pipe()
        with open(reader, "rb") as file, open(writer, "wb", buffering=0) as pipe:
            names = names_in(file)
            pipe.write(b"a\nb\n")
            assert [next(names), next(names)] == ["a", "b"]


class TestContent:
    def test_a_plain_file_stays_where_it_is(self, picture):
        source = Source(picture("a.png"))
        assert with_content(source) is source
        assert with_content(source, always=True).content.startswith(b"\x89PNG")

    def test_a_pipe_s_content_comes_only_once(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        descriptor = os.open(tmp_path / "pipe", os.O_RDWR)
        os.write(descriptor, b"12345")
        named = Source(str(tmp_path / "pipe"), "x", named=True)
        source = with_content(named, max_bytes=3)
        os.close(descriptor)
        assert source == replace(named, content=b"1234")
        assert source.opened().name == source.name

    def test_a_file_that_is_not_there(self):
        assert with_content(Source("missing"), always=True) == Source("missing")


class TestFrames:
    def test_of_a_document(self, picture):
        assert Selection().frames(Source(picture("a.tif", 3))) == [1, 2, 3]
        assert Selection(pages=PageRanges.parse("2-")).frames(Source(picture("a.tif", 3))) == [2, 3]

    def test_none_are_left(self, picture):
        name = picture("a.tif", 3)
        with pytest.raises(ImageError, match=f"^{name}: has 3 pages, and none"):
            Selection(pages=PageRanges.parse("4")).frames(Source(name))


@pytest.mark.parametrize(("name", "stem"), [("x/a.b.png", "a.b"), ("<stdin>", "stdin"), ("a", "a")])
def test_stems(name, stem):
    assert Source(name).stem == stem
