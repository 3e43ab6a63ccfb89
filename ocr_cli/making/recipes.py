"""How each shipped model is trained: its data, how much of each, its size, its settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ocr_cli.alphabet import CAPITALS, DIGITS, SMALL_LETTERS, is_sign
from ocr_cli.datasets.allographs import CHARACTERS
from ocr_cli.datasets.augment import Deformation
from ocr_cli.features import FeatureSettings
from ocr_cli.making.words import IN_ANY_LETTERS, IN_CAPITALS, Manner
from ocr_cli.training.loop import TrainingSettings

CAPITALS_AND_DIGITS = CAPITALS + DIGITS
LETTERS_AND_DIGITS = SMALL_LETTERS + CAPITALS + DIGITS
SIGNS = "".join(filter(is_sign, CHARACTERS))
"""Nobody's handwriting of these is at hand: the synthetic hand writes them."""

_FEATURES = FeatureSettings(kind="gradient", zones=8, moment_zones=8)
_DEFORMATION = Deformation(
    rotation=5.0,
    shear=0.14,
    stretch=0.16,
    perspective=0.06,
    elastic=0.8,
    stroke=0.6,
    blurred=0.35,
    erased=0.1,
)
_SETTINGS = TrainingSettings(
    learning_rate=0.0015,
    batch_size=256,
    epochs=40,
    optimiser="adam",
    reduction="mean",
    schedule="cosine",
    warmup_epochs=1.0,
    dropout=0.1,
    weight_decay=0.01,
    weight_average=0.998,
    seed=20261123,
)
_MEMBER_SETTINGS = replace(_SETTINGS, epochs=24, label_smoothing=0.05)


@dataclass(frozen=True)
class Recipe:
    """How one model is trained.

    Attributes:
        recorded: the characters taken from the sources.
        sources: training sets, each with how many of its characters an epoch draws, about.
        drawn: characters of the synthetic hand: which, by how many writers, how many an epoch draws.
        dirt: crops of no character that an epoch draws.
        hidden: units of the hidden layers.
        members: networks in the committee that teaches the model; each is as large as the model.
        share: of the committee's opinion in what the model learns; the label's is the rest.
        batches: batches an epoch.
        dirt_crops: different crops of no character.
        features: what the network is given.
        deformation: how crops are deformed each time they are drawn.
        settings: of the model's training.
        member_settings: of the committee's.
        cut_words: words that a second network, for characters cut out of touching ones, learns from: how many
            of which seed. Without them there is none.
        manner: how those words are written.
        prices: of the model's own, ``ocr_cli.weights.PRICES``.
    """

    recorded: str
    sources: dict[str, int]
    drawn: tuple[tuple[str, int, int], ...]
    dirt: int
    hidden: tuple[int, ...]
    members: int
    share: float
    batches: int
    dirt_crops: int = 24000
    features: FeatureSettings = _FEATURES
    deformation: Deformation = _DEFORMATION
    settings: TrainingSettings = _SETTINGS
    member_settings: TrainingSettings = _MEMBER_SETTINGS
    cut_words: tuple[tuple[int, int], ...] = ()
    manner: Manner = IN_CAPITALS
    prices: Mapping[str, float] = field(default_factory=lambda: {"cut": 1.5, "join": 0.0})

    @property
    def seed(self) -> int:
        """Of everything that is drawn by chance."""
        return self.settings.seed


RECIPES = {
    "block": Recipe(
        recorded=CAPITALS_AND_DIGITS,
        sources={
            "characters/mnist.npz": 9000,
            "characters/femnist_digits.npz": 900,
            "characters/nist_az_sample.npz": 6000,
            "characters/pagereader_emnist.npz": 900,
            "characters/usps.npz": 4000,
            "characters/tasnimul.npz": 2600,
            "characters/hwd1000.npz": 900,
            "characters/hasy.npz": 3200,
            "characters/comnist_latin.npz": 600,
            "characters/names_letters.npz": 9000,
            "characters/names_pseudo.npz": 16000,
            "characters/semeion.npz": 900,
            "strokes/unipen.npz": 36000,
            "strokes/pendigits.npz": 2500,
        },
        drawn=((CAPITALS_AND_DIGITS, 250, 3000),),
        dirt=8500,
        hidden=(1152, 608),
        members=1,
        share=0.7,
        batches=430,
        cut_words=((12000, 31), (14000, 41), (16000, 61)),
    ),
    "mixed": Recipe(
        recorded=LETTERS_AND_DIGITS,
        sources={
            "characters/mnist.npz": 5000,
            "characters/femnist_digits.npz": 500,
            "characters/nist_az_sample.npz": 5000,
            "characters/pagereader_emnist.npz": 9000,
            "characters/usps.npz": 2000,
            "characters/tasnimul.npz": 4500,
            "characters/hwd1000.npz": 500,
            "characters/hasy.npz": 4500,
            "characters/comnist_latin.npz": 600,
            "characters/omniglot_latin.npz": 700,
            # Many of these "capitals" are small letters in truth.
            "characters/names_letters.npz": 4000,
            "characters/names_pseudo.npz": 6000,
            "characters/semeion.npz": 500,
            "strokes/unipen.npz": 58000,
            "strokes/pendigits.npz": 1500,
        },
        drawn=((LETTERS_AND_DIGITS, 120, 4000), (SIGNS, 500, 9000)),
        dirt=6000,
        hidden=(1408, 768),
        members=0,
        share=0.0,
        batches=470,
        cut_words=((9000, 31), (11000, 41)),
        manner=IN_ANY_LETTERS,
        prices={"cut": 1.0, "join": 2.5, "inside": 12.0},
    ),
}
