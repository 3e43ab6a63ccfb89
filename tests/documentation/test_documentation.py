"""What README and docs say is true: blocks run, links lead somewhere, figures are measured."""

import json
import re
import subprocess
import sys

import pytest
from doc_blocks import NEEDS, PAGES, ROOT, Block, blocks, environment, furnish, shortened

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

RUNNING = [page for page in PAGES if any(b.language in ("sh", "python") and b.runs for b in blocks(page))]
ALWAYS = {
    "README.md",
    "index.md",
    "page.md",
    "python.md",
    "formats.md",
    "inspect.md",
    "models.md",
    "config.md",
    "man.md",
}
"""Pages whose blocks are run with all other tests: the first ones, and such as take little time."""
EVERY = [block for page in PAGES for block in blocks(page)]


def name(value):
    if isinstance(value, Block):
        return f"{value.page.relative_to(ROOT)}:{value.line}"
    return str(value.relative_to(ROOT))


@pytest.mark.skipif(sys.platform == "win32", reason="the blocks are for a POSIX shell")
@pytest.mark.parametrize(
    "page", [pytest.param(p, marks=[] if p.stem in ALWAYS else pytest.mark.slow) for p in RUNNING], ids=name
)
def test_blocks_run_in_their_order_and_print_what_is_said(page, tmp_path):
    folder, home = tmp_path / "folder", tmp_path / "home"
    home.mkdir()
    folder.mkdir()
    every = blocks(page)
    furnish(folder, every)
    said = None
    for block in every:
        if block.language == "text" and said is not None:
            assert said if block.varies else said == block.code, name(block)
        said = None
        if block.language in ("sh", "python") and block.runs:
            script = folder / f"block.{block.language}"
            script.write_text(shortened(block.code))
            command = ["bash", "-euo", "pipefail"] if block.language == "sh" else [sys.executable]
            ended = subprocess.run(
                [*command, script],
                cwd=folder,
                env=environment(home),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                check=False,
                timeout=300,
            )
            assert ended.returncode == 0, f"{name(block)}\n{block.code}\n{ended.stderr}"
            said = ended.stdout


def test_what_blocks_need_is_known():
    assert {block.needs for block in EVERY} - {None} <= set(NEEDS)


def test_most_blocks_run():
    code = [block for block in EVERY if block.language in ("sh", "python")]
    assert sum(block.runs for block in code) > 0.8 * len(code)


def test_blocks_say_what_they_are():
    assert {block.language for block in EVERY} <= {"sh", "python", "text", "json", "toml", "powershell"}


@pytest.mark.parametrize("block", [b for b in EVERY if b.language in ("json", "toml")], ids=name)
def test_data_are_well_formed(block):
    if not block.code.startswith("--8<--"):
        json.loads(block.code) if block.language == "json" else tomllib.loads(block.code)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page):
    text = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for link in re.findall(r"\]\((?![a-z]+:)([^)\s]+)\)", text):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        assert target.exists(), link
        if anchor:
            assert anchor in anchors(target), link


def anchors(page):
    text = page.read_text(encoding="utf-8")
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    made = {re.sub(r"[^\w\s-]", "", t.lower()).strip().replace(" ", "-") for t in titles}
    return made | set(re.findall(r'id="([^"]+)"', text)) | set(re.findall(r"\{ ?#([\w-]+)", text))


def test_pictures_are_all_used_and_small():
    drawn = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    assert set(re.findall(r"pictures/([\w.-]+)", text)) == set(drawn)
    assert max(drawn.values()) < 100_000
    assert sum(drawn.values()) < 2_000_000


def test_the_readme_is_short():
    assert (ROOT / "README.md").stat().st_size <= 8192
