from ocr_cli.imaging.runs import DisjointSets


def test_each_number_is_alone_at_first():
    assert DisjointSets(4).all() == [0, 1, 2, 3]
    assert DisjointSets(0).all() == []


def test_what_is_joined_hangs_together_and_the_first_one_s_set_gives_the_number():
    sets = DisjointSets(6)
    sets.join(3, 5)
    sets.join(1, 4)
    sets.join(5, 4)
    assert sets.all() == [0, 3, 2, 3, 3, 3]
    assert sets.find(1) == 3


def test_what_hangs_together_may_be_joined_again():
    sets = DisjointSets(3)
    for pair in [(0, 1), (1, 2), (2, 0), (1, 1)]:
        sets.join(*pair)
    assert sets.all() == [0, 0, 0]
