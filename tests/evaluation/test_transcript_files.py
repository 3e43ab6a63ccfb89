from __future__ import annotations

import json
from pathlib import Path

import pytest

from ocr_cli.errors import DataError, TranscriptError
from ocr_cli.evaluation import transcript_files
from ocr_cli.evaluation.transcript_files import read_transcript
from ocr_cli.evaluation.transcripts import pair_transcripts

HOCR = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>not this</title></head><body>
<div class="ocr_page"><p class="ocr_par"><span class="ocr_line" title="bbox 0 0 9 9"><span
class="ocrx_word">TOM</span><span class="ocrx_word">&amp;</span><span
class="ocrx_word">C<br/>O</span></span>
<span class="ocr_header"><span class="ocrx_word"><span class="ocrx_cinfo">4</span><span
class="ocrx_cinfo">2</span></span></span></p><p>nor this</p></div></body></html>"""
ALTO = """<?xml version="1.0" encoding="UTF-8"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout>
<Page><PrintSpace><TextBlock><TextLine><String CONTENT="TOM"/><SP/><String CONTENT="&amp;"/><SP/>
<String CONTENT="CO"/></TextLine><TextLine><String CONTENT="42"/></TextLine></TextBlock></PrintSpace></Page>
</Layout></alto>"""
PAGE = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15"><Page>
<TextRegion><TextLine><Word><TextEquiv><Unicode>TON</Unicode></TextEquiv></Word><TextEquiv index="1">
<Unicode>T0M</Unicode></TextEquiv><TextEquiv index="0"><Unicode>TOM &amp; CO</Unicode></TextEquiv></TextLine>
<TextLine><Word><TextEquiv><Unicode>42</Unicode></TextEquiv></Word></TextLine>
<TextEquiv><Unicode>the whole region</Unicode></TextEquiv></TextRegion></Page></PcGts>"""


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.hocr", HOCR), ("a.html", HOCR), ("a.xml", HOCR), ("a.xml", ALTO), ("a.xml", PAGE)],
)
def test_every_format_gives_its_lines(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert read_transcript(tmp_path / name) == "TOM & CO\n42"


def test_plain_text_is_taken_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "a.gt.txt").write_text("TOM\n\n42\n", encoding="utf-8-sig")
    assert read_transcript(tmp_path / "a.gt.txt") == "TOM\n\n42\n"


def test_of_several_pages_of_json_the_picture_names_the_one(tmp_path: Path, make_page) -> None:
    pages = [make_page("TOM 7", "42", source="scans/a.png"), make_page("ANN", source="scans/b.png")]
    (tmp_path / "all.json").write_text("".join(json.dumps(page.to_dict()) + "\n" for page in pages))
    assert read_transcript(tmp_path / "all.json", "elsewhere/a.png") == "TOM 7\n42"
    with pytest.raises(TranscriptError, match="0 pages in it for one picture"):
        read_transcript(tmp_path / "all.json", "c.png")
    (tmp_path / "one.json").write_text(json.dumps(pages[1].to_dict(), indent=1))
    assert read_transcript(tmp_path / "one.json", "renamed.png") == "ANN"


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b"{", "not JSON of a page"),
        ("a.json", b'{"width": 3}', "not JSON of a page"),
        ("a.json", b"[" * 100_000, "not JSON of a page"),
        ("a.xml", b"<alto", "not XML"),
        ("a.xml", b"<?xml version='1.0' encoding='utf-70000'?><alto/>", "no lines of text"),
        ("a.xml", b"<svg/>", "neither ALTO nor PAGE XML nor hOCR"),
        ("a.xml", b"<alto/>", "no lines of text"),
        ("a.html", b"<p>nothing", "no lines of text"),
        ("a.txt", b"\xff\xfe\x00", "not UTF-8 text"),
        ("a.hocr", b"<![foo[", "no lines of text"),
        ("a.hocr", b"<p>&#" + b"9" * 5000 + b";", "no lines of text"),
        ("a.xml", b"<!DOCTYPE a [<!ENTITY x 'y'>]><alto>&x;</alto>", "declares entities"),
        ("a.xml", b"<Word>" * 50_000 + b"</Word>" * 50_000, "neither ALTO nor PAGE"),
        ("a.json", b'{"width": Infinity, "height": 3, "source": null, "lines": []}', "not JSON of a page"),
        ("a.json", b'{"width": 1e400, "height": 3, "source": null, "lines": []}', "not JSON of a page"),
        (
            "a.json",
            b'{"width": 3, "height": 3, "source": null, "lines": [{"words": 1}]}',
            "not JSON of a page",
        ),
        ("a.json", b'{"width": 3, "height": 3, "source": 5, "lines": []}', "not JSON of a page"),
        ("a.json", b'{"width": true, "height": "3", "source": null, "lines": []}', "not JSON of a page"),
        (
            "a.json",
            b'{"width": 1' + b"0" * 400 + b', "height": 3, "source": "", "lines": []}',
            "not JSON of a page",
        ),
    ],
)
def test_what_is_no_transcript_is_one_error(tmp_path: Path, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(TranscriptError, match=reason):
        read_transcript(tmp_path / name)


def test_pictures_are_paired_with_their_transcripts_in_order(tmp_path: Path) -> None:
    for name in ("1.txt", "2.txt"):
        (tmp_path / name).write_text(name)
    texts = [tmp_path / "1.txt", tmp_path / "2.txt"]
    assert [pair.text for pair in pair_transcripts(["a.png", "b.png"], texts)] == ["1.txt", "2.txt"]
    with pytest.raises(DataError, match="2 transcripts for 1 pictures"):
        pair_transcripts(["a.png"], texts)
    with pytest.raises(DataError, match=r"a\.gt\.txt: cannot be read"):
        pair_transcripts([tmp_path / "a.png"], [])


@pytest.mark.parametrize("index", ["\u00b2", "\u0663", "9" * 5000, "-1", "1e3", ""])
def test_an_index_that_is_no_number_counts_as_the_first(tmp_path: Path, index: str) -> None:
    texts = f"""<TextEquiv index="1"><Unicode>B</Unicode></TextEquiv>
        <TextEquiv index="{index}"><Unicode>A</Unicode></TextEquiv>"""
    content = f"<PcGts><TextLine>{texts}</TextLine></PcGts>"
    (tmp_path / "a.xml").write_text(content, encoding="utf-8")
    assert read_transcript(tmp_path / "a.xml") == "A"


def test_words_within_words_are_not_followed(tmp_path: Path) -> None:
    depth = 50_000
    words = "<Word>" * depth + "<TextEquiv><Unicode>deep</Unicode></TextEquiv>" + "</Word>" * depth
    line = "<TextLine><TextEquiv><Unicode>A</Unicode></TextEquiv></TextLine>"
    (tmp_path / "a.xml").write_text(f"<PcGts><TextLine>{words}</TextLine>{line}</PcGts>")
    assert read_transcript(tmp_path / "a.xml") == "A"


def test_the_encoding_that_a_file_names_is_not_believed(tmp_path: Path) -> None:
    content = ALTO.replace("UTF-8", "ISO-8859-1").replace("TOM", "TÖM")
    (tmp_path / "a.xml").write_text(content, encoding="utf-8")
    assert read_transcript(tmp_path / "a.xml") == "TÖM & CO\n42"


def test_a_large_file_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcript_files, "MAX_BYTES", 3)
    (tmp_path / "a.txt").write_text("four")
    with pytest.raises(TranscriptError, match="too large"):
        read_transcript(tmp_path / "a.txt")
