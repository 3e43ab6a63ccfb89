import os
import sys
from pathlib import Path

import pytest

from ocr_cli.files import home, named_folder, user_folder
from ocr_cli.model_store import models_folder


def folder():
    return user_folder("XDG_DATA_HOME", "ocr", windows="Ocr", mac="Library/ocr", other=".local/ocr")


@pytest.mark.parametrize(("platform", "below"), [("linux", ".local/ocr"), ("darwin", "Library/ocr")])
@pytest.mark.parametrize("named", [None, "", "data", "./data", "../data"])
def test_a_relative_folder_is_none(monkeypatch, tmp_path, platform, below, named):
    """It would be another one in each working folder, and there anybody's."""
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setenv("HOME", str(tmp_path))
    if named is None:
        monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    else:
        monkeypatch.setenv("XDG_DATA_HOME", named)
    assert named_folder("XDG_DATA_HOME") is None
    assert folder() == tmp_path / below


def test_an_absolute_one_counts_everywhere(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for platform in ("linux", "darwin", "win32"):
        monkeypatch.setattr(sys, "platform", platform)
        assert folder() == tmp_path / "ocr"
    assert models_folder() == tmp_path / "ocr" / "models"


@pytest.mark.skipif(sys.platform == "win32", reason="homes there are found otherwise")
def test_a_relative_home_is_none(monkeypatch):
    """What the system knows of the user counts instead."""
    import pwd

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", ".")
    assert Path.home() == Path()
    assert folder() == Path(pwd.getpwuid(os.getuid()).pw_dir) / ".local/ocr"


@pytest.mark.skipif(sys.platform == "win32", reason="homes there are found otherwise")
@pytest.mark.parametrize("said", [None, "home"])
def test_who_has_no_home_is_at_home_in_the_root(monkeypatch, said):
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 2)
    if said is None:
        monkeypatch.delenv("HOME", raising=False)
    else:
        monkeypatch.setenv("HOME", said)
    assert home() == Path("/")
