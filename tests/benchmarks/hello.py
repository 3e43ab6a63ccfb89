"""How many words are read exactly that are written apart, with touching letters, and with broken ones?

    python tests/benchmarks/hello.py [WORD...] [--random] [--count N] [--seed N] [--model NAME] [--fold]

Each word is drawn in a hand, size, pen, paper, light and noise of its own; the same seed draws the same
words. Without WORD it is HELLO, as in the course's hand-out; --random draws words of four to eight random
capitals instead.
"""

from __future__ import annotations

import argparse
import functools
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from PIL import Image
from words import KINDS, Kind, draw_word, random_words

from ocr_cli.evaluation.pages import NOTHING, Comparison, PageScore, score_page
from ocr_cli.reader import Reader

_reader = functools.cache(Reader)
"""One reader for each model in each process."""


def read(job: tuple[str, Kind, int], model: str, comparison: Comparison) -> tuple[str, PageScore]:
    """What is read of a drawn word, and how it compares."""
    text, kind, seed = job
    found = _reader(model).read(draw_word(text, kind, seed)).text
    return found, score_page(text, found, comparison)


def main() -> None:
    """Parse the command line, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("words", nargs="*", default=["HELLO"], metavar="WORD")
    parser.add_argument("--random", action="store_true")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--model", default="block")
    parser.add_argument("--fold", action="store_true", help="look-alikes count as one")
    parser.add_argument("--errors", type=Path, metavar="FOLDER", help="save what is misread")
    parser.add_argument("--processes", type=int)
    arguments = parser.parse_args()
    count, seed = arguments.count, arguments.seed
    words = random_words(count, seed) if arguments.random else arguments.words
    texts = [words[n % len(words)] for n in range(count)]
    work = functools.partial(read, model=arguments.model, comparison=Comparison(False, arguments.fold, False))
    print(f"| {count} words, seed {seed} | read exactly | character errors |\n|---|---|---|")
    with ProcessPoolExecutor(arguments.processes) as pool:
        for kind in KINDS:
            jobs = [(text, kind, seed * 100_000 + n) for n, text in enumerate(texts)]
            results = list(pool.map(work, jobs, chunksize=10))
            exact = sum(score.characters_and_spaces.errors == 0 for _, score in results)
            total = sum((score for _, score in results), NOTHING)
            print(f"| {kind} | {exact / count:.1%} | {total.characters.share:.2%} |", flush=True)
            if arguments.errors:
                arguments.errors.mkdir(parents=True, exist_ok=True)
                for job, (found, score) in zip(jobs, results, strict=True):
                    if score.characters_and_spaces.errors:
                        name = "".join(c if c.isalnum() else "_" for c in found)
                        path = arguments.errors / f"{kind}-{job[2]}-{job[0]}-{name}.png"
                        Image.fromarray(draw_word(*job)).save(path)


if __name__ == "__main__":
    main()
