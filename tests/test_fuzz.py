"""The fuzzer must find what it is there to find; it is run by hand (``tests/benchmarks/fuzz.py``)."""

import io
import os
import signal
import sys
import time
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("resource", reason="processes are limited by POSIX means")

from fuzz import Limits, outcomes
from fuzz_hostile import hostile_kinds
from fuzz_kinds import Kind, kinds
from fuzz_mutations import mutated
from fuzz_sealed import resealed

from ocr_cli.errors import ImageError, ModelFileError
from ocr_cli.network.archive import read_archive, refusing, write_archive


def refuse(path):
    raise ImageError("refused")


def hang(path):
    time.sleep(30)


def work(path):
    while True:
        pass


def grow(path):
    np.ones(40_000_000)


def talk(path):
    os.write(2, b"libtiff: what is this?\n")


def warn(path):
    print("a warning", file=sys.stderr)


def die(path):
    os.kill(os.getpid(), signal.SIGSEGV)


def fail(path):
    raise IndexError("not found")


def wrong(path):
    raise ImageError("two\nlines")


@pytest.mark.parametrize(
    ("use", "fault"),
    [
        (refuse, None),
        (lambda path: None, None),
        (hang, "took more than 1 s"),
        (work, "took more than 1 s"),
        (grow, " MB"),
        (talk, "said past ocr, on standard error: libtiff"),
        (warn, "said: a warning"),
        (die, "the process died"),
        (fail, "IndexError: not found"),
        (wrong, "an error of several lines"),
    ],
)
def test_faults_are_found(tmp_path, use, fault):
    table = {"a, by command": Kind(1.0, use, [{"a.txt": b"good"}])}
    # A forked process does not count all that it shares with its parent as its own.
    # What only waits uses none of its second of the processor: the clock gives it up. The others have time
    # enough on a machine that does other things as well.
    patience, seconds = (1, 1) if use is hang else (4, 1 if use is work else 30)
    limits = Limits(seconds=seconds, megabytes=resident() + 100, patience=patience)
    (outcome,) = outcomes(table, 0, [7], 1, limits, tmp_path)
    if fault is None:
        assert outcome.fault is None
        assert outcome.refused == (use is refuse)
        assert not list(tmp_path.iterdir())
    else:
        assert fault in outcome.fault
        assert (tmp_path / "7" / "input" / "a.txt").exists()


def test_each_kind_has_good_files_that_are_taken(tmp_path):
    from fuzz import use

    for number, (name, kind) in enumerate((kinds(["PNG"]) | hostile_kinds()).items()):
        folder = tmp_path / str(number)
        for file, content in kind.seeds[0].items():
            path = folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content) if content else path.mkdir()
        assert not use(kind, folder / next(iter(kind.seeds[0]))), name


DAMAGE = (KeyError, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def resident():
    """Megabytes that this process has, which its children begin with."""
    import resource

    try:
        # What it has had at the most, and given back, no child has.
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * resource.getpagesize() // 1_000_000
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most // (1_000_000 if sys.platform == "darwin" else 1_000)


def test_a_run_is_the_same_each_time(tmp_path):
    seen = []
    table = {"a": Kind(1.0, lambda path: path.read_bytes() == b"good", [{"a.txt": b"good" * 9}])}
    for _ in range(2):
        found = sorted(outcomes(table, 3, list(range(20)), 2, Limits(), None), key=lambda one: one.number)
        seen.append([one.refused for one in found])
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    "content", [b"", b"plain 12 text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"II*\0", b"PK\x03\x04"]
)
def test_damage_is_the_same_for_the_same_seed(content):
    content += bytes(range(256)) * 2 if content else b""
    copies = [
        [mutated(content, np.random.default_rng([seed]), [b"other"]) for seed in range(60)] for _ in range(2)
    ]
    assert copies[0] == copies[1]
    assert len(set(copies[0])) > (40 if content else 3)


def test_checksums_are_made_good(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.npy", b"\x93NUMPY" + bytes(200))
    sound = 0
    for seed in range(100):
        try:
            with zipfile.ZipFile(
                io.BytesIO(mutated(file.getvalue(), np.random.default_rng(seed), [b"x"]))
            ) as changed:
                sound += changed.testzip() is None and changed.read("a.npy") != b"\x93NUMPY" + bytes(200)
        except (zipfile.BadZipFile, *DAMAGE):
            pass
    assert sound > 10


def test_damage_behind_the_checksum(tmp_path):
    path = tmp_path / "a.npz"
    write_archive(
        path, {"x": np.arange(6.0)}, {"format": "f", "version": 1, "n": [1, {"a": 2}]}, compress=False
    )
    whole = path.read_bytes()
    accepted = 0
    refusals = []
    for seed in range(40):
        path.write_bytes(resealed(whole, np.random.default_rng(seed)))
        try:
            with refusing(path, "archive", ModelFileError):
                read_archive(path, file_format="f", version=1)
            accepted += 1
        except ModelFileError as error:
            refusals.append(str(error))
    assert accepted > 10
    assert not any("checksum" in refusal for refusal in refusals)


def test_what_a_grammar_makes_is_the_same_for_the_same_seed_and_odd(tmp_path):
    for name, kind in hostile_kinds().items():
        made = []
        for run in range(2):
            for seed in range(20):
                folder = tmp_path / name / f"{run}-{seed}"
                folder.mkdir(parents=True)
                made.append(kind.make(np.random.default_rng(seed), folder).read_bytes())
        assert made[:20] == made[20:], name
        assert len(set(made)) > (1 if name.startswith("models") else 5), name
