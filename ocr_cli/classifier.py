"""A model file at work: crops -> calibrated class probabilities."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.lattice.crop import CROP_SIZE, MARGIN, STROKE_RANGE
from ocr_cli.lattice.geometry import CUTS
from ocr_cli.marks.weighing import Marks
from ocr_cli.network.mlp import softmax
from ocr_cli.network.model_file import ModelFile
from ocr_cli.windows.evidence import Evidence

_MUTILATED = np.float32(1.5)
"""Temperature of letters cut out of touching ones, for a network that has seen none: a foot that is left on
an O makes a sure D of it. Set by hand."""
_CUT_SCALE = np.float32(2.0)
"""Brings the numbers of the cuts to the size of the other inputs. Models depend on it."""
_CROP = {"size": CROP_SIZE, "margin": MARGIN, "stroke_range": list(STROKE_RANGE)}
"""How characters are cut out, as a model's settings have it."""


class Classification(NamedTuple):
    """What a batch of crops may be.

    Attributes:
        probabilities: float32 (N, C), of each class if the crop is a character at all; rows sum to 1.
        is_character: float32 (N,), probability in [0, 1] that the crop is one whole character.
        said: what windows along the row say of it, if it was asked.
        marks: what marks the letters may have, if that was asked; the probabilities are without them.
    """

    probabilities: npt.NDArray[np.float32]
    is_character: npt.NDArray[np.float32]
    said: Evidence | None = None
    marks: Marks | None = None


def settings_of(
    features: FeatureSettings, temperature: float, prices: Mapping[str, float] | None = None
) -> dict[str, Any]:
    """The settings of a model that was trained on crops as they are cut out here.

    Args:
        features: what its network is given of a crop.
        temperature: what its logits are divided by.
        prices: of its own, ``ocr_cli.weights``.
    """
    return {
        "features": features.to_dict(),
        "crop": dict(_CROP),
        "temperature": temperature,
        "prices": dict(prices or {}),
    }


def features_of(model: ModelFile) -> FeatureSettings:
    """What a model's network is given of a crop.

    Raises:
        ModelFileError: if this version does not know such features, or they do not fit the network, or it
            cuts characters out otherwise than those that the network learned from.
    """
    if model.settings.get("crop", _CROP) != _CROP:
        raise ModelFileError("the model's characters were cut out otherwise than this version does it")
    try:
        features = FeatureSettings.from_dict(model.settings["features"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"the model's settings are not known here: {error}") from error
    if features.size != model.network.sizes[0]:
        raise ModelFileError("the model's settings do not fit its network")
    return features


def temperature_of(model: ModelFile, name: str = "temperature") -> float:
    """What a model's logits are divided by, between 0.01 and 100; 1 if the model does not say it.

    Args:
        model: with its settings.
        name: of the setting; that of the network for cut characters is ``cut_temperature``.

    Raises:
        ModelFileError: if that is no such number.
    """
    try:
        temperature = float(model.settings.get(name, 1.0))
    except (TypeError, ValueError, OverflowError) as error:
        raise ModelFileError(f"the model's settings are not known here: {error}") from error
    if not 0.01 < temperature < 100:
        raise ModelFileError(f"the model's settings have a temperature of {temperature}")
    return temperature


def cut_features(units: npt.NDArray[np.float32], cuts: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What the network for cut characters is given: float32 (N, H + CUTS).

    Args:
        units: float32 (N, H), the first hidden units of the other network.
        cuts: float32 (N, CUTS), how each character was cut from others.
    """
    return np.concatenate([units, _CUT_SCALE * cuts], axis=1)


class Classifier:
    """Classifies crops with a model.

    Args:
        model: as loaded from its file. ``settings["features"]`` says what the network sees;
            ``settings["temperature"]`` divides the logits (C. Guo et al., "On calibration of modern neural
            networks", ICML 2017), ``settings["cut_temperature"]`` those of the network for cut characters.

    Raises:
        ModelFileError: if the settings are not ones that this version knows, or do not fit the network.
    """

    def __init__(self, model: ModelFile) -> None:
        self._features = features_of(model)
        self._temperature = np.float32(temperature_of(model))
        self._network = model.network
        self._cut_network = model.cut_network
        self._cut_temperature = np.float32(temperature_of(model, "cut_temperature"))
        if model.cut_network and model.cut_network.sizes[0] != model.network.sizes[1] + CUTS:
            raise ModelFileError("the model's second network does not fit its first")
        self._characters = np.array([bool(text) for text in model.classes])
        self._classes = tuple(text for text in model.classes if text)

    @property
    def classes(self) -> tuple[str, ...]:
        """The character of each column of the probabilities."""
        return self._classes

    @property
    def knows_cuts(self) -> bool:
        """Whether there is a network for characters that were cut from others."""
        return self._cut_network is not None

    def classify(
        self, crops: npt.NDArray[np.uint8], cuts: npt.NDArray[np.float32] | None = None
    ) -> Classification:
        """Probabilities of the classes, and of being a character.

        Args:
            crops: uint8 (N, 32, 32), ink 255 on 0.
            cuts: float32 (N, CUTS), how each was cut from others, as of ``Candidate``; none was if it is not
                given.

        Raises:
            ModelFileError: if the model's weights are so large that no probabilities come of them.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            logits = self._logits(extract(crops, self._features), cuts)
        if not np.isfinite(logits).all():
            raise ModelFileError("the model's weights are so large that no probabilities come of them")
        every = softmax(logits)
        known = every[:, self._characters]
        is_character = known.sum(axis=1)
        if self._cut_network is None and cuts is not None:
            logits[cuts.any(axis=1)] /= _MUTILATED
        return Classification(softmax(logits[:, self._characters]), np.minimum(is_character, 1))

    def _logits(
        self, features: npt.NDArray[np.float32], cuts: npt.NDArray[np.float32] | None
    ) -> npt.NDArray[np.float32]:
        """Logits (N, C + 1) of feature vectors (N, D), divided by their temperature."""
        if self._cut_network is None or cuts is None:
            return np.asarray(self._network.forward(features) / self._temperature)
        units = self._network.hidden(features)
        cut = cuts.any(axis=1)
        logits = np.empty((len(units), self._network.sizes[-1]), np.float32)
        logits[~cut] = self._network.finish(units[~cut]) / self._temperature
        logits[cut] = self._cut_network.forward(cut_features(units[cut], cuts[cut])) / self._cut_temperature
        return logits

    def probabilities(self, crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Class probabilities float32 (N, C) of crops uint8 (N, 32, 32), taken to be characters."""
        return self.classify(crops).probabilities
