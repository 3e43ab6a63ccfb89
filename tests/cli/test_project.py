"""Whatever lies in the folder one works in, or above it, says how pages are read at most."""

import os
from pathlib import Path

import click
import pytest

from ocr_cli.cli import main, project, settings, settings_notes

OTHERS = {
    # What is read, and what limits it.
    "field": '"name=1,2,30,40"',
    "files-from": '"list.txt"',
    "form": '"visit.form.json"',
    "glob": '"*"',
    "lexicon": '"names.txt"',
    "lexicon-only": "true",
    "max-bytes": '"1k"',
    "max-pixels": "1",
    "null": "true",
    "page": '"7"',
    "recursive": "true",
    "tables": "true",
    # What is written, and where.
    "boxes": '"boxes.png"',
    "debug-dir": '"stages"',
    "doubtful": "0.9",
    "filenames": "true",
    "form-feeds": "true",
    "format": '"html"',
    "output": '"page.txt"',
    "output-dir": '"out"',
    "skip-existing": "true",
    "suffix": '".x"',
    # Who reads, and for how long.
    "jobs": "2",
    "scheduler": '"tcp://example.invalid:1"',
    "timeout": "0.001",
    # What is said of it.
    "quiet": "true",
    "verbose": "true",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "scans").mkdir()
    (tmp_path / "scans" / "list.txt").write_text("nosuch.png\n")
    (tmp_path / "scans" / "names.txt").write_text("ANNA\n")
    monkeypatch.chdir(tmp_path / "scans")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "scans"


def commands():
    ctx = click.Context(main)
    return {name: main.get_command(ctx, name) for name in main.list_commands(ctx)}


def test_each_option_of_ocr_read_is_on_one_side():
    options = {settings.option_key(one) for one in settings.settable(commands()["read"]).values()}
    assert options == set(OTHERS) | project.READING
    assert project.READING.isdisjoint(OTHERS)


def test_no_command_has_a_reading_option_of_another_meaning():
    """A new command, or a new option of an old one, has to be thought of here."""
    with_reading = {
        name: {settings.option_key(one) for one in settings.settable(command).values()} & project.READING
        for name, command in commands().items()
    }
    assert {name: options for name, options in with_reading.items() if options} == {
        "evaluate": project.READING - {"ignore-print", "layout", "region", "rotate", "thorough"},
        "harvest": {"model"},
        "learn": {"model"},
        "read": project.READING,
        "serve": project.READING - {"ignore-print", "layout", "region", "rotate", "thorough"},
    }


@pytest.mark.parametrize("table", ["", "[read]\n"])
@pytest.mark.parametrize(("key", "value"), OTHERS.items())
def test_what_does_not_say_how_pages_are_read_is_left_out(
    ocr, fake_reader, picture, folder, key, value, table
):
    path = folder / "ocr.toml"
    path.write_text(f"{table}{key} = {value}\n")
    page = picture("a.png")
    before = sorted(folder.iterdir())
    status, out, err = ocr("read", page)
    assert (status, out) == (0, "AB 1\n")
    shown = f"read.{key}" if table else key
    assert err.startswith(f"ocr: {path}: left out: {shown}; a folder's settings say how pages are read, ")
    assert err.count("\n") == 1
    assert sorted(folder.iterdir()) == before
    assert ocr("read", "--quiet", page) == (0, "AB 1\n", "")


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ("train", 'output = "x"'),
        ("train", '[train]\ninit-from = "block"'),
        ("compare", 'plot = "x.png"'),
        ("harvest", '[harvest]\npicture = "x.png"'),
        ("learn", 'text = "x.txt"'),
        ("inspect", '[inspect]\nweights = "x.png"'),
        ("man", 'output-dir = "x"'),
        ("evaluate", 'worst = "x.png"'),
        ("serve", 'host = "0.0.0.0"'),
        ("serve", '[serve]\nallow-host = "evil.example"'),
        ("serve", 'learned = "x.npz"'),
    ],
)
def test_so_it_is_with_each_command(ocr, folder, command, text):
    (folder / "ocr.toml").write_text(text)
    found = settings.find_files(None, pytest.fail)
    one = commands()[command]
    assert settings.entries(found, one, command, pytest.fail) == {}
    assert settings_notes.refused_here(found[0], one, command, list(commands()))


def test_the_users_own_file_may_say_all_of_it(ocr, fake_reader, picture, folder, tmp_path):
    own = tmp_path / "config" / "ocr" / "ocr.toml"
    own.parent.mkdir(parents=True)
    own.write_text(f'output = "{tmp_path / "page.txt"}"\n')
    assert ocr("read", picture("a.png")) == (0, "", "")
    assert (tmp_path / "page.txt").read_text() == "AB 1\n"


@pytest.mark.parametrize("model", ["./mine.npz", "/etc/mine.npz", "~/mine.npz", "../block"])
def test_a_model_is_named_and_no_file(ocr, fake_reader, picture, folder, model):
    (folder / "ocr.toml").write_text(f'model = "{model}"\n')
    result = ocr("read", picture("a.png"))
    assert fake_reader.models == ["auto"]
    assert "left out: model (as a file); " in result.err
    (folder / "ocr.toml").write_text('model = "mixed"\n')
    ocr("read", picture("a.png"))
    assert fake_reader.models == ["auto", "mixed"]


