"""What an installation holds."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as a wheel has it; built from a copy, because a build leaves files where it is done."""
    pytest.importorskip("setuptools")
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in ("setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("ocr_cli", "models"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "setup.py", "--quiet", "build_py", "--build-lib", str(target)]
    subprocess.run(command, cwd=source, check=True, capture_output=True)
    return target / "ocr_cli"


def test_all_modules_are_there_and_no_script_that_cannot_run(built: Path) -> None:
    ours = {path.relative_to(ROOT / "ocr_cli") for path in (ROOT / "ocr_cli").rglob("*.py")}
    assert {path.relative_to(built) for path in built.rglob("*.py")} == ours


def test_models_languages_and_their_cards_are_there(built: Path) -> None:
    data = {path.relative_to(built / "models").as_posix() for path in (built / "models").rglob("*.*")}
    assert {"block.npz", "mixed.npz", "weights.json", "held_out.json", "block.md", "languages/en.npz"} <= data
    assert {Path(name).suffix for name in data} == {".npz", ".md", ".json", ".csv"}


def test_schemas_of_json_are_there(built: Path) -> None:
    assert (built / "writers" / "page.schema.json").is_file()
    assert (built / "forms" / "form.schema.json").is_file()
