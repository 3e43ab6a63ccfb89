import io
import sys
from pathlib import Path

import click
import pytest
from click.core import ParameterSource

from ocr_cli.cli import console, main, settings


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A working directory two folders below the one that is returned, for the project's file."""
    inner = tmp_path / "project" / "scans" / "old"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    return tmp_path / "project"


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Writes the user's file."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))

    def write(text):
        path = tmp_path / "config" / "ocr" / "ocr.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def model_read_with(ocr, fake_reader, picture):
    """The model that ``ocr read`` takes, given these arguments."""

    def read(*arguments):
        assert ocr(*(arguments or ["read"]), picture("a.png")).status == 0
        return fake_reader.models[-1]

    return read


class TestOrder:
    def test_each_source_beats_the_ones_before(self, model_read_with, project, user, monkeypatch):
        assert model_read_with() == "auto"
        user('model = "everywhere"')
        assert model_read_with() == "everywhere"
        user('model = "everywhere"\n[read]\nmodel = "user"')
        assert model_read_with() == "user"
        (project / "pyproject.toml").write_text('[tool.ocr]\nmodel = "project"')
        assert model_read_with() == "project"
        (project / "ocr.toml").write_text('read.model = "nearer"')
        assert model_read_with() == "nearer"
        (project / "scans" / "ocr.toml").write_text('model = "nearest"')
        assert model_read_with() == "nearest"
        monkeypatch.setenv("OCR_READ_MODEL", "environment")
        assert model_read_with() == "environment"
        assert model_read_with("read", "--model", "command") == "command"

    def test_a_file_that_is_named_is_the_only_one(self, model_read_with, project, user, tmp_path):
        user('model = "user"')
        (project / "ocr.toml").write_text('model = "project"')
        (tmp_path / "other.toml").write_text('model = "other"')
        assert model_read_with("--config", tmp_path / "other.toml", "read") == "other"
        assert model_read_with("--config", "/dev/null", "read") == "auto"

    def test_a_pyproject_that_says_nothing_of_ocr_is_passed_over(self, model_read_with, project):
        (project / "ocr.toml").write_text('model = "project"')
        (project / "scans" / "pyproject.toml").write_text("no TOML")
        assert model_read_with() == "project"

    def test_help_shows_the_defaults_of_the_settings(self, ocr, project):
        (project / "ocr.toml").write_text('read.rotate = "90"')
        assert "[default: 90]" in ocr("read", "--help").out


class TestValues:
    def test_flags_numbers_and_underscores(self, ocr, fake_reader, picture, project):
        (project / "ocr.toml").write_text("[read]\nignore_print = true\nrotate = 90")
        assert ocr("read", picture("a.png")).status == 0
        assert fake_reader.options[-1].ignore_print
        assert fake_reader.options[-1].rotation == 90

    def test_files_are_looked_for_from_the_folder_of_the_file(self, ocr, fake_reader, picture, user):
        folder = user('lexicon = "lists/names.txt"\nmodel = "./mine.npz"').parent
        (folder / "lists").mkdir()
        (folder / "lists" / "names.txt").write_text("ANNA\n")
        result = ocr("read", picture("a.png"))
        assert (result.status, result.err) == (0, "")
        assert Path(fake_reader.models[-1]) == folder / "mine.npz"

    def test_several_values(self, user):
        folder = user('compare.lr = [0.1, 0.01]\nevaluate.pages = "scans"').parent
        files = settings.find_files(None, pytest.fail)
        compare, evaluate = (main.get_command(click.Context(main), n) for n in ("compare", "evaluate"))
        assert settings.entries(files, compare, "compare", pytest.fail)["lr"].value == ["0.1", "0.01"]
        pages = settings.entries(files, evaluate, "evaluate", pytest.fail)["pages"]
        assert pages.value == [str(folder / "scans")]

    def test_what_is_for_pages_is_no_mistake_with_data(self, ocr, project):
        (project / "ocr.toml").write_text('language = "de"\nevaluate.ignore-case = true')
        assert ocr("evaluate", "nosuch.npz").status == 1


WRONG = pytest.mark.parametrize(
    ("text", "message"),
    [
        ('modle = "block"', "modle: no command has such an option; did you mean model?"),
        ("[raed]\nrotate = 90", "raed: there is no such command; did you mean read?"),
        ("[read]\nrotat = 90", "read.rotat: there is no such option; did you mean rotate?"),
        ("[read]\nrotate = 45", "read.rotate: '45' is not one of "),
        ("[read]\nignore-print = 1", "read.ignore-print: is true or false"),
        ("quiet = 1", "quiet: is true or false"),
        ("[read]\nmodel = true", "read.model: is a text or a number"),
        ("model = []", "model: is a text or a number"),
        ("[read.model]\nname = 1", "read.model: is a text or a number"),
        ('model = "\\u0000"', "model: a text without the character NUL"),
        ("read = 1", "read: the settings of a command are a table, [read]"),
        ("model =", "not TOML: "),
        ("model = " + "[" * 100_000, "not TOML: "),
        ("#" * (1 << 20) + "#", "too large"),
    ],
)


