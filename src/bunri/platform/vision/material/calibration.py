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
    temperature: float = Field(gt=0, description="Logits are divided by it.")
    bias: tuple[float, ...] = Field(description="Added to the divided logits, one a class.")
    sure: float = Field(gt=0, le=1, description="From this probability on the first answer was right in ≥ 95 %.")
    cover: float = Field(gt=0, le=1, description="Choices are offered until their probabilities add up to this.")
    most_choices: int = Field(ge=2, description="But never more than these.")

    @model_validator(mode="after")
    def _one_bias_a_class(self) -> Self:
        if len(self.bias) != len(self.materials):
            raise ValueError("as many biases as materials are needed")
        return self

    def probabilities(self, logits: Floats) -> Floats:
        """Of n × classes logits, calibrated: rows add up to 1."""
        scaled = logits / np.float32(self.temperature) + np.asarray(self.bias, np.float32)
        powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)

    def is_sure(self, probabilities: dict[Material, float]) -> bool:
        """Whether the likeliest material may be stated without asking; "other" is no answer to be sure of."""
        best = max(probabilities, key=probabilities.__getitem__)
        return best is not Material.OTHER and probabilities[best] >= self.sure

    def choices(self, probabilities: dict[Material, float]) -> tuple[Material, ...]:
        """What to ask when unsure: two to ``most_choices`` materials, likeliest first."""
        ranked = sorted(probabilities, key=probabilities.__getitem__, reverse=True)[: self.most_choices]
        total, count = 0.0, 0
        while count < len(ranked) and (count < 2 or total < self.cover):
            total += probabilities[ranked[count]]
            count += 1
        return tuple(ranked[:count])


def load(path: Path) -> Calibration:
    return Calibration.model_validate_json(path.read_bytes())
