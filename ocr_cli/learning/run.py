"""From a hand's pages and their text to a model that knows it: what ``ocr learn`` does, for Python."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ocr_cli.errors import DataError, ImageError, OcrError
from ocr_cli.evaluation.transcripts import Transcribed, pair_transcripts
from ocr_cli.learning import adapt as adapting
from ocr_cli.learning.adapt import Adaptation
from ocr_cli.learning.harvest import Harvest, harvest
from ocr_cli.model_store import AUTO, find_model, name_for
from ocr_cli.network.model_file import save_model
from ocr_cli.options import ReadOptions
from ocr_cli.reader import Reader
from ocr_cli.training.ancestor import Ancestor, load_ancestor
from ocr_cli.training.loop import Epoch


def learn(
    pages: Sequence[str | Path],
    texts: Sequence[str | Path] = (),
    *,
    output: str | Path | None = None,
    model: str | Path = AUTO,
    seed: int = 0,
    on_page: Callable[[Harvest], object] | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> Adaptation:
    """Teach a model a hand from pages whose text is known, as ``ocr learn`` does.

    Args:
        pages: pictures, and folders of pictures with transcripts beside them.
        texts: the files with their text, one for each page; ``NAME.gt.txt`` beside ``NAME.jpg`` if there are
            none.
        output: the model's file; none is written if None.
        model: name or path of the one to begin with; ``auto``: ``mixed`` if there are small letters in the
            texts, else ``block``.
        seed: of all that is random, and of the choice of lines that are held back.
        on_page: told what each page brought.
        on_epoch: told of each epoch.

    Returns:
        The model, which ``Reader`` takes, and how well it reads the lines that were held back.

    Raises:
        DataError: if a text is not its page's, or there is too little to learn from.
        ImageError: if a picture cannot be read.
        ModelFileError: if the model cannot be used.
        OutputError: if the file cannot be written.
    """
    pairs = pair_transcripts(pages, texts)
    path = find_model(name_for(model, (pair.text for pair in pairs)) if model == AUTO else model)
    ancestor = load_ancestor(path)
    found = harvest_all(pairs, path, on_page)
    return taught(ancestor, found, output, seed=seed, on_epoch=on_epoch)


def harvest_all(
    pairs: Iterable[Transcribed],
    model: str | Path,
    on_page: Callable[[Harvest], object] | None = None,
    on_fault: Callable[[OcrError], object] | None = None,
) -> list[Harvest]:
    """What each page brings, but for those that bring nothing.

    Args:
        pairs: pictures and their texts.
        model: finds the characters.
        on_page: told what each page brought, which may be nothing.
        on_fault: told why a page cannot be used, which is then left out.

    Raises:
        ModelFileError: if the model cannot be used.
        DataError, ImageError: if a page cannot be used and nobody wants to be told.
    """
    reader = Reader(model, ReadOptions(language=None))
    found = []
    for pair in pairs:
        try:
            one = harvest(reader, pair.picture, pair.text, str(pair.picture))
        except (DataError, ImageError) as error:
            if on_fault is None:
                raise
            on_fault(error)
            continue
        if on_page is not None:
            on_page(one)
        if one.samples:
            found.append(one)
    return found


def taught(
    ancestor: Ancestor, found: Sequence[Harvest], output: str | Path | None, *, seed: int, **observers: Any
) -> Adaptation:
    """Learn from what was harvested, and write the model.

    Args:
        ancestor: the model to begin with.
        found: pages by one writer.
        output: the model's file, if one is to be written.
        seed: see ``learn``.
        observers: further arguments of ``adapt``, which raises what this does.

    Raises:
        OutputError: if the file cannot be written.
    """
    if not found:
        raise DataError(
            "no characters harvested: nothing to learn from",
            hint="more pages, or better legible ones, bring more",
        )
    settings = replace(adapting.SETTINGS, seed=seed)
    result = adapting.adapt(ancestor, found, settings=settings, **observers)
    if output is not None:
        save_model(output, result.model)
    return result


def said(result: Adaptation, model: str) -> str:
    """What came of learning, in a sentence.

    Args:
        result: that.
        model: name of the one it began with.
    """
    before, after = (round(one.accuracy * result.held_back) for one in (result.before, result.after))
    if not result.learned:
        return (
            f"nothing learned, this is {model} as it was: it reads {before} of {result.held_back} characters "
            "held back, and no epoch did better"
        )
    return (
        f"learned from {result.samples} characters; of {result.held_back} held back {after} are read right, "
        f"{before} before"
    )
