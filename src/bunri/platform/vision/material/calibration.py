"""How the network's logits become probabilities, and from which probability on to answer. Made by ``training``."""

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bunri.kit.materials import Material

Floats = NDArray[np.float32]


class Calibration(BaseModel):
    """``calibration.json``, fitted on pictures from held-out groups laid on other backgrounds (docs/model-card.md).

    The file keeps the keys of its first version (the aliases below): its bytes are part of the model's version, which
    cached answers depend on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, serialize_by_alias=True)

    materials: tuple[Material, ...] = Field(description="The classes, in the network's order.")
    network_weight: float = Field(
        gt=0, validation_alias="network", serialization_alias="network", description="Weight of the network's logits."
    )
    similarity_weight: float = Field(
        ge=0,
        validation_alias="memory",
        serialization_alias="memory",
        description="Weight of the similarity to the feature bank's pictures of each class.",
    )
    background_weight: float = Field(
        ge=0,
        validation_alias="nothing",
        serialization_alias="nothing",
        description="Weight of the similarity to the feature bank's pictures of none of the classes.",
    )
    bias: tuple[float, ...] = Field(description="Added to the weighted sum: one per class and one for none of them.")
    accept_threshold: float = Field(
        gt=0,
        le=1,
        validation_alias="sure",
        serialization_alias="sure",
        description="From this probability on the first answer was right in ≥ 95 %.",
    )
    most_choices: int = Field(ge=2, description="How many materials are offered when the person is asked.")

    @model_validator(mode="after")
    def _one_bias_a_class(self) -> Self:
        if len(self.bias) != len(self.materials) + 1:
            raise ValueError("as many biases as materials are needed, and one for none of them")
        return self

    def probabilities(self, logits: Floats, similarity: Floats) -> Floats:
        """Of n × classes logits and n × (classes + 1) similarities (``FeatureBank``), calibrated: rows add up to 1.

        The probability of "none of the classes" is spread evenly over them: it lowers the confidence only.
        """
        score = np.float32(self.similarity_weight) * similarity
        score[:, :-1] += np.float32(self.network_weight) * logits
        score[:, -1] = np.float32(self.background_weight) * similarity[:, -1]
        score += np.asarray(self.bias, np.float32)
        powers = np.exp(score - score.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        return np.asarray(shares[:, :-1] + shares[:, -1:] / len(self.materials), np.float32)

    def is_sure(self, probabilities: dict[Material, float]) -> bool:
        """Whether the likeliest material may be stated without asking; "other" never may."""
        best = max(probabilities, key=probabilities.__getitem__)
        return best is not Material.OTHER and probabilities[best] >= self.accept_threshold

    def choices(self, probabilities: dict[Material, float]) -> tuple[Material, ...]:
        """What to offer when asking: the likeliest materials first, without "other"."""
        ranked = sorted(probabilities, key=probabilities.__getitem__, reverse=True)
        return tuple(material for material in ranked if material is not Material.OTHER)[: self.most_choices]


def load(path: Path) -> Calibration:
    return Calibration.model_validate_json(path.read_bytes())
