"""A model file at work: crops -> calibrated class probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ocr_cli.errors import ModelFileError
from ocr_cli.features import FeatureSettings, extract
from ocr_cli.network.activations import softmax
from ocr_cli.network.model_file import ModelFile


@dataclass(frozen=True, slots=True, eq=False)
class Classification:
    """What a batch of crops may be.

    Attributes:
        probabilities: float32 (N, C), of each class if the crop is a character at all; rows sum to 1.
        is_character: float32 (N,), probability in [0, 1] that the crop is one whole character.
    """

    probabilities: npt.NDArray[np.float32]
    is_character: npt.NDArray[np.float32]

    def softened(self, chosen: npt.NDArray[np.bool_], temperature: float) -> Classification:
        """The same, less sure of what some of the crops are.

        Args:
            chosen: bool (N,), the crops to be less sure of.
            temperature: divides the logarithms of their probabilities; above 1.
        """
        shares = np.maximum(self.probabilities[chosen], np.float32(1e-7)) ** np.float32(1 / temperature)
        probabilities = self.probabilities.copy()
        probabilities[chosen] = shares / shares.sum(axis=1, keepdims=True)
        return Classification(probabilities, self.is_character)


def features_of(model: ModelFile) -> FeatureSettings:
    """What a model's network is given of a crop.

    Raises:
        ModelFileError: if this version does not know such features, or they do not fit the network.
    """
    try:
        features = FeatureSettings.from_dict(model.settings["features"])
    except (KeyError, TypeError, ValueError) as error:
        raise ModelFileError(f"the model's settings are not known here: {error}") from error
    if features.size != model.network.sizes[0]:
        raise ModelFileError("the model's settings do not fit its network")
    return features


def temperature_of(model: ModelFile) -> float:
    """What a model's logits are divided by, between 0.01 and 100; 1 if the model does not say it.

    Raises:
        ModelFileError: if that is no such number.
    """
    try:
        temperature = float(model.settings.get("temperature", 1.0))
    except (TypeError, ValueError, OverflowError) as error:
        raise ModelFileError(f"the model's settings are not known here: {error}") from error
    if not 0.01 < temperature < 100:
        raise ModelFileError(f"the model's settings have a temperature of {temperature}")
    return temperature


class Classifier:
    """Classifies crops with a model.

    Args:
        model: as loaded from its file. ``settings["features"]`` says what the network sees;
            ``settings["temperature"]`` divides the logits (C. Guo et al., "On calibration of modern neural
            networks", ICML 2017).

    Raises:
        ModelFileError: if the settings are not ones that this version knows, or do not fit the network.
    """

    def __init__(self, model: ModelFile) -> None:
        self._features = features_of(model)
        self._temperature = np.float32(temperature_of(model))
        self._network = model.network
        self._characters = np.array([bool(text) for text in model.classes])
        self._classes = tuple(text for text in model.classes if text)

    @property
    def classes(self) -> tuple[str, ...]:
        """The character of each column of the probabilities."""
        return self._classes

    def classify(self, crops: npt.NDArray[np.uint8]) -> Classification:
        """Probabilities of the classes, and of being a character.

        Args:
            crops: uint8 (N, 32, 32), ink 255 on 0.

        Raises:
            ModelFileError: if the model's weights are so large that no probabilities come of them.
        """
        with np.errstate(over="ignore", invalid="ignore"):
            logits = self._network.forward(extract(crops, self._features)) / self._temperature
        if not np.isfinite(logits).all():
            raise ModelFileError("the model's weights are so large that no probabilities come of them")
        every = softmax(logits)
        known = every[:, self._characters]
        is_character = known.sum(axis=1)
        return Classification(softmax(logits[:, self._characters]), np.minimum(is_character, 1))

    def probabilities(self, crops: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
        """Class probabilities float32 (N, C) of crops uint8 (N, 32, 32), taken to be characters."""
        return self.classify(crops).probabilities
