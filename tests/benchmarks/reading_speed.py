"""How fast, and in how much memory, are pages read, beside Tesseract?

    python tests/benchmarks/reading_speed.py PATH... [--rounds N] [--folder N] [--model NAME]

Each PATH is a picture or a folder of pictures. In each round every page is read by ``ocr read PAGE``, by
``tesseract PAGE - --psm 6``, and by the same with OMP_THREAD_LIMIT=1, which is faster wherever Tesseract's
four threads wait for each other; all in new processes, in turn, so that a busy machine slows all alike.
Printed are the medians for each page, and the medians of the pages' ratios. Then a folder of N drawn pages
(100 unless told) is read by one process, pages of 5, 20 and 60 rows by another, and a drawn photograph of 12
megapixels. Without Tesseract, ``ocr`` runs alone.
"""

from __future__ import annotations

# The system counts the memory of the process that started it as part of a new process's peak. That is why
# NumPy, and with it everything of ocr_cli that is large, is imported in other processes only.
import argparse
import multiprocessing
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ENDINGS = (".jpg", ".jpeg", ".png", ".tif", ".tiff", ".webp", ".bmp", ".gif")
KILOBYTE = 1024 if platform.system() == "Darwin" else 1
"""In units of the system's peak memory: macOS counts bytes."""
DIFFERENT = 10
"""So many different pages are drawn; a longer folder repeats them."""
ROWS = (5, 20, 60)
"""Rows of pages that are read one after the other: time grows with the writing."""
MARKS = (10, 50)
"""Pages after which the memory is noted, besides the last."""
WORDS = ("THE", "QUICK", "BROWN", "FOX", "JUMPS", "OVER", "13", "LAZY", "DOGS", "PACK", "MY", "BOX")


@dataclass(frozen=True)
class Use:
    """What a process took: seconds by the clock, seconds of processor time, megabytes at its peak."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Contender:
    """A command that reads a page, without the page, which replaces ``PAGE``; and its environment."""

    command: tuple[str, ...]
    environment: Mapping[str, str]


def contenders(model: str) -> dict[str, Contender]:
    """``ocr``, and Tesseract if it is installed."""
    found = {"ocr": Contender((sys.executable, "-m", "ocr_cli", "read", "PAGE", "--model", model), {})}
    if shutil.which("tesseract"):
        command = ("tesseract", "PAGE", "-", "--psm", "6")
        found["tesseract"] = Contender(command, {})
        found["tesseract, one thread"] = Contender(command, {"OMP_THREAD_LIMIT": "1"})
    return found


def measure(contender: Contender, page: str) -> Use:
    """Run a command on a page.

    Raises:
        RuntimeError: if it fails.
    """
    command = [page if part == "PAGE" else part for part in contender.command]
    environment = {**os.environ, **contender.environment}
    # Installed programs have their bytecode; one run from a checkout has it from the second time on.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    start = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {process.returncode}")
    return Use(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / KILOBYTE / 1024)


def in_turn(found: Mapping[str, Contender], page: str, rounds: int) -> dict[str, Use]:
    """Medians of what each contender takes for a page."""
    uses: dict[str, list[Use]] = {name: [] for name in found}
    for _ in range(rounds):
        for name, contender in found.items():
            uses[name].append(measure(contender, page))
    return {name: median(each) for name, each in uses.items()}


def median(uses: Sequence[Use]) -> Use:
    """The median of each measure by itself."""
    return Use(
        *(
            statistics.median(values)
            for values in zip(*((u.wall, u.cpu, u.memory) for u in uses), strict=True)
        )
    )


def ratio(use: Use, other: Use) -> Use:
    """Each measure of one as a share of the other's."""
    return Use(use.wall / other.wall, use.cpu / other.cpu, use.memory / other.memory)


def draw_page(seed: int, width: int, height: int, rows: int = 10) -> bytes:
    """A drawn photograph of a page in capitals, as a JPEG file."""
    import io
    import random

    from PIL import Image

    from ocr_cli.datasets.hand import Style
    from ocr_cli.datasets.paper import photograph
    from ocr_cli.datasets.synthetic import draw_text

    lines = [" ".join(random.Random(f"{seed} {k}").sample(WORDS, 4)) for k in range(rows)]
    ink = draw_text(lines, style=Style(seed=seed), seed=seed, height=50).ink
    pixels = photograph(ink, seed=seed, uneven=0.3, vignette=0.2)
    with io.BytesIO() as file:
        Image.fromarray(pixels).resize((width, height)).save(file, "JPEG", quality=90)
        return file.getvalue()


def read_in_one_process(
    pages: Sequence[str], model: str, marks: Sequence[int]
) -> list[tuple[int, float, float]]:
    """Read pages one after the other.

    Returns:
        For each of the marks, and for all pages: how many were read, the seconds since the first was begun,
        and the peak memory so far in megabytes.
    """
    from ocr_cli.reader import Reader

    reader = Reader(model)
    start = time.perf_counter()
    noted = []
    for count, page in enumerate(pages, start=1):
        reader.read(page)
        if count in marks or count == len(pages):
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTE / 1024
            noted.append((count, time.perf_counter() - start, peak))
    return noted


