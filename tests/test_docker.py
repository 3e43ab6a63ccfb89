"""What the Dockerfile says; images are made where there is Docker."""

from __future__ import annotations

import json
import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).parents[1]


def steps() -> list[tuple[str, str]]:
    """Instructions and what follows them, comments and broken lines put away."""
    lines = [
        line
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line and not line.startswith("#")
    ]
    joined = "\n".join(lines).replace("\\\n", "")
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in joined.splitlines()]


def test_it_runs_as_an_ordinary_user() -> None:
    found = dict(steps())
    assert found["USER"] not in ("root", "0")
    assert f"useradd --create-home --uid 10001 {found['USER']}" in found["RUN"]
    # Nothing is run after that.
    names = [name for name, _ in steps()]
    assert "RUN" not in names[names.index("USER") :]


def test_it_starts_the_server_and_asks_whether_it_is_there() -> None:
    found = dict(steps())
    assert json.loads(found["ENTRYPOINT"])[:2] == ["ocr", "serve"]
    check = json.loads(found["HEALTHCHECK"].partition("CMD ")[2])
    assert f"http://127.0.0.1:{found['EXPOSE']}/health" in check[-1]
    compile(check[-1], "healthcheck", "exec")
    serve = (ROOT / "ocr_cli" / "cli" / "serve.py").read_text(encoding="utf-8")
    assert f"default={found['EXPOSE']}," in serve


def test_it_installs_extras_that_there_are_from_a_python_that_will_do() -> None:
    found = dict(steps())
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    extras = re.search(r"\[([a-z,]+)\]", found["RUN"])[1].split(",")
    assert "serve" in extras
    assert set(extras) <= set(config["options.extras_require"])
    version = tuple(map(int, re.match(r"python:(\d+)\.(\d+)-slim$", found["FROM"]).groups()))
    assert version >= (3, 10)


def test_what_is_copied_is_what_a_build_needs() -> None:
    kept = [
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    ]
    assert (ROOT / ".dockerignore").read_text(encoding="utf-8").startswith("*\n")
    assert all((ROOT / name).exists() for name in kept)
    assert {"setup.py", "setup.cfg", "pyproject.toml", "README.md", "LICENSE", "ocr_cli", "models"} == set(
        kept
    )
