"""Workflows, templates for issues and model cards say what they are for."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CARDS = sorted((ROOT / "models").glob("*.md"))


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_what_they_were_when_they_were_looked_at(workflow):
    used = re.findall(r"uses: (.+)", workflow.read_text(encoding="utf-8"))
    assert used
    assert all(
        re.fullmatch(r"\./\.github/workflows/\w+\.yml|[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d[\d.]*", one)
        for one in used
    )


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_may_read_and_say_what_more_they_may(workflow):
    assert "\npermissions:\n  contents: read\n" in workflow.read_text(encoding="utf-8")


def test_what_is_promised_is_what_is_checked():
    checks = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    promised = re.findall(
        r"Python :: (3\.\d+)$", (ROOT / "setup.cfg").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert re.search(r"python: \[(.+)\]", checks)[1] == ", ".join(f'"{version}"' for version in promised)
    assert [system.split("-")[0] for system in re.search(r" os: \[(.+)\]", checks)[1].split(", ")] == [
        "ubuntu",
        "macos",
        "windows",
    ]
    assert "- run: .ci/run\n" in checks


def test_whoever_shows_a_picture_is_asked_what_may_become_of_it():
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / "misread.yml").read_text(encoding="utf-8")
    assert '- "No: look at it for this report, and do not keep it"' in form
    assert "default: 0" in form


@pytest.mark.parametrize("card", CARDS, ids=lambda path: path.name)
def test_cards_have_a_head_for_hubs_and_say_what_the_licences_mean(card):
    head, body = card.read_text(encoding="utf-8").removeprefix("---\n").split("\n---\n", 1)
    keys = {line.split(":")[0] for line in head.splitlines()}
    assert {"license", "language", "library_name", "tags"} <= keys
    assert body.startswith("# Model card")
    assert "\n## Licence\n" in body
    assert re.search(
        r"[Nn]ame (the sets|GeoNames)|should name", body.split("\n## Licence\n")[1].split("\n## ")[0]
    )