@WRONG
def test_what_is_wrong_is_one_line_that_names_file_and_key(ocr, user, text, message):
    path = user(text)
    status, out, err = ocr("read", "a.png")
    assert (status, out) == (2, "")
    assert err.startswith(f"ocr: error: {path}: {message}")
    assert err.endswith("(correct it, or do without: ocr --config /dev/null)\n")
    assert err.count("\n") == 1
    assert ocr("read", "--help").status == 0


@WRONG
def test_what_is_wrong_in_a_folders_file_is_one_line_and_ends_nothing(
    ocr, project, picture, fake_reader, text, message
):
    path = project / "ocr.toml"
    path.write_text(text)
    status, out, err = ocr("read", picture("a.png"))
    assert (status, out) == (0, "AB 1\n")
    assert err.startswith(f"ocr: {path}: ")
    assert err.count("\n") == 1
    assert ocr("read", "-q", picture("a.png")) == (0, "AB 1\n", "")
    assert fake_reader.models[-1] == "auto"
    status, _, err = ocr("config", "read")
    assert status == 0
    assert err.startswith(f"ocr: {path}: ")


def test_a_key_in_pyproject_is_named_with_its_table(ocr, project, picture, fake_reader):
    (project / "pyproject.toml").write_text("[tool.ocr.read]\nrotate = 45")
    assert "pyproject.toml: tool.ocr.read.rotate: " in ocr("read", picture("a.png")).err


def test_a_file_that_is_not_utf_8_or_not_there(ocr, user):
    user("").write_bytes(b'model = "\xff"')
    assert "ocr.toml: not text in UTF-8" in ocr("read", "a.png").err
    assert "nosuch.toml: cannot be read: No such file" in ocr("--config", "nosuch.toml", "read", "a.png").err


def test_a_bad_value_in_the_environment_is_named(ocr, monkeypatch):
    monkeypatch.setenv("OCR_READ_FORMAT", "nonsense")
    status, _, err = ocr("read", "a.png")
    assert status == 2
    assert "OCR_READ_FORMAT" in err
    assert err.count("\n") == 1


def test_help_and_version_have_no_variables(ocr, picture, fake_reader, monkeypatch):
    for name in ("OCR_HELP", "OCR_VERSION", "OCR_READ_HELP"):
        monkeypatch.setenv(name, "1")
    assert ocr("read", picture("a.png")).out == "AB 1\n"


class TestLoudness:
    @pytest.fixture(autouse=True)
    def _reader(self, fake_reader):
        pass

    @pytest.mark.parametrize("arguments", [("-q", "read"), ("read", "--quiet"), ("-v", "read", "-q")])
    def test_quiet_says_nothing_but_errors(self, ocr, picture, arguments):
        result = ocr(*arguments, picture("blank.png", ink=None), "missing.png")
        assert result.status == 1
        assert result.err.startswith("ocr: error: missing.png")
        assert result.err.count("\n") == 1

    def test_verbose_says_where_settings_come_from(self, ocr, picture, project):
        (project / "ocr.toml").write_text("")
        assert f"ocr: {project / 'ocr.toml'}: " in ocr("read", "--verbose", picture("a.png")).err
        assert ocr("read", picture("a.png")).err == ""

    def test_files_and_the_environment_choose_it_and_the_command_line_chooses_again(
        self, ocr, picture, user, monkeypatch
    ):
        blank = picture("blank.png", ink=None)
        user("quiet = true")
        assert ocr("read", blank).err == ""
        assert "no writing" in ocr("read", "-v", blank).err
        user("[read]\nquiet = true")
        assert ocr("read", blank).err == ""
        user("")
        monkeypatch.setenv("OCR_QUIET", "1")
        assert ocr("read", blank).err == ""


class TestColour:
    @pytest.fixture
    def said(self, monkeypatch):
        class Terminal(io.TextIOWrapper):
            def isatty(self):
                return True

        def say(*error):
            stream = Terminal(io.BytesIO())
            monkeypatch.setattr("sys.stderr", stream)
            console.say_error(*error)
            return stream.buffer.getvalue().decode()

        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.delenv("NO_COLOR", raising=False)
        return say

    def test_a_terminal_gets_it(self, said):
        assert said("a", "b") == "ocr: \x1b[31m\x1b[1merror:\x1b[0m a (b)\n"

    @pytest.mark.parametrize(("name", "value"), [("NO_COLOR", "1"), ("TERM", "dumb")])
    def test_unless_it_wants_none(self, said, monkeypatch, name, value):
        monkeypatch.setenv(name, value)
        assert said("a") == "ocr: error: a\n"


def test_where_the_users_file_is_without_xdg(monkeypatch):
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr("click.get_app_dir", lambda name: f"/home/anna/settings/{name}")
    assert settings.user_file().as_posix() == "/home/anna/settings/ocr/ocr.toml"


def test_settings_need_no_module_that_python_3_10_lacks():
    assert sys.version_info >= (3, 11) or __import__("tomli")


def test_sources_are_ordered_as_loudness_takes_them():
    assert ParameterSource.COMMANDLINE < ParameterSource.ENVIRONMENT < ParameterSource.DEFAULT_MAP
