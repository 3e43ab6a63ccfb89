"""The benchmark that counts the files a command walks through: it must see what is called, and that alone."""

import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parent / "benchmarks" / "walk.py"
SAMPLE = Path(__file__).parents[1] / "samples" / "note.jpg"


def walk(*arguments):
    return subprocess.run([sys.executable, SCRIPT, *arguments], capture_output=True, text=True, check=False)


def test_the_way_of_a_picture_is_counted_and_the_picture_read():
    done = walk("--files", "read", str(SAMPLE))
    assert done.returncode == 0
    assert done.stdout == SAMPLE.with_suffix(".gt.txt").read_text()
    first, *files = done.stderr.splitlines()
    names = {line.partition(":")[0] for line in files}
    assert first.startswith(f"{len(files)} files, ")
    assert {"__main__.py", "reader.py", "scorer.py", "lattice/lattice.py", "network/mlp.py"} <= names
    assert not {name for name in names if name.startswith(("training/", "datasets/"))}


def test_a_command_that_reads_nothing_walks_through_few_files():
    done = walk("read", "--help")
    assert done.returncode == 0
    assert int(done.stderr.splitlines()[-1].split()[0]) < 25
