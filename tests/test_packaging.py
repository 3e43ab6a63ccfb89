"""The lowest versions that are admitted are tested, and none with known holes is among them."""

import re
import runpy
from configparser import ConfigParser
from pathlib import Path

from PIL import __version__ as pillow

ROOT = Path(__file__).parents[1]
# They judge the source, build the site or a distribution; nothing runs with them.
_TOOLS = {"build", "latex2mathml", "mkdocs-material", "mkdocstrings", "mypy", "pre-commit", "ruff", "twine"}


def versions(text, sign):
    """Name to version, as numbers without zeros at the end, of lines such as ``numpy >= 1.24``."""
    found = re.findall(rf"^([a-z][a-z0-9-]+) {sign} ([0-9.]+)", text, re.MULTILINE)
    return {name: numbers(version) for name, version in found}


def numbers(version):
    parts = [int(part) for part in version.split(".")]
    while parts and not parts[-1]:
        parts.pop()
    return tuple(parts)


def admitted():
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    texts = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    return {name: v for text in texts for name, v in versions(text, ">=").items() if name not in _TOOLS}


def test_the_lowest_versions_are_those_that_are_tested():
    pinned = versions((ROOT / "constraints-lowest.txt").read_text(encoding="utf-8"), "==")
    assert pinned == admitted()
    assert len(pinned) > 10


def test_no_pillow_with_known_holes_is_admitted():
    # PSD: a write out of bounds, mended in 12.1.1. FITS: a small file fills the memory, mended in 12.2.
    assert admitted()["pillow"] >= (12, 2)
    assert numbers(re.match(r"[0-9.]+", pillow)[0].rstrip(".")) >= (12, 2)


def test_on_a_package_index_all_links_of_the_readme_are_absolute(monkeypatch):
    import setuptools

    told = {}
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr(setuptools, "setup", told.update)
    runpy.run_path(str(ROOT / "setup.py"))
    assert told["long_description_content_type"] == "text/markdown"
    links = re.findall(r"\]\(([^)]+)\)", told["long_description"])
    assert len(links) > 10
    assert all(link.startswith("https://") for link in links)
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    picture = f"]({config['metadata']['url']}/raw/HEAD/samples/boxes/note.jpg)"
    assert told["long_description"].count(picture) == 1


def test_both_names_of_the_command_are_one_program():
    config = ConfigParser(interpolation=None)
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    named = re.findall(r"^(\S+) = (\S+)$", config["options.entry_points"]["console_scripts"], re.MULTILINE)
    assert named == [("ocr", "ocr_cli.__main__:main"), ("ocr-cli", "ocr_cli.__main__:main")]


def test_how_to_report_a_hole_is_shipped_and_linked():
    assert "SECURITY.md" in (ROOT / "MANIFEST.in").read_text(encoding="utf-8")
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
    said = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert [line for line in said.splitlines() if line.startswith("#")] == [
        "# Security",
        "## What is promised",
        "## What is not promised",
        "## Versions",
        "## Reporting",
    ]