def test_what_changes_a_reading_is_named_once(ocr, fake_reader, picture, folder):
    path = folder / "ocr.toml"
    path.write_text('rotate = 90\n[read]\nmodel = "mixed"\n')
    said = f"ocr: {path}: sets rotate, model (to do without: ocr --config {os.devnull})\n"
    assert ocr("read", picture("a.png"), picture("b.png")).err == said
    assert ocr("read", "--quiet", picture("a.png")).err == ""
    # What the command line says instead is not the file's.
    err = ocr("read", "--rotate", "0", picture("a.png")).err
    assert err == said.replace("rotate, model", "model")
    assert ocr("read", "--rotate", "0", "--model", "block", picture("a.png")).err == ""
    assert ocr("--config", os.devnull, "read", picture("a.png")).err == ""
    assert fake_reader.options[-1].rotation == "auto"


def test_hostile_keys_are_legible_and_few(ocr, fake_reader, picture, folder):
    keys = [f'"\\u001b[2J{number}{"x" * 1000}" = 1\n' for number in range(1000)]
    (folder / "ocr.toml").write_text("".join(keys))
    err = ocr("read", picture("a.png")).err
    assert err.count("\n") == 1
    assert "\x1b" not in err
    assert "and 995 more" in err
    assert len(err) < 1000


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no owners of files here")
class TestOwners:
    @pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
    @pytest.mark.parametrize("name", ["ocr.toml", "pyproject.toml"])
    def test_what_others_can_write_is_not_obeyed(self, ocr, fake_reader, picture, folder, mode, name):
        path = folder / name
        path.write_text("tool.ocr.rotate = 90\n" if name != "ocr.toml" else "rotate = 90\n")
        path.chmod(mode)
        err = ocr("read", picture("a.png")).err
        assert fake_reader.options[-1].rotation == "auto"
        assert err == (
            f"ocr: {path}: can be written by others, and is not obeyed (to obey it: ocr --config {name})\n"
        )
        path.chmod(0o644)
        ocr("read", picture("a.png"))
        assert fake_reader.options[-1].rotation == 90

    def test_what_is_somebody_elses_is_not_obeyed_and_the_search_goes_on(
        self, ocr, fake_reader, picture, folder, monkeypatch
    ):
        (folder / "ocr.toml").write_text("rotate = 90\n")
        own = os.geteuid()
        (folder.parent / "ocr.toml").write_text("rotate = 180\n")
        stat = os.stat

        def foreign(path, *args, **options):
            found = stat(path, *args, **options)
            if Path(path) != folder / "ocr.toml" if isinstance(path, (str, Path)) else True:
                return found
            return os.stat_result((*found[:4], own + 1, *found[5:]))

        monkeypatch.setattr("os.stat", foreign)
        err = ocr("read", picture("a.png")).err
        assert fake_reader.options[-1].rotation == 180
        lines = err.splitlines()
        assert lines[0].startswith(f"ocr: {folder / 'ocr.toml'}: is somebody else's, and is not obeyed")
        assert lines[1].startswith(f"ocr: {folder.parent / 'ocr.toml'}: sets rotate")

    @pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can give files away")
    def test_root_obeys_its_own_files_alone(self, folder):
        path = folder / "ocr.toml"
        path.write_text("")
        assert project.distrust(path) is None
        os.chown(path, 12345, -1)
        assert project.distrust(path) == "is somebody else's"

    @pytest.mark.skipif(getattr(os, "geteuid", lambda: 1)() != 0, reason="only root can give links away")
    def test_a_link_is_judged_too(self, folder, tmp_path):
        (tmp_path / "mine.toml").write_text("")
        (folder / "ocr.toml").symlink_to(tmp_path / "mine.toml")
        assert project.distrust(folder / "ocr.toml") is None
        os.chown(folder / "ocr.toml", 12345, -1, follow_symlinks=False)
        assert project.distrust(folder / "ocr.toml") == "is somebody else's"


class TestFolders:
    def test_none_above_the_home(self, tmp_path, monkeypatch):
        inner = tmp_path / "home" / "scans" / "old"
        inner.mkdir(parents=True)
        monkeypatch.setenv("HOME", str(tmp_path / "home"))
        assert list(project.folders(inner)) == [inner, inner.parent, tmp_path / "home"]
        monkeypatch.setenv("HOME", str(tmp_path / "elsewhere"))
        assert list(project.folders(inner))[:4] == [inner, inner.parent, tmp_path / "home", tmp_path]

    def test_none_on_another_file_system(self, tmp_path, monkeypatch):
        inner = tmp_path / "mounted" / "scans"
        inner.mkdir(parents=True)
        stat = os.stat

        def elsewhere(path, *args, **options):
            found = stat(path, *args, **options)
            if Path(path) in (tmp_path, *tmp_path.parents):
                return os.stat_result((*found[:2], found.st_dev + 1, *found[3:]))
            return found

        monkeypatch.setattr("os.stat", elsewhere)
        assert list(project.folders(inner)) == [inner, inner.parent]

    def test_a_relative_folder_for_the_users_own_is_none(self, folder, monkeypatch):
        monkeypatch.setenv("XDG_CONFIG_HOME", "config")
        assert settings.user_file().is_absolute()


def test_the_reference_lists_what_a_folder_may_say():
    page = (Path(__file__).parents[2] / "docs/reference/settings.md").read_text(encoding="utf-8")
    listed = page.partition("how pages are read and nothing else:")[2].partition(". What\nis read")[0]
    assert sorted(listed.split("`")[1::2]) == sorted(project.READING)
