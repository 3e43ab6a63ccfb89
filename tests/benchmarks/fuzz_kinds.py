"""What is fuzzed: good files of each kind that ``ocr`` reads, and what is done with a damaged one."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import struct
import tempfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from fuzz_pictures import Files, drawn, pictures, saved
from PIL import Image

from ocr_cli.classifier import Classifier
from ocr_cli.cli import main
from ocr_cli.datasets.loaders import load_dataset
from ocr_cli.errors import ExitCode
from ocr_cli.evaluation.transcripts import find_transcribed
from ocr_cli.imaging.frames import chosen_frames
from ocr_cli.model_store import find_language
from ocr_cli.network.mlp import MLP
from ocr_cli.network.model_file import ModelFile, Prototypes, load_model, read_metadata, save_model
from ocr_cli.options import ReadOptions
from ocr_cli.page import Page
from ocr_cli.reader import Reader
from ocr_cli.writers.formats import FORMATS

_FRAMES = 3
_PART = ".ocr-part-"


class FaultError(Exception):
    """What ``ocr`` did and must not do."""


@dataclass(frozen=True)
class Kind:
    """One kind of input.

    Attributes:
        share: of all inputs.
        use: does with a damaged file, in a folder of its own, what ``ocr`` does; raises ``OcrError`` if the
            file is refused, or says whether it was.
        seeds: good inputs.
        make: makes an input instead of a damaged good one; see ``fuzz_grammars``.
        sealed: whether the files are archives with a checksum, which some damage must be behind.
        errors: what else may refuse it.
    """

    share: float
    use: Callable[[Path], bool | None]
    seeds: list[Files] = field(default_factory=list)
    sealed: bool = False
    errors: tuple[type[Exception], ...] = ()
    make: Callable[[np.random.Generator, Path], Path] | None = None


def refused_by(*arguments: str | Path, folder: Path, legible: bool = False, shows: str | None = None) -> bool:
    """Run ``ocr`` in this process, look at all that it says and leaves; returns whether it failed.

    Args:
        arguments: of the command line.
        folder: where nothing half written may be left.
        legible: whether what it prints must be lines of text.
        shows: what it prints must have this in it, whatever it says on standard error; then its status is 0.

    Raises:
        FaultError: if it is not one line for each trouble, a documented status, and whole files.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said, contextlib.redirect_stderr(said):
        printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with contextlib.redirect_stdout(printed):
            try:
                main([str(argument) for argument in arguments], prog_name="ocr")
            except SystemExit as ended:
                status = int(ended.code or 0)
        said.seek(0)
        lines = said.read().split("\n")[:-1]
    printed.flush()
    out = printed.buffer.getvalue()  # type: ignore[attr-defined]  # of BytesIO
    if legible and (
        odd := [one for one in out.decode() + "".join(lines) if not one.isprintable() and one != "\n"]
    ):
        raise FaultError(f"printed {odd[0]!r}")
    if shows is not None:
        if shows not in out.decode() or status:
            raise FaultError(f"without {shows}: {out!r}")
        return any(line.startswith("ocr: error: ") for line in lines)
    wrong = [line for line in lines if "fault in ocr" in line or not line.startswith(("ocr: ", "epoch "))]
    if wrong:
        raise FaultError(wrong[0])
    if status not in list(ExitCode):
        raise FaultError(f"exit status {status}")
    if bool(status) != any(line.startswith("ocr: error: ") for line in lines):
        raise FaultError(f"exit status {status} after {lines}")
    if left := [path.name for path in folder.rglob(f"{_PART}*")]:
        raise FaultError(f"left behind: {left}")
    return status != 0


def page_array() -> np.ndarray:
    """A picture of writing that is read in a few hundredths of a second."""
    return np.asarray(drawn())


def drawn_page() -> bytes:
    """The same as a PNG file."""
    return saved(drawn(), "PNG")


def drawn_letters() -> bytes:
    """A data set of two classes, an ``.npz``."""
    return _letters_npz()["letters.npz"]


