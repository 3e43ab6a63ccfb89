"""``ocr read --jobs`` with the real reader, whose processes die, get stuck or cannot even be started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="POSIX signals and limits")

NOTE = Path(__file__).parents[2] / "samples" / "note.jpg"
EVERY_PROCESS = """
import os, signal, sys
if any("spawn_main" in part or part.endswith("child.py") for part in sys.orig_argv):
    {of_those_that_read}
"""


@pytest.fixture
def ocr(tmp_path):
    """Starts ``ocr read`` on three pictures; its processes run some code before all else."""

    def start(of_those_that_read, **options):
        # Python imports this by itself, wherever it is found.
        (tmp_path / "sitecustomize.py").write_text(
            EVERY_PROCESS.format(of_those_that_read=of_those_that_read)
        )
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "ocr_cli",
                "read",
                "--no-filenames",
                *[NOTE] * 3,
                "--jobs",
                options.pop("jobs", "2"),
            ],
            env=os.environ | {"PYTHONPATH": str(tmp_path)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **options,
        )

    return start


def ended(process):
    """What it printed and said; a process that goes on is killed, with all that it started."""
    try:
        return process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise


@pytest.mark.slow
def test_those_that_die_while_they_start_cost_nothing(ocr, tmp_path):
    die_thrice = (
        f"folder = {str(tmp_path)!r}\n"
        "    if sum(name.startswith('dead') for name in os.listdir(folder)) < 3:\n"
        "        open(f'{folder}/dead{os.getpid()}', 'x').close()\n"
        "        os._exit(9)"
    )
    with ocr(die_thrice) as process:
        out, err = ended(process)
    assert (process.returncode, err) == (0, "")
    assert out == "\n".join([NOTE.with_suffix(".gt.txt").read_text()] * 3)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_those_that_never_listen_can_be_ended(ocr, tmp_path, number):
    stuck = tmp_path / "stuck"
    os.mkfifo(stuck)
    with ocr(f"open({str(stuck)!r}, 'w').close(); signal.pause()") as process:
        stuck.read_text()  # Until one is.
        os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
        _, err = ended(process)
    expected = {signal.SIGINT: (130, "interrupted"), signal.SIGTERM: (143, "terminated")}[number]
    assert (process.returncode, err) == (expected[0], f"ocr: {expected[1]}\n")


def limited(**limits):
    """For ``preexec_fn``."""
    import resource

    def limit():
        for name, most in limits.items():
            resource.setrlimit(getattr(resource, name), (most, most))

    return limit


@pytest.mark.slow
def test_few_open_files(ocr):
    with ocr("pass", jobs="8", preexec_fn=limited(RLIMIT_NOFILE=16)) as process:
        out, err = ended(process)
    assert (process.returncode, err) == (0, "")
    assert out == "\n".join([NOTE.with_suffix(".gt.txt").read_text()] * 3)


def test_too_few_open_files(ocr):
    with ocr("pass", jobs="8", preexec_fn=limited(RLIMIT_NOFILE=9)) as process:
        assert ended(process) == (
            "",
            "ocr: error: no process that reads can be started: Too many open files "
            "(fewer --jobs need less)\n",
        )
    assert process.returncode == 1
