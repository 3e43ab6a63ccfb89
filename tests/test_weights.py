import json
import re

import pytest
from small_lattices import weights_of

from ocr_cli.errors import ModelFileError
from ocr_cli.model_store import find_weights
from ocr_cli.weights import ArcWeights, Weights


def test_every_group_of_the_record_says_where_it_comes_from():
    record = json.loads(find_weights().read_text())
    assert set(record) == set(Weights._fields)
    for group in record.values():
        said = json.dumps(group["provenance"])
        assert re.search("[Ss]et by hand|[Ff]ound on|[Ff]itted|script", said)


def test_the_record_holds_what_it_is_read_for():
    weights = weights_of()
    assert isinstance(weights.arcs, ArcWeights)
    assert (weights.arcs.prices >= 0).all()
    assert weights.arcs.sign > weights.arcs.dirt


@pytest.mark.parametrize("content", [None, "", "{}", "[]", '{"arcs": 1}', '{"arcs": {}, "confidence": {}}'])
def test_a_missing_or_damaged_record_is_refused(tmp_path, content):
    path = tmp_path / "weights.json"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ModelFileError, match="weights"):
        Weights.load(path)
