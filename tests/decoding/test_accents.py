import json
import math

import numpy as np
import pytest

from ocr_cli.decoding.accents import STEP, Spellings, Words, load_spellings, plain
from ocr_cli.errors import ModelFileError
from ocr_cli.making.accents import Counted, save_spellings
from ocr_cli.model_store import accents_file
from ocr_cli.network.archive import _checksum

GERMAN = Counted({"für": math.log(0.99), "möchte": math.log(0.6)}, {"ü": -2.0, "ö": -3.0})
SPANISH = Counted({"papá": math.log(0.5), "papàs": -1.0, "für": -4.0}, {"á": -2.5, "ü": -5.5})


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "words.npz"
    save_spellings(path, {"de": GERMAN, "es": SPANISH}, {"made": "here"})
    return path


def test_a_listed_word_is_as_usual_as_the_list_says(saved):
    german = load_spellings(saved, ["de"])
    assert german.log_share("für") == pytest.approx(math.log(0.99), abs=STEP)
    assert german.log_share("MÖCHTE") == pytest.approx(math.log(0.6), abs=STEP)
    assert german.log_share("mochte") == pytest.approx(math.log(0.4), abs=0.1)
    assert german.log_share("fúr") < german.log_share("fur") + 1e-9


def test_what_no_list_has_goes_by_its_letters(saved):
    german = load_spellings(saved, ["de"])
    assert german.log_share("abc") == 0
    assert german.log_share("Hútz") < german.log_share("Hötz") < german.log_share("Hütz") < 0
    # What letters say of it counts less than a list that has the word.
    assert german.log_share("Hütz") > -2.0
    # The dot of an i may be a stroke.
    assert german.log_share("Hítz") < german.log_share("Hátz") - 2
    # What the language knows without a mark, and no list with one, is written as it is.
    assert german.log_share("Hütz", 2.0) < german.log_share("Hütz") - 2
    assert german.log_share("Hutz", 2.0) == 0
    assert german.log_share("für", 2.0) == german.log_share("für")


def test_of_several_languages_the_first_one_that_knows_a_word_counts(saved):
    both = load_spellings(saved, ["es", "de"])
    assert both.log_share("für") == pytest.approx(-4.0)
    assert both.log_share("papá") == pytest.approx(math.log(0.5), abs=STEP)
    assert both.odds("ü") == load_spellings(saved, ["de"]).odds("ü")
    assert load_spellings(saved, ["none of these"]).log_share("für") < 0


def test_words_of_the_user_come_first(saved):
    known = load_spellings(saved, ["de"], ["Papà", "Fur"])
    assert known.log_share("papà") > -0.2
    assert known.log_share("papa") < -2
    assert Words(["fur"]).spellings("fur") == {}
    assert set(Words(["côté", "coté", "cote"]).spellings("cote")) == {"côté", "coté"}


def test_a_text_without_its_marks_keeps_letters_of_their_own():
    assert plain("Straße, Æsir, ÉTÉ é") == "Straße, Æsir, ETE e"


def test_the_same_lists_are_the_same_file(saved, tmp_path):
    save_spellings(tmp_path / "again.npz", {"de": GERMAN, "es": SPANISH}, {"made": "here"})
    assert (tmp_path / "again.npz").read_bytes() == saved.read_bytes()


def _set(name, array):
    return lambda arrays: arrays.update({name: array})


def _metadata(**values):
    def change(arrays):
        metadata = json.loads(arrays["metadata"].tobytes()) | values
        arrays["metadata"] = np.frombuffer(json.dumps(metadata).encode(), np.uint8)

    return change


@pytest.mark.parametrize(
    "change",
    [
        _metadata(version=7),
        _metadata(languages=["de", "xx"]),
        _metadata(languages=3),
        _set("de_costs", np.zeros(1, np.uint8)),
        _set("de_costs", np.zeros(2, np.int64)),
        _set("de_words", np.full(9, 255, np.uint8)),
        _set("de_words", np.zeros(9, np.float32)),
        _set("de_odds", np.zeros(7, np.uint8)),
        lambda arrays: arrays.pop("de_letters"),
    ],
)
def test_hostile_files_are_refused_in_one_line(saved, change):
    with np.load(saved) as archive:
        arrays = dict(archive)
    change(arrays)
    arrays.pop("checksum")
    arrays["checksum"] = _checksum(arrays)
    np.savez(saved, **arrays)
    with pytest.raises(ModelFileError) as caught:
        load_spellings(saved, ["de", "xx"])
    assert str(caught.value).startswith(f"{saved}: ")
    assert "\n" not in str(caught.value)


def test_what_ships_knows_words_of_its_languages():
    for language, word in (("de", "für"), ("fr", "été"), ("es", "niño"), ("pt", "não"), ("it", "più")):
        for name in (language, "any"):
            known = load_spellings(accents_file("words"), [name])
            assert known.log_share(word) > known.log_share(plain(word)), (name, word)
    assert isinstance(known, Spellings)
