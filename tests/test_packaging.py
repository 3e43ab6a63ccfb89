"""The lowest versions that are admitted are tested, and none with known holes is among them."""

import re
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
