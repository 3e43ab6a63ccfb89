"""What a release needs: one version everywhere, a section in the changelog, and no placeholder left.

The workflow that publishes sets OCR_RELEASE to the version that the tag names.
"""

import os
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

import pytest

from ocr_cli.version import __version__

ROOT = Path(__file__).parents[1]
PLACEHOLDER = "example.org/" + "ocr_cli"
RELEASE = os.environ.get("OCR_RELEASE")
only_of_a_release = pytest.mark.skipif(not RELEASE, reason="no release: OCR_RELEASE is not set")


def with_placeholders():
    """The files of the repository that name no repository yet."""
    places = [
        ROOT,
        ROOT / ".github",
        ROOT / ".github/ISSUE_TEMPLATE",
        ROOT / ".github/workflows",
        ROOT / "docs",
    ]
    files = [path for place in places for path in place.iterdir() if path.is_file()]
    return {
        path.relative_to(ROOT).as_posix()
        for path in files
        if path.suffix in {".cfg", ".cff", ".md", ".toml", ".yml"}
        and PLACEHOLDER in path.read_text(encoding="utf-8")
    }


def test_placeholders_are_found_where_they_stand():
    assert with_placeholders() in (
        set(),
        {"setup.cfg", "mkdocs.yml", "CITATION.cff", ".github/ISSUE_TEMPLATE/config.yml"},
    )


@only_of_a_release
def test_a_release_has_no_placeholder():
    assert with_placeholders() == set()


@only_of_a_release
def test_a_release_has_one_version_and_a_section_in_the_changelog():
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert __version__ == RELEASE
    assert re.search(rf"^## \[{re.escape(__version__)}\] - \d{{4}}-\d\d-\d\d$", changes, re.MULTILINE)


def test_the_citation_has_the_version_and_the_authors_of_the_licence():
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in citation
    author = re.search(r"Copyright \(c\) \d+ (.+)", (ROOT / "LICENSE").read_text(encoding="utf-8"))[1]
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    assert config["metadata"]["author"] == author
    assert f"- name: {author}\n" in citation


def test_a_release_with_placeholders_is_refused():
    if not with_placeholders():
        pytest.skip("none is left")
    environment = {**os.environ, "OCR_RELEASE": __version__}
    command = [sys.executable, "-m", "pytest", "-n0", "-q", __file__, "-k", "has_no_placeholder"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "setup.cfg" in ended.stdout