def kinds(formats: Collection[str] | None = None) -> dict[str, Kind]:
    """All kinds, with their good files; pictures of these formats alone, or of all that Pillow writes."""
    reader = Reader()
    block = load_model(_shipped("block"))

    def use_picture(path: Path) -> None:
        for frame in chosen_frames(path)[:_FRAMES]:
            page = reader.read(path, frame=frame)
            if Page.from_dict(json.loads(json.dumps(page.to_dict()))) != page:
                raise FaultError("the page does not come back from its JSON")

    def use_picture_command(path: Path) -> bool:
        boxes, out = path.parent / "boxes.png", path.parent / "out"
        options = [option for name in FORMATS for option in ("--format", name)]
        arguments = ("read", path, *options, "--output-dir", out, "--boxes", boxes)
        refused = refused_by(*arguments, folder=path.parent)
        if boxes.exists():
            Image.open(boxes).load()
        # A document may have good pages before a damaged one.
        written = sorted(file.name for file in out.iterdir()) if out.is_dir() else []
        if len(written) != (0 if not written and refused else len(FORMATS)):
            raise FaultError(f"what was written: {written}")
        return refused

    def use_model(path: Path) -> None:
        read_metadata(path)
        model = load_model(path, prototypes=True)
        Classifier(model)
        Reader(model, ReadOptions(language=None)).read(page_array())

    def use_model_command(path: Path) -> bool:
        refused = refused_by("inspect", path, folder=path.parent)
        new = path.parent / "new.npz"
        letters = path.parent / "letters.npz"
        letters.write_bytes(_letters_npz()["letters.npz"])
        refused_by("train", letters, "--init-from", path, "--epochs", "1", "-o", new, folder=path.parent)
        if new.exists():
            load_model(new)
        return refused

    def use_language(path: Path) -> None:
        # Languages have names; this one is wherever it is looked for. The module of that name may be another
        # one by now: tests of the command line put a reader of their own in its place.
        Reader.__init__.__globals__["find_language"] = lambda name: path
        Reader(block, ReadOptions(language="damaged")).read(page_array())

    def use_checkpoint(path: Path) -> bool:
        letters = path.parent / "letters.npz"
        letters.write_bytes(_letters_npz()["letters.npz"])
        output = str(path).removesuffix(".checkpoint")
        arguments = ("train", letters, *_RECIPE, "--epochs", "3", "--resume", "-o", output)
        refused = refused_by(*arguments, folder=path.parent)
        if os.path.exists(output):
            load_model(output)
        return refused

    def use_text(path: Path) -> bool:
        picture = path.parent / "page.png"
        picture.write_bytes(saved(drawn(), "PNG"))
        return refused_by(
            *("harvest", picture, "--text", path, "-o", path.parent / "harvest.npz"), folder=path.parent
        )

    def use_lexicon(path: Path) -> None:
        Reader(block, ReadOptions(language=None, lexicon=path, lexicon_only=True)).read(page_array())

    def use_page(path: Path) -> None:
        Page.from_dict(json.loads(path.read_bytes()))

    def use_config(path: Path) -> bool:
        refused_by("--config", path, "inspect", "block", folder=path.parent)
        return refused_by("--config", path, "config", folder=path.parent)

    page = {"page.json": json.dumps(reader.read(page_array()).to_dict()).encode()}
    transcript = {"a.png": saved(drawn(), "PNG"), "a.gt.txt": b"AB 12\nCD\n"}
    good_pictures = list(pictures(formats))
    models = [{"model.npz": small_model(dtype)} for dtype in ("float32", "float16")]
    return {
        "picture": Kind(0.45, use_picture, good_pictures),
        "picture, by command": Kind(0.03, use_picture_command, good_pictures),
        "model": Kind(0.1, use_model, models, sealed=True),
        "model, by command": Kind(0.02, use_model_command, models, sealed=True),
        "language": Kind(0.06, use_language, [{"en.npz": find_language("en").read_bytes()}], sealed=True),
        "checkpoint, by command": Kind(0.03, use_checkpoint, [_checkpoint()], sealed=True),
        "data": Kind(0.18, lambda path: _not_none(load_dataset(path)), list(_data())),
        "text, by command": Kind(0.03, use_text, list(_texts(reader.read(page_array())))),
        "transcript": Kind(0.02, lambda path: _not_none(find_transcribed([path])), [transcript]),
        "settings, by command": Kind(0.05, use_config, [{"ocr.toml": _SETTINGS}]),
        "lexicon": Kind(0.04, use_lexicon, [{"words.txt": "ANNA\nBÜRO München\n# no\n24\n".encode() * 20}]),
        "page": Kind(0.02, use_page, [page], errors=(ValueError,)),
    }


_RECIPE = ("--hidden", "4", "--validation", "0.2", "--batch-size", "8")

_HEADER = b"MATLAB 5.0 MAT-file".ljust(116)
"""SciPy writes the hour into it."""

_SETTINGS = b"""
quiet = true
model = "block"
[read]
rotate = "90"
ignore-print = true
[compare]
lr = [0.1, 1e-2]
hidden = "8,4"
[evaluate]
pages = ["a", "b"]
"""


def _not_none(value: object) -> None:
    if value is None:
        raise FaultError("nothing came back")


def _shipped(name: str) -> Path:
    from ocr_cli.model_store import find_model

    return find_model(name)


