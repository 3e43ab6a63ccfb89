from ocr_cli.windows.beginnings import Beginnings


def test_each_beginning_stands_once_after_what_it_is_without_its_last():
    texts = [[5, 3], [5, 3, 5], [7], [], [5, 3]]
    tree = Beginnings.of(texts)

    def spelled(number):
        return [] if not number else [*spelled(tree.parents[number]), tree.labels[number]]

    assert [spelled(number) for number in tree.texts] == texts
    assert tree.lengths.tolist() == [len(spelled(number)) for number in range(len(tree.labels))]
    assert len(tree.labels) == 5
