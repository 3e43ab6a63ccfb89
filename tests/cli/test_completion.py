import os
import shutil
import subprocess
import sys

import pytest

from ocr_cli.cli.completion import SHELLS
from ocr_cli.cli.table import COMMANDS


@pytest.fixture
def completed(tmp_path):
    """What a real shell offers at the end of a command line; ``ocr`` is there by its name."""
    program = tmp_path / "bin" / "ocr"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ocr_cli "$@"\n')
    program.chmod(0o755)
    work = tmp_path / "work"
    (work / "scans").mkdir(parents=True)
    (work / "page one.jpg").touch()

    def run(shell, script, *options):
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        environment = os.environ | {
            "PATH": f"{program.parent}:{os.environ['PATH']}",
            "PYTHONPATH": os.getcwd(),
        }
        done = subprocess.run(
            [shell, *options, "-c", script],
            capture_output=True,
            text=True,
            cwd=work,
            env=environment,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.split("\n")

    return run


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_for_each_shell(ocr, shell):
    status, out, err = ocr("completion", shell)
    assert (status, err) == (0, "")
    assert "_OCR_COMPLETE" in out
    assert f"{shell}_complete" in out
    assert "ocr" in out


def test_a_shell_that_is_none(ocr):
    assert ocr("completion", "csh").status == 2


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["ocr", "insp"], ["inspect"]),
        (["ocr", "read", "--ignore"], ["--ignore-print"]),
        (["ocr", "read", "--language", "f"], ["fr"]),
        (["ocr", "evaluate", "--model", "mi"], ["mixed"]),
        (["ocr", "read", "--model", "au"], ["auto"]),
        (["ocr", "models", "use", "a"], ["auto"]),
        (["ocr", "read", "--layout", "w"], ["word"]),
        (["ocr", "config", "read.mod"], ["read.model"]),
        (["ocr", "completion", "z"], ["zsh"]),
        (["ocr", "models", "u"], ["use"]),
    ],
)
def test_bash(completed, words, offered):
    line = " ".join(words)
    found = completed(
        "bash",
        f'eval "$(ocr completion bash)"; COMP_WORDS=({line}); COMP_CWORD={len(words) - 1}; '
        '_ocr_completion ocr 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"',
    )
    assert [one for one in found if one] == offered


def test_fish(completed):
    script = "ocr completion fish | source; complete --do-complete 'ocr read {}'"
    assert completed("fish", script.format("--language f")) == ["fr", ""]
    assert completed("fish", script.format("pag")) == ["page one.jpg", ""]
    assert completed("fish", script.format("--debug-dir s")) == ["scans/\tDirectory", ""]


def test_descriptions_in_fish_are_whole(completed):
    script = "ocr completion fish | source; complete --do-complete 'ocr {}'"
    assert completed("fish", script.format("insp")) == [f"inspect\t{COMMANDS['inspect'].summary}", ""]
    ignored, _ = completed("fish", script.format("read --ignore"))
    assert ignored.startswith("--ignore-print\t")
    assert ignored.endswith(".")
    assert completed("fish", script.format("models u"))[0].endswith("where none is given.")


@pytest.mark.parametrize("before", ["", "autoload -Uz compinit; compinit -u; "])
def test_zsh_takes_the_script(completed, before):
    script = before + 'eval "$(ocr completion zsh)"; print ${_comps[ocr]}'
    assert completed("zsh", script, "-f")[0] == "_ocr_completion"


@pytest.mark.parametrize("shell", ["bash", "zsh", "powershell"])
@pytest.mark.parametrize(
    ("line", "word", "expected"),
    [
        ("ocr read --format j", "3", "json"),
        ("ocr read page", "2", "file"),
        ("ocr read --debug-dir ", "3", "dir"),
        ("ocr train --init-from ./", "3", "file"),
        ("ocr inspect ", "2", "block"),
    ],
)
def test_what_the_scripts_are_told(ocr, monkeypatch, shell, line, word, expected):
    monkeypatch.setenv("_OCR_COMPLETE", f"{shell}_complete")
    monkeypatch.setenv("COMP_WORDS", line)
    monkeypatch.setenv("COMP_CWORD", word)
    told = ocr().out.replace(",", "\n").splitlines()
    if expected in ("file", "dir"):
        assert told[0] == expected
    else:
        assert told[:2] == ["plain", expected]
