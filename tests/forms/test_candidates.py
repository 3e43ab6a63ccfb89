from ocr_cli.forms.candidates import edits, mixtures, replaced, with_cents


def test_each_part_is_tried_as_another_text_has_it():
    found = mixtures("TWO HUMDRED AMD", ["TWO HUNDRED AMD", "TVO HUMDRED AND"])
    assert set(found) == {"TVO HUMDRED AMD", "TWO HUMDRED AND"}


def test_what_differs_in_one_part_is_no_mixture():
    assert mixtures("Nf3", ["Nf3", "Nf8", "Nc3"]) == []


def test_what_is_left_out_leaves_no_space_behind():
    assert mixtures("a b c", ["b d"]) == ["b c", "a b d"]


def test_hundredths_are_tried_after_words_where_any_reading_has_figures():
    found = with_cents("SIX HUNDRED AND oloo", ["SIX HUNDRED AND %00"])
    assert {"SIX HUNDRED AND 0/100", "SIX HUNDRED AND 45/100", "SIX HUNDRED AND no/100"} <= set(found)


def test_no_hundredths_without_figures_or_without_words():
    assert with_cents("Poor People", ["Poor Peopie"]) == []
    assert with_cents("N f3", ["N 13"]) == []
    assert with_cents("45", ["4/5"]) == []


def test_edits_are_one_letter_away():
    found = edits("ab c")
    assert {"b c", "ab", "abb c", "ax c", "ab xc", "ab 7", "abc", "9ab c"} <= {text.strip() for text in found}
    assert all(abs(len(text) - 4) <= 1 for text in found)


def test_each_word_is_tried_as_each_of_a_notation():
    assert replaced("tign pulub", ["tiga", "puluh"]) == [
        *("tiga", "puluh", "tiga pulub", "puluh pulub", "tign tiga", "tign puluh")
    ]
