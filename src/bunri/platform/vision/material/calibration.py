"""How the network's logits become probabilities, and when a probability may be called sure. Made by ``training``."""

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bunri.kit.materials import Material

Floats = NDArray[np.float32]


class Calibration(BaseModel):
    """``calibration.json``, fitted on pictures from held-out groups laid on other grounds (docs/model-card.md)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    materials: tuple[Material, ...] = Field(description="The classes, in the network's order.")
    network: float = Field(gt=0, description="What the network's logits weigh.")
    memory: float = Field(ge=0, description="What the likeness to remembered pictures of each class weighs.")
    nothing: float = Field(ge=0, description="What the likeness to remembered pictures of none of them weighs.")
    bias: tuple[float, ...] = Field(description="Added to the weighed sum, one a class and one for none of them.")
    sure: float = Field(gt=0, le=1, description="From this probability on the first answer was right in ≥ 95 %.")
    most_choices: int = Field(ge=2, description="As many are offered when unsure.")

    @model_validator(mode="after")
    def _one_bias_a_class(self) -> Self:
        if len(self.bias) != len(self.materials) + 1:
            raise ValueError("as many biases as materials are needed, and one for none of them")
        return self

    def probabilities(self, logits: Floats, likeness: Floats) -> Floats:
        """Of n × classes logits and n × (classes + 1) likenesses (``Memory``), calibrated: rows add up to 1.

        The chance that it is none of the classes is spread evenly over them: doubt, without another answer.
        """
        score = np.float32(self.memory) * likeness
        score[:, :-1] += np.float32(self.network) * logits
        score[:, -1] = np.float32(self.nothing) * likeness[:, -1]
        score += np.asarray(self.bias, np.float32)
        powers = np.exp(score - score.max(axis=1, keepdims=True))
        shares = powers / powers.sum(axis=1, keepdims=True)
        return np.asarray(shares[:, :-1] + shares[:, -1:] / len(self.materials), np.float32)

    def is_sure(self, probabilities: dict[Material, float]) -> bool:
        """Whether the likeliest material may be stated without asking; "other" is no answer to be sure of."""
        best = max(probabilities, key=probabilities.__getitem__)
        return best is not Material.OTHER and probabilities[best] >= self.sure

    def choices(self, probabilities: dict[Material, float]) -> tuple[Material, ...]:
        """What to ask when unsure: the likeliest materials first; "other" is no choice to give anybody."""
        ranked = sorted(probabilities, key=probabilities.__getitem__, reverse=True)
        return tuple(material for material in ranked if material is not Material.OTHER)[: self.most_choices]


def load(path: Path) -> Calibration:
    return Calibration.model_validate_json(path.read_bytes())