def read_one(page: str, model: str) -> tuple[int, float, float]:
    """Read a page once more, loaded models and all in memory.

    Returns:
        Characters, seconds of processor time, and the process's peak memory so far in megabytes.
    """
    from ocr_cli.reader import Reader

    reader = Reader(model)
    reader.read(page)
    start = time.process_time()
    count = len("".join(reader.read(page).text.split()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTE / 1024
    return count, time.process_time() - start, peak


def pictures(paths: Sequence[Path]) -> list[Path]:
    """The pictures, and those directly in the folders, by name."""
    found = []
    for path in paths:
        inside = (
            sorted(each for each in path.iterdir() if each.suffix.lower() in ENDINGS)
            if path.is_dir()
            else [path]
        )
        found += inside
    return found


def compare(found: Mapping[str, Contender], pages: Sequence[Path], rounds: int) -> None:
    """Print what each page takes, and the medians of the ratios."""
    print("| page | " + " | ".join(f"{name}: s | CPU s | MB" for name in found) + " |")
    print("|---|" + "---|" * (3 * len(found)))
    in_turn(found, str(pages[0]), 1)  # Programs and their libraries come into the system's cache.
    ratios: dict[str, list[Use]] = {name: [] for name in found if name != "ocr"}
    for page in pages:
        uses = in_turn(found, str(page), rounds)
        cells = [f"{use.wall:.2f} | {use.cpu:.2f} | {use.memory:.0f}" for use in uses.values()]
        print(f"| {page.name} | " + " | ".join(cells) + " |", flush=True)
        for name, each in ratios.items():
            each.append(ratio(uses["ocr"], uses[name]))
    for name, each in ratios.items():
        middle = median(each)
        print(
            f"ocr as a share of {name}, median of {len(each)} pages: "
            f"wall time {middle.wall:.2f}, CPU time {middle.cpu:.2f}, peak memory {middle.memory:.2f}"
        )


def drawn(model: str, count: int) -> None:
    """Print how fast, and in how much memory, a folder and a photograph of 12 megapixels are read."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        paths = [str(Path(folder, f"{k:04}.jpg")) for k in range(count)]
        photo = Path(folder, "photo.jpg")
        with ProcessPoolExecutor(1, context) as pool:
            different = [pool.submit(draw_page, k, 1600, 1200).result() for k in range(min(count, DIFFERENT))]
            photo.write_bytes(pool.submit(draw_page, DIFFERENT, 4000, 3000).result())
        for k, path in enumerate(paths):
            Path(path).write_bytes(different[k % DIFFERENT])
        with ProcessPoolExecutor(1, context) as pool:
            noted = pool.submit(read_in_one_process, paths, model, MARKS).result()
        print(
            f"a folder of {count} drawn pages: {count / noted[-1][1]:.2f} pages a second; peak memory "
            + ", ".join(f"{memory:.0f} MB after {number}" for number, _, memory in noted)
        )
        long = [Path(folder, f"{rows} rows.jpg") for rows in ROWS]
        with ProcessPoolExecutor(1, context) as pool:
            for rows, path in zip(ROWS, long, strict=True):
                path.write_bytes(pool.submit(draw_page, rows, 1600, 160 * rows + 200, rows).result())
        with ProcessPoolExecutor(1, context) as pool:
            for rows, path in zip(ROWS, long, strict=True):
                count, seconds, memory = pool.submit(read_one, str(path), model).result()
                each = f"{1000 * seconds / max(1, count):.2f} ms of processor time a character"
                print(f"a drawn page of {rows} rows: {count} characters, {each}, peak memory {memory:.0f} MB")
        use = measure(contenders(model)["ocr"], str(photo))
        print(
            f"a drawn photograph of 12 megapixels: {use.wall:.2f} s, CPU {use.cpu:.2f} s, "
            f"peak memory {use.memory:.0f} MB"
        )


def main() -> None:
    """Parse the command line and print the report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("paths", type=Path, nargs="*", metavar="PATH")
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each page (default 5)")
    parser.add_argument(
        "--folder", type=int, default=100, metavar="N", help="drawn pages, or 0 (default 100)"
    )
    parser.add_argument("--model", default="block", help="what reads (default block)")
    arguments = parser.parse_args()
    if arguments.rounds < 1 or arguments.folder < 0:
        parser.error("at least one round, and no fewer than 0 pages")
    found = contenders(arguments.model)
    if len(found) == 1:
        print("tesseract is not installed: ocr alone")
    try:
        if arguments.paths:
            pages = pictures(arguments.paths)
            if not pages:
                parser.error("there is no picture in these folders")
            compare(found, pages, arguments.rounds)
        if arguments.folder:
            drawn(arguments.model, arguments.folder)
    except (OSError, RuntimeError) as error:
        parser.exit(1, f"{parser.prog}: error: {error}\n")


if __name__ == "__main__":
    main()
