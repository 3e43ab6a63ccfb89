"""What a reader reads with, loaded by another thread meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ocr_cli.alphabet import PLACED
from ocr_cli.decoding.language import Language
from ocr_cli.errors import KnowledgeError
from ocr_cli.marks.weighing import MarkWeigher
from ocr_cli.model_store import accents_file, find_weights
from ocr_cli.network.model_file import ModelFile
from ocr_cli.network.time_delay import TimeDelayNetwork
from ocr_cli.speed.prepared import prepared
from ocr_cli.speed.sharing import meanwhile

if TYPE_CHECKING:
    from ocr_cli.decoding.accents import Spellings
    from ocr_cli.decoding.decoder import Decoder
    from ocr_cli.decoding.lexicon import Lexicon
    from ocr_cli.decoding.pattern import Pattern
    from ocr_cli.options import ReadOptions
    from ocr_cli.scorer import Scorer
    from ocr_cli.weights import Weights


def _code(*modules: str) -> tuple[Path, ...]:
    """Files of this package; most of them are imported only where nothing is kept yet."""
    return tuple(Path(__file__).parent / module for module in modules)


_MODEL_CODE = _code(
    "loading.py",
    "plain_files.py",
    "network/archive.py",
    "network/mlp.py",
    "network/model_file.py",
    "network/time_delay.py",
)
_LANGUAGE_CODE = _code(
    "loading.py",
    "plain_files.py",
    "network/archive.py",
    "decoding/language.py",
    "decoding/trie.py",
)


class Tools(NamedTuple):
    """What knows the shapes of characters, and what makes words of them.

    Attributes:
        name: of the model, that of its file without the ending; None if it is from no file.
    """

    scorer: Scorer
    decoder: Decoder
    weights: Weights
    name: str | None = None


def load_tools(
    models: Sequence[Path | ModelFile],
    languages: Sequence[Path],
    options: ReadOptions | None = None,
    *,
    lexicon: Lexicon | None = None,
    pattern: Pattern | None = None,
) -> tuple[Tools, ...]:
    """Load what a reader needs: whoever fits or measures it takes the same.

    Args:
        models: to load, or their files. The last one reads; those before it know fewer characters, and judge
            fields of forms with it.
        languages: their files; none to go by shape and geometry alone.
        options: what the reader is asked to do; nothing but the usual if None.
        lexicon: that of the options, loaded.
        pattern: the options', as one.

    Returns:
        Those of each model, but for models that know no allowed character that one before does not know.

    Raises:
        ModelFileError: if a model or the language cannot be used.
        KnowledgeError: if the models know none of the characters that are allowed.
    """
    loaded = [
        (model, None)
        if isinstance(model, ModelFile)
        else (prepared(ModelFile, model, _load_model, _MODEL_CODE), model.stem)
        for model in models
    ]
    words = [prepared(Language, language, _load_language, _LANGUAGE_CODE) for language in languages]
    # Imported by now, if another thread imports what reads while the files are being loaded.
    from ocr_cli.classifier import Classifier
    from ocr_cli.decoding.beam import BeamSearch
    from ocr_cli.decoding.composing import Composing, allows
    from ocr_cli.decoding.decoder import Decoder
    from ocr_cli.decoding.knowledge import Knowledge
    from ocr_cli.decoding.presentation import Presentation
    from ocr_cli.options import ReadOptions
    from ocr_cli.scorer import Scorer
    from ocr_cli.weights import Weights
    from ocr_cli.windows.evidence import WindowReader

    options = options or ReadOptions()
    allowed = Presentation(options).allows
    able = partial(allows, allowed) if options.shows_accents else allowed
    known: set[str] = set()
    useful: list[tuple[Classifier, Mapping[str, Any], TimeDelayNetwork | None, str | None]] = []
    for model, name in loaded:
        classifier = Classifier(model)
        more = set(filter(able, classifier.classes)) - known
        if more or not useful:
            useful.append((classifier, model.settings, model.windows, name))
        known |= more
    if not known and not any(map(allowed, PLACED)):
        raise KnowledgeError(
            "the model knows none of the characters that are allowed",
            hint="ocr inspect shows those of a model",
        )
    record = Weights.load(find_weights())
    marks = spellings = None
    if options.sees_accents:
        from ocr_cli.marks.marks_file import load_marks

        marks = load_marks(accents_file("marks"))
    if options.shows_accents:
        spellings = partial(_load_spellings, options, lexicon)
    every = []
    for classifier, settings, sliding, name in useful:
        weights = record.of_model(settings, knows_cuts=classifier.knows_cuts)
        windows = None if sliding is None else WindowReader(sliding, {*options.further, *classifier.classes})
        weigher = None if marks is None else MarkWeigher(marks, classifier.classes)
        scorer = Scorer(classifier, weights.arcs, windows, weigher)
        known_words = Knowledge(
            scorer.classes, words, weights, lexicon, lexicon_only=options.lexicon_only, pattern=pattern
        )
        composing = None
        if spellings is not None:
            composing = Composing((*scorer.classes, *PLACED), spellings, allowed)
        decoder = Decoder(scorer, BeamSearch(known_words), weights.confidence, allowed, composing)
        every.append(Tools(scorer, decoder, weights, name))
    return tuple(every)


def _load_spellings(options: ReadOptions, lexicon: Lexicon | None) -> Spellings:
    from ocr_cli.decoding.accents import load_spellings

    return load_spellings(
        accents_file("words"), options.languages or ["any"], lexicon.accented if lexicon else ()
    )


def _load_model(path: Path) -> ModelFile:
    from ocr_cli.network.model_file import load_model

    return load_model(path)


def _load_language(path: Path) -> Language:
    from ocr_cli.decoding.language import load_language

    return load_language(path)


class Loading:
    """Tools that are being loaded, beside the imports and the first steps of whoever needs them.

    Pickled, it is the tools themselves, for computers that have none of our files.

    Args:
        load: loads them, and may raise what is wrong.

    Attributes:
        load: the same, for whoever wants them loaded anew; None where the tools came without.
    """

    def __init__(self, load: Callable[[], tuple[Tools, ...]]) -> None:
        self.load: Callable[[], tuple[Tools, ...]] | None = load
        self._tools = meanwhile(load)

    def get(self) -> tuple[Tools, ...]:
        """The tools, as soon as they are there; raises what ``load`` raised."""
        return self._tools.result()

    def __getstate__(self) -> tuple[Tools, ...]:
        return self.get()

    def __setstate__(self, tools: Any) -> None:
        self.load = None
        self._tools = Future()
        self._tools.set_result(tools)
