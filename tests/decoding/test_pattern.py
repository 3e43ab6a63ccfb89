import pytest

from ocr_cli.decoding import pattern as module
from ocr_cli.decoding.pattern import Pattern
from ocr_cli.errors import KnowledgeError


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("[0-9]{5}", ["21250"], ["2125", "212500", "2125A", ""]),
        ("AA-999", ["ab-123", "ÀB-000"], ["A-123", "ABC123", "AB-12A"]),
        ("99.99", ["12.34"], ["12x34", "1234"]),
        (r"(19|20)\d{2}", ["1999", "2026"], ["2126", "19"]),
        ("[A-Z]+( [A-Z]+)?", ["ABC", "A B"], ["A ", " B", "1"]),
        ("[^0-9]*X{2,}", ["XX", "AXXX"], ["X", "1XX"]),
        ("A{1,3}B?", ["A", "AAAB"], ["AAAAB", "B"]),
        (r"\w+\.", ["A1."], ["A1", "."]),
        ("[A-]+", ["A-A"], ["B"]),
        ("(A*)*", ["", "AAA"], ["B"]),
    ],
)
def test_what_fits(pattern, fitting, others):
    compiled = Pattern([pattern])
    assert [text for text in fitting if not compiled.fits(text)] == []
    assert [text for text in others if compiled.fits(text)] == []


def test_any_of_several():
    pattern = Pattern(["AA-999", "[0-9]{5}"])
    assert pattern.fits("XY-123")
    assert pattern.fits("21250")
    assert not pattern.fits("XY-12345")


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "",
            " ",
            "[",
            "(A",
            "A)",
            "A{",
            "A{3,1}",
            "*A",
            "[]",
            "\\",
            "A**",
            "(A{999}){999}",
            "()",
            r"\q",
            "[Z-A]",
        ),
        *("A{,3}", "A{x}", "[]A]", "(" * 3000, "(" * 51 + "A" + ")" * 51, "A" * 100_000),
        *("[AB]*A[AB]{7}(.?){300}", "[AB]*A[AB]{10}", "(.?){600}"),
    ],
)
def test_what_is_no_pattern_is_refused_in_one_line(pattern):
    with pytest.raises(KnowledgeError) as error:
        Pattern([pattern])
    assert "\n" not in str(error.value)
    assert pattern.strip()[:60] in str(error.value)
    assert len(str(error.value)) < 200


def test_states_of_many_beams_at_once():
    pattern = Pattern(["A9"])
    letters, digits = pattern.symbols_of("XY"), pattern.symbols_of("12")
    after = pattern.advance(pattern.START, letters)
    assert (after >= 0).all()
    assert (pattern.advance(pattern.START, digits) == pattern.DEAD).all()
    assert pattern.is_whole(pattern.advance(after[:, None], digits)).all()
    assert not pattern.is_whole(after).any()
    assert not pattern.is_whole([pattern.DEAD]).any()
    assert (pattern.advance([pattern.DEAD], digits) == pattern.DEAD).all()


def test_the_work_on_a_pattern_is_limited_not_its_size_alone(monkeypatch):
    pattern = "[AB]*A[AB]{3}(.?){60}"
    states = len(Pattern([pattern])._next)
    assert states < module._MOST_STATES
    monkeypatch.setattr(module, "_MOST_STEPS", 10_000)
    Pattern(["[0-9]{5}", "AA-999", "[A-Z]{1,20}( [A-Z]{1,20})?"])
    with pytest.raises(KnowledgeError, match=r"^\[AB\].*: too large a pattern$"):
        Pattern([pattern])
