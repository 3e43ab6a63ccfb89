import json

import numpy as np
import pytest

from ocr_cli.cli.settings import SettingsError, set_value
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile, save_model


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder to work in, with configuration and data folders of its own beside it."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    (tmp_path / "data" / "ocr" / "models").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path


@pytest.fixture
def save():
    def save(path, **provenance):
        network = MLP((1024, 3, 2), "relu", "he", np.random.default_rng(0))
        save_model(path, ModelFile(network, ("A", "B"), {"features": {"kind": "pixels"}}, provenance))
        return path

    return save


def listed(ocr):
    result = ocr("models", "--format", "json")
    assert result.status == 0
    return {one["name"]: one for one in json.loads(result.out)["models"]}


def test_those_that_ship_are_listed(ocr, home):
    models = listed(ocr)
    assert list(models) == ["block", "mixed"]
    assert [models[name]["default"] for name in models] == [False, True]
    assert models["block"]["place"] == "shipped"
    assert set("ABC123") <= set(models["block"]["classes"])
    assert 0.5 < models["block"]["accuracy"] < 1
    assert models["block"]["bytes"] > 100_000


def test_those_of_the_user_and_of_the_folder_are_listed(ocr, home, save):
    mine = save(home / "data" / "ocr" / "models" / "mine.npz", validation_score={"accuracy": 0.9})
    save(home / "work" / "me.npz")
    np.savez(home / "work" / "letters.npz", images=np.zeros((1, 32, 32)))
    models = listed(ocr)
    assert models["mine"] == {
        "name": "mine",
        "place": "user",
        "default": False,
        "classes": "AB",
        "accuracy": 0.9,
        "bytes": mine.stat().st_size,
        "file": str(mine),
    }
    here = models["./me.npz"]
    assert (here["place"], here["file"], here["accuracy"]) == ("here", "me.npz", None)
    assert "letters" not in models


def test_what_is_called_like_a_model_in_the_folder_is_not_taken(ocr, home, save):
    for name in ("block", "block.npz", "mixed"):
        save(home / "work" / "new.npz").rename(home / "work" / name)
    for arguments in (["inspect", "block"], ["inspect", "mixed"]):
        assert "0123456789" in ocr(*arguments).out
    models = listed(ocr)
    assert models["mixed"]["default"]
    assert models["block"]["place"] == "shipped"
    assert (models["./block.npz"]["place"], models["./block.npz"]["default"]) == ("here", False)
    status, _, err = ocr("inspect", "block.npz")
    assert status == 3
    assert err.startswith("ocr: error: block.npz: no model of this name, but a file (")
    assert err.endswith(": ./block.npz)\n")
    assert "classes" in ocr("inspect", "./block.npz").out


def test_a_damaged_one_is_named_and_the_others_are_listed(ocr, home):
    (home / "data" / "ocr" / "models" / "mine.npz").write_bytes(b"PK")
    status, out, err = ocr("models")
    assert status == 0
    assert "block" in out
    assert "mine.npz: damaged" in err


def test_text(ocr, home):
    head, *rows = ocr("models").out.splitlines()
    assert head.split() == ["name", "place", "reads", "size", "file"]
    assert rows[0].split()[:2] == ["block", "shipped"]
    assert rows[1].split()[:3] == ["*", "mixed", "shipped"]


class TestUse:
    def test_one_that_ships_and_back(self, ocr, home, fake_reader, picture):
        status, out, err = ocr("models", "use", "mixed")
        assert (status, out) == (0, "")
        assert err == f"ocr: {home / 'config' / 'ocr' / 'ocr.toml'}: model is mixed\n"
        assert [name for name, one in listed(ocr).items() if one["default"]] == ["mixed"]
        ocr("models", "use", "block")
        assert [name for name, one in listed(ocr).items() if one["default"]] == ["block"]
        ocr("read", picture("a.png"))
        assert fake_reader.models[-1] == "block"
        assert ocr("models", "use", "auto").status == 0
        assert [name for name, one in listed(ocr).items() if one["default"]] == ["mixed"]
        ocr("read", picture("a.png"))
        assert fake_reader.models[-1] == "auto"

    def test_a_file_is_found_from_everywhere(self, ocr, home, save, fake_reader, picture, monkeypatch):
        path = save(home / "work" / "me.npz")
        for name in ("./me.npz", path):
            assert ocr("models", "use", name).status == 0
            monkeypatch.chdir(home)
            ocr("read", picture("a.png"))
            assert fake_reader.models[-1] == str(path)
            assert listed(ocr)[str(path)]["place"] == "file"
            monkeypatch.chdir(home / "work")

    def test_one_of_the_users_folder(self, ocr, home, save, fake_reader, picture):
        save(home / "data" / "ocr" / "models" / "mine.npz")
        assert ocr("models", "use", "mine").status == 0
        assert listed(ocr)["mine"]["default"]

    def test_what_cannot_be_used_changes_nothing(self, ocr, home):
        (home / "work" / "bad.npz").write_bytes(b"PK")
        for name in ("nosuch", "bad.npz", "./bad.npz", "./"):
            status, _, err = ocr("models", "use", name)
            assert status == 3
            assert err.count("\n") == 1
        assert not (home / "config").exists()

    def test_a_setting_that_wins_is_named(self, ocr, home):
        (home / "work" / "ocr.toml").write_text('read.model = "block"')
        err = ocr("models", "use", "mixed").err
        assert f"here it is block all the same, says {home / 'work' / 'ocr.toml'}: read.model" in err

    def test_where_nothing_can_be_written(self, ocr, home):
        (home / "config").write_text("a file where the folder ought to be")
        status, _, err = ocr("models", "use", "mixed")
        assert status == 4
        assert err.count("\n") == 1


class TestSetValue:
    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ("", 'model = "mine"\n'),
            ("# Ours.\n[read]\nmodel = 1\n", 'model = "mine"\n# Ours.\n[read]\nmodel = 1\n'),
            ('# Ours.\nmodel = "block" # old\nquiet = true', '# Ours.\nmodel = "mine"\nquiet = true'),
            ('models = "model"\nmodel="block"', 'models = "model"\nmodel = "mine"\n'),
            ('a = """\nmodel = "1"\n"""\nmodel = "block"\n', 'a = """\nmodel = "1"\n"""\nmodel = "mine"\n'),
        ],
    )
    def test_the_rest_of_the_file_stays(self, tmp_path, before, after):
        path = tmp_path / "ocr.toml"
        path.write_text(before)
        set_value(path, "model", "mine")
        assert path.read_text() == after

    def test_hostile_text_comes_back(self, tmp_path):
        from ocr_cli.cli.settings import find_files

        path = tmp_path / "ocr.toml"
        for text in ('a"b\\c\nd', "ü\u202e\x7f\x01"):
            set_value(path, "model", text)
            assert find_files(str(path), pytest.fail)[0].values == {"model": text}

    @pytest.mark.parametrize("before", ['"model" = "block"\n', 'model = """\nblock"""\n'])
    def test_what_it_cannot_change_it_leaves(self, tmp_path, before):
        path = tmp_path / "ocr.toml"
        path.write_text(before)
        with pytest.raises(SettingsError, match="model: cannot be changed by a program") as caught:
            set_value(path, "model", "mine")
        assert caught.value.hint == 'write it there: model = "mine"'
        assert path.read_text() == before