def _texts(page: Page) -> Iterator[Files]:
    """The text of a page in all formats that it is taken from."""
    yield {"page.txt": page.text.encode()}
    for name in ("json", "hocr", "alto", "page"):
        writer = FORMATS[name].open(None)
        yield {f"page{FORMATS[name].suffix}": writer.add(page) + writer.finish()}


def _letters_npz() -> Files:
    rng = np.random.default_rng(0)
    images = np.zeros((40, 32, 32), np.uint8)
    images[:20, 4:28, 12:16], images[20:, 14:18, 4:28] = 255, 255
    images ^= rng.integers(0, 30, images.shape, np.uint8)
    file = io.BytesIO()
    np.savez(file, images=images, labels=np.repeat(np.frombuffer(b"IL", np.uint8), 20))
    return {"letters.npz": file.getvalue()}


def _idx(values: np.ndarray) -> bytes:
    return bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def _data() -> Iterator[Files]:
    """Data sets in all formats that are read."""
    from scipy.io import savemat

    letters = _letters_npz()
    content = np.load(io.BytesIO(letters["letters.npz"]))
    images, labels = content["images"][::4], content["labels"][::4]
    yield letters
    file = io.BytesIO()
    np.savez_compressed(file, images=images / 255, labels=np.array([*"IIIIILLLLL"]), writers=np.arange(10))
    yield {"text.npz": file.getvalue()}
    for compressed in (False, True):
        rows = 1 - images.reshape(10, -1) / 255
        file = io.BytesIO()
        one_hot = np.eye(36)[(labels - 65) % 36]
        savemat(file, {"train_data": rows, "train_labels": one_hot}, do_compression=compressed)
        yield {"nist36.mat": _HEADER + file.getvalue()[len(_HEADER) :]}
        part = {"images": images[:, 2:30, 2:30].reshape(10, -1), "labels": np.repeat([[9], [12]], 5, axis=0)}
        mapping = np.array([[n, 64 + n, 96 + n] for n in range(1, 27)])
        file = io.BytesIO()
        savemat(file, {"dataset": {"train": part, "mapping": mapping}}, do_compression=compressed)
        yield {"emnist-letters.mat": _HEADER + file.getvalue()[len(_HEADER) :]}
    file = io.BytesIO()
    savemat(file, {"train_data": 1 - images.reshape(10, -1) / 255, "train_labels": one_hot}, format="4")
    yield {"old.mat": file.getvalue()}
    for wrap, ending in ((bytes, ""), (lambda data: gzip.compress(data, mtime=0), ".gz")):
        for name, codes in (("a", labels), ("emnist-letters", np.repeat(np.array([9, 12], np.uint8), 5))):
            pair = {
                f"{name}-images-idx3-ubyte{ending}": wrap(_idx(images)),
                f"{name}-labels-idx1-ubyte{ending}": wrap(_idx(codes)),
            }
            yield pair
    rows = [
        ",".join([chr(code), *map(str, image.ravel())]) for code, image in zip(labels, images, strict=True)
    ]
    yield {"letters.csv": "\n".join(rows).encode()}
    picture = Image.fromarray(images[0])
    yield {
        "letters": b"",
        "letters/I/a.png": saved(picture, "PNG"),
        "letters/L/b.jpg": saved(picture, "JPEG"),
    }


def small_model(dtype: Any) -> bytes:
    """A model file with few weights."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.npz")
        known = load_model(_shipped("block"))
        sizes = (known.network.sizes[0], 8, len(known.classes))
        network = MLP(sizes, "relu", "he", np.random.default_rng(0))
        provenance = {"data": {"a": 1}, "validation_score": {"accuracy": 0.5, "loss": 1.0}, "seed": 3}
        letters = np.load(io.BytesIO(_letters_npz()["letters.npz"]))
        prototypes = Prototypes(letters["images"][::8], tuple("IIILL"))
        model = ModelFile(network, known.classes, known.settings, provenance, prototypes)
        save_model(path, model, dtype=dtype)
        return path.read_bytes()


def _checkpoint() -> Files:
    """What an interrupted training leaves."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        letters = folder / "letters.npz"
        letters.write_bytes(_letters_npz()["letters.npz"])
        kept = folder / "kept"

        from ocr_cli.training import checkpoint

        save = checkpoint.save_checkpoint

        def save_and_keep(path: str | Path, content: checkpoint.Checkpoint) -> None:
            save(path, content)
            if not kept.exists():
                kept.write_bytes(Path(path).read_bytes())

        checkpoint.save_checkpoint = save_and_keep
        try:
            refused_by("train", letters, *_RECIPE, "--epochs", "3", "-o", folder / "m.npz", folder=folder)
        finally:
            checkpoint.save_checkpoint = save
        return {"m.npz.checkpoint": kept.read_bytes()}
