"""Whatever lies beside the pictures, none of it is run."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

SAMPLES = Path(__file__).parents[2] / "samples"
CONSOLE_SCRIPT = Path(sys.executable).with_name("ocr.exe" if sys.platform == "win32" else "ocr")
# Beside the standard library's modules: what ocr uses, and what Python and others look for on their own.
OTHERS = ["PIL", "click", "distributed", "matplotlib", "numpy", "ocr_cli", "pillow_heif", "pypdfium2"]
OTHERS += ["scipy", "sitecustomize", "skimage", "tomli", "usercustomize"]


@pytest.fixture
def hostile(tmp_path):
    """A folder of pictures with a file named like each module that might be imported, to leave its mark."""
    ran = tmp_path / "ran"
    ran.mkdir()
    folder = tmp_path / "scans"
    folder.mkdir()
    for name in {*sys.stdlib_module_names, *OTHERS}:
        mark = f"open({str(ran / name)!r}, 'w').close()\nraise ImportError('run')\n"
        (folder / f"{name}.py").write_text(mark)
    for number in (1, 2):
        shutil.copy(SAMPLES / "note.jpg", folder / f"{number}.jpg")
    np.savez(folder / "letters.npz", images=np.eye(32)[None].repeat(8, 0), labels=np.array(list("AB" * 4)))
    return folder


def leave_out_what_python_needs_before_us(folder):
    """Of ``python -m``, the working folder is looked into before any code of ours is run."""
    probe = folder.parent / "probe"
    (probe / "here").mkdir(parents=True)
    (probe / "here" / "__init__.py").write_text("import sys\nprint(*sys.modules)\n")
    (probe / "here" / "__main__.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "here"], cwd=probe, capture_output=True, text=True, check=True
    )
    for name in {"ocr_cli", *done.stdout.split()}:
        (folder / f"{name}.py").unlink(missing_ok=True)


def run(command, folder, **environment):
    with subprocess.Popen(
        command,
        cwd=folder,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            out, err = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
    assert [path.name for path in (folder.parent / "ran").iterdir()] == []
    return subprocess.CompletedProcess(command, process.returncode, out, err)


READ = ["read", "1.jpg", "2.jpg", "--no-filenames", "--jobs", "2"]
TRAIN = ["train", "letters.npz", "--epochs", "1", "--validation", "0", "-o", "m.npz"]


def read_both(done):
    assert (done.returncode, done.stderr) == (0, "")
    first, second = done.stdout.split("\n\n")
    assert first == second.removesuffix("\n") != ""


@pytest.mark.skipif(not CONSOLE_SCRIPT.exists(), reason="ocr is not installed")
class TestConsoleScript:
    def test_reading_in_several_processes(self, hostile):
        read_both(run([CONSOLE_SCRIPT, *READ], hostile))

    def test_training(self, hostile):
        assert run([CONSOLE_SCRIPT, *TRAIN], hostile).returncode == 0

    @pytest.mark.parametrize("command", [["models"], ["config"], ["inspect", "block"], ["read", "1.jpg"]])
    def test_other_commands(self, hostile, command):
        assert run([CONSOLE_SCRIPT, *command], hostile).returncode == 0


class TestPythonDashM:
    def test_reading_in_several_processes(self, hostile):
        leave_out_what_python_needs_before_us(hostile)
        read_both(run([sys.executable, "-m", "ocr_cli", *READ], hostile))

    def test_training(self, hostile):
        leave_out_what_python_needs_before_us(hostile)
        assert run([sys.executable, "-m", "ocr_cli", *TRAIN], hostile).returncode == 0

    def test_a_folder_with_the_package_itself_is_kept(self, tmp_path):
        shutil.copytree(SAMPLES.parent / "ocr_cli", tmp_path / "ocr_cli")
        code = "import sys; print(sys.path[0])"
        (tmp_path / "ocr_cli" / "__main__.py").write_text(code)
        done = run_module(tmp_path)
        assert done == str(tmp_path)
        (tmp_path / "elsewhere").mkdir()
        assert run_module(tmp_path / "elsewhere", PYTHONPATH=str(tmp_path)) == str(tmp_path)

    def test_a_path_that_python_has_put_in_order_is_left_alone(self, tmp_path):
        """With -I it begins with the standard library, whatever the working folder."""
        code = (
            "import sys; sys.argv[0] = '-m'; before = [*sys.path]; import ocr_cli; print(sys.path == before)"
        )
        done = subprocess.run(
            [sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        assert done.stdout == "True\n"


def run_module(folder, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "ocr_cli"],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_program_that_has_the_folder_on_its_path_does_not_hand_it_on(hostile):
    """Of ``python -c``, the working folder comes first for its own imports; the processes need none of it."""
    for path in hostile.glob("*.py"):
        if path.stem not in ("signal", "struct", "numpy", "multiprocessing", "PIL"):
            path.unlink()
    code = (
        "import sys; del sys.path[0]; from ocr_cli.cli import main; import ocr_cli.reader\n"
        "sys.path.insert(0, ''); main(sys.argv[1:], prog_name='ocr')"
    )
    read_both(run([sys.executable, "-c", code, *READ], hostile))


def test_settings_of_matplotlib_are_none_of_ours(hostile):
    pytest.importorskip("matplotlib")
    (hostile / "matplotlibrc").write_bytes(b"backend: \xff\n")
    code = "import sys; del sys.path[0]; import ocr_cli.training.plots as p; p.check_picture('a.png')"
    done = run([sys.executable, "-c", code], hostile)
    # On a busy machine Matplotlib says that it lists the fonts.
    said = [line for line in done.stderr.splitlines() if "font cache" not in line]
    assert (done.returncode, said) == (0, [])
