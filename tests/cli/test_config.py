import json

import pytest


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A project's file, the user's file and a variable, each with a word to say."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    user = tmp_path / "config" / "ocr" / "ocr.toml"
    user.parent.mkdir(parents=True)
    user.write_text('model = "mixed"\nread.rotate = "90"\n[compare]\nhidden = ["8,4", "16"]')
    (tmp_path / "scans").mkdir()
    project = tmp_path / "pyproject.toml"
    project.write_text('[tool.ocr.read]\nrotate = "180"')
    monkeypatch.chdir(tmp_path / "scans")
    monkeypatch.setenv("OCR_READ_LANGUAGE", "de")
    return user, project


def held(result):
    assert (result.status, result.err) == (0, "")
    return {one["setting"]: one for one in json.loads(result.out)["settings"]}


def test_each_setting_says_where_it_comes_from(ocr, places):
    user, project = places
    settings = {
        name: (one["value"], one["source"], one["where"])
        for name, one in held(ocr("config", "-f", "json")).items()
    }
    assert settings["read.model"] == ("mixed", "user", f"{user}: model")
    assert settings["evaluate.model"] == ("mixed", "user", f"{user}: model")
    assert settings["read.rotate"] == ("180", "project", f"{project}: tool.ocr.read.rotate")
    assert settings["read.language"] == ("de", "environment", "OCR_READ_LANGUAGE")
    assert settings["read.ignore-print"] == (False, "default", None)
    assert settings["read.boxes"] == (None, "default", None)
    assert settings["compare.hidden"][0] == [[8, 4], [16]]
    assert settings["quiet"] == (False, "default", None)


def test_the_files_are_named(ocr, places):
    user, project = places
    assert json.loads(ocr("config", "--format", "json").out)["files"] == [
        {"file": str(user), "kind": "user", "exists": True},
        {"file": str(project), "kind": "project", "exists": True},
    ]
    user.unlink()
    lines = ocr("config").out.splitlines()
    assert lines[:3] == [f"user file  {user} (not there)", f"project file  {project}", ""]


def test_text(ocr, places):
    user, project = places
    assert ocr("config", "read.model", "read.rotate", "read.language").out.splitlines() == [
        f"read.model     mixed  user file, {user}: model",
        f"read.rotate    180    project file, {project}: tool.ocr.read.rotate",
        "read.language  de     environment, OCR_READ_LANGUAGE",
    ]
    assert ocr("config", "compare.hidden").out.split()[1] == "8,4,16"


def test_a_command_stands_for_its_settings(ocr, places):
    names = list(held(ocr("config", "inspect", "inspect.format", "-f", "json")))
    assert names == ["inspect.format", "inspect.weights", "inspect.units", "inspect.quiet", "inspect.verbose"]


def test_a_file_that_is_named_is_the_only_one(ocr, places, tmp_path):
    (tmp_path / "other.toml").write_text('read.rotate = "270"')
    settings = held(ocr("--config", tmp_path / "other.toml", "config", "-f", "json"))
    assert settings["read.rotate"]["where"] == f"{tmp_path / 'other.toml'}: read.rotate"
    assert settings["read.model"]["value"] == "auto"
    assert ocr("--config", tmp_path / "other.toml", "config").out.startswith("given file  ")


def test_a_name_that_is_none(ocr, places):
    status, out, err = ocr("config", "read.modle")
    assert (status, out) == (2, "")
    assert "read.modle: no such setting; did you mean read.model?" in err


def test_all_commands_are_checked(ocr, places):
    places[0].write_text("[train]\nepochs = 0.5")
    assert ocr("read", "--help").status == 0
    status, _, err = ocr("config")
    assert status == 2
    assert f"{places[0]}: train.epochs: " in err


def test_what_a_folders_file_may_not_say_is_pointed_out_once(ocr, places):
    user, project = places
    project.write_text(
        '[tool.ocr]\noutput = "x"\nlanguage = "xx"\nblacklist = "Q"\n[tool.ocr.train]\nepochs = 3\n'
        '[tool.ocr.read]\nmodel = "./mine.npz"\nboxes = "b.png"\n[tool.ocr.raed]\nrotate = 90\n'
    )
    status, out, err = ocr("config", "read.blacklist", "read.output", "read.boxes", "read.model")
    assert status == 0
    assert [line.split()[1] for line in out.splitlines()] == ["Q", "-", "-", "mixed"]
    wrong, refused = sorted(err.splitlines(), key=lambda line: "left out:" in line)
    assert wrong.startswith(f"ocr: {project}: tool.ocr.language: 'xx' is not one of ")
    assert refused.startswith(f"ocr: {project}: left out: ")
    for key in ("output", "train.epochs", "read.boxes", "read.model (as a file)", "raed"):
        assert key in refused
    assert refused.endswith(f"(give it on the command line, or in {user})")


def test_variables_that_are_misspelt_are_named(ocr, places, monkeypatch):
    monkeypatch.setenv("OCR_READ_MODLE", "mixed")
    result = ocr("config", "read")
    assert result.status == 0
    assert result.err == "ocr: OCR_READ_MODLE: no option has this variable; did you mean OCR_READ_MODEL?\n"


def test_a_variable_that_is_wrong(ocr, places, monkeypatch):
    monkeypatch.setenv("OCR_TRAIN_EPOCHS", "many")
    status, _, err = ocr("config")
    assert status == 2
    assert "OCR_TRAIN_EPOCHS" in err
    assert err.count("\n") == 1
