import os
import re
import shlex
import subprocess
import sys
from functools import cache
from pathlib import Path

import click
import pytest
import site_hooks
from PIL import Image

import ocr_cli
from ocr_cli.cli import console, main
from ocr_cli.cli.table import COMMANDS
from ocr_cli.errors import ExitCode

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"


def commands(group=main, path=()):
    """Each command by what is typed to call it, those of groups within groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def options():
    for name, command in [("", main), *commands()]:
        for parameter in command.get_params(click.Context(command, help_option_names=["-h", "--help"])):
            if isinstance(parameter, click.Option):
                for flag in (*parameter.opts, *parameter.secondary_opts):
                    yield pytest.param(name, flag, parameter, id=f"{name} {flag}".lstrip())


def test_help_begins_with_an_example_and_lists_commands_by_what_they_are_for(ocr):
    status, out, err = ocr("--help")
    assert (status, err) == (0, "")
    assert "ocr read photo.jpg" in out.split("Options:")[0].splitlines()[-2]
    listed = [
        line.split()[0] for line in out.split("\nRead:\n")[1].split("\nExit status:")[0].splitlines() if line
    ]
    assert sorted(name for name in listed if name in COMMANDS) == sorted(
        name for name, _ in commands() if " " not in name
    )
    assert max(map(len, out.splitlines())) <= 80
    assert "..." not in out.split("\nRead:\n")[1]


def test_help_lists_the_exit_statuses(ocr):
    out = " ".join(ocr("--help").out.split())
    assert all(f"{code.value} {code.meaning}" in out for code in ExitCode)


def test_help_imports_no_command(ocr):
    script = "import sys; from ocr_cli.cli import main\ntry: main(['--help'])\nfinally: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    loaded = done.stdout.splitlines()[-1].split()
    assert not {entry.target.partition(":")[0] for entry in COMMANDS.values()} & set(loaded)


@pytest.mark.parametrize(
    "arguments", [["photo.jpg"], ["Photo.JPEG", "b c.png", "-q"], ["scan.pdf", "--format", "json"]]
)
def test_pictures_in_the_place_of_a_command(ocr, arguments):
    status, out, err = ocr(*arguments)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert f"to read it: ocr read {shlex.join(arguments)} (" in err


def test_a_file_in_the_place_of_a_command(ocr, tmp_path):
    (tmp_path / "scan").touch()
    assert f"ocr read {tmp_path / 'scan'}" in ocr(tmp_path / "scan").err


@pytest.mark.parametrize("command", [["read"], ["completion"], ["man"]])
def test_examples_in_help_keep_their_lines(ocr, command):
    assert "\\b" not in ocr(*command, "--help").out
    assert any(line.startswith(("  ocr ", "  fish:")) for line in ocr(*command, "--help").out.splitlines())


def test_each_option_of_read_has_its_section(ocr):
    out = ocr("read", "--help").out
    others = out.split("Other options:\n")[1]
    assert [line.split()[0] for line in others.splitlines() if line.startswith("  -")] == [
        "-q,",
        "-v,",
        "-h,",
    ]


@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("name", [name for name, _ in commands()])
def test_each_command_has_help(ocr, name, flag):
    status, out, _ = ocr(*name.split(), flag)
    assert status == 0
    assert out.startswith(f"Usage: ocr {name}")


@pytest.mark.parametrize(("command", "flag", "parameter"), list(options()))
def test_each_option_is_explained_in_help_and_reference(command, flag, parameter):
    assert parameter.help
    page = reference_page(command.split()[0] if command else "index")
    heading = f"\n## `ocr {command}`\n" if command else "\n## Every command\n"
    section = page.split(heading, 1)[1].split("\n## ", 1)[0]
    assert re.search(rf"<dt[^>]*><code>[^<]*(?<![\w-]){flag}(?![\w-])[^<]*</code></dt><dd>\w", section)


@cache
def reference_page(name):
    """A page of the reference as the site has it."""
    return site_hooks.on_page_markdown((REFERENCE / f"{name}.md").read_text(encoding="utf-8"))


def test_the_reference_has_a_page_for_each_command():
    assert {path.stem for path in REFERENCE.glob("*.md")} >= set(COMMANDS)
    assert "::: command" not in "".join(reference_page(name) for name in ("index", *COMMANDS))


def test_the_reference_of_a_command_that_is_not_there():
    with pytest.raises(ValueError, match="no command called ocr form nonsense"):
        site_hooks.reference("form nonsense")


def test_version(ocr):
    assert ocr("--version") == (0, f"ocr {ocr_cli.__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["read", "--nonsense"], ["read", "--format", "nonsense"]]
)
def test_wrong_usage(ocr, arguments):
    status, out, err = ocr(*arguments)
    assert (status, out) == (2, "")
    assert err.startswith("ocr: error: ")
    assert err.endswith(" --help explains)\n")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["read", "--help"],
        ["train", "--help"],
        ["compare", "--help"],
        ["inspect", "--help"],
        ["models", "use", "--help"],
        ["config"],
        ["completion", "powershell"],
        ["man"],
        ["--version"],
    ],
)
def test_help_loads_nothing_heavy(arguments):
    script = (
        "import sys, atexit\n"
        "from ocr_cli.cli import main\n"
        "heavy = {'numpy', 'scipy', 'skimage', 'PIL', 'matplotlib'}\n"
        "atexit.register(lambda: print('LOADED', sorted(heavy & set(sys.modules))))\n"
        "main(prog_name='ocr')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert done.stdout.endswith("LOADED []\n")


def test_python_dash_m():
    done = subprocess.run(
        [sys.executable, "-m", "ocr_cli", "--version"], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"ocr {ocr_cli.__version__}\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_help_on_a_full_disk():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "ocr_cli", "--help"], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 4
    said = "standard output: cannot be written: No space left on device (write elsewhere, or make room)"
    assert done.stderr == f"ocr: error: {said}\n"


class TestConsole:
    def test_a_note_is_one_harmless_line(self, capsys):
        console.note("a\nb\x1b[31m ä \udcff")
        assert capsys.readouterr().err == "ocr: a\\nb\\x1b[31m ä \\udcff\n"

    def test_results_survive_a_poor_encoding(self, capfd, monkeypatch):
        with open(os.dup(1), "w", encoding="ascii") as poor:
            monkeypatch.setattr("sys.stdout", poor)
            console.emit("Ä\n")
        assert capfd.readouterr().out == "\\xc4\n"

    def test_a_closed_standard_output(self, monkeypatch):
        monkeypatch.setattr("sys.stdout", None)
        with pytest.raises(ocr_cli.OutputError, match="standard output is closed"):
            console.emit("A\n")


@pytest.fixture
def strange_tiff(tmp_path):
    """A picture whose strip ends too early, of which libtiff tells standard error."""
    path = tmp_path / "strange.tiff"
    Image.new("L", (60, 40), 255).save(path, compression="packbits")
    content = path.read_bytes()
    # StripByteCounts, a LONG, says that there are three.
    entry = content.index(b"\x17\1\4\0\1\0\0\0")
    path.write_bytes(content[: entry + 8] + b"\3\0\0\0" + content[entry + 12 :])
    return path


@pytest.mark.skipif(sys.platform == "win32", reason="a console there is no plain file")
class TestOwnStderr:
    def read(self, path, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "ocr_cli", "read", path],
            capture_output=True,
            text=True,
            env=os.environ | environment,
        )
        return done.stderr

    def test_c_libraries_are_not_heard(self, strange_tiff):
        assert self.read(strange_tiff).startswith("ocr: ")
        assert self.read(strange_tiff).count("\n") == 1

    def test_unless_faults_are_looked_for(self, strange_tiff):
        assert self.read(strange_tiff, OCR_DEBUG="1").count("\n") > 1

    def test_standard_error_is_given_back(self, capfd):
        before = sys.stderr
        with console.own_stderr():
            os.write(2, b"unheard\n")
            console.note("heard")
        os.write(2, b"heard, too\n")
        assert sys.stderr is before
        assert capfd.readouterr().err == "ocr: heard\nheard, too\n"

    def test_a_closed_one_is_left_alone(self, monkeypatch):
        monkeypatch.setattr("sys.stderr", None)
        with console.own_stderr():
            assert sys.stderr is None
