"""One item of a photo, before its rule is looked up."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.recycling.public import Facts, Guess
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.protocol import Box

UNKNOWN: Final = "unknown"


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Candidate(Frozen):
    """One thing an item could be."""

    item: str | None
    name: str
    material: Material
    form: str | None
    probability: float = Field(ge=0, le=1)

    @property
    def value(self) -> str:
        """How an answer names it: by its slug, or by its material alone."""
        return self.item or self.material


class SeenItem(Frozen):
    """One item of a photo before its rule is looked up."""

    label: str = Field(description="What the models called it; 'unknown' when they did not.")
    box: Box | None = None
    candidates: tuple[Candidate, ...] = Field(description="Likeliest first; empty when nothing is known.")
    tags: tuple[Tag, ...] = ()
    seen_tags: tuple[Tag, ...] = Field((), description="Its state as a model saw it, which nobody has confirmed.")
    words: str | None = None
    answered: bool = False
    by_neighbours: bool = Field(False, description="Others found out what it is, and not its owner.")
    materials: dict[Material, float] = Field(
        default_factory=dict, description="How likely it is each material, those among them that are no candidate."
    )
    sure: float | None = Field(
        None, description="From this confidence on nothing is asked; unset: that of the settings."
    )

    @property
    def confidence(self) -> float:
        """How likely the likeliest is."""
        return self.candidates[0].probability if self.candidates else 0.0

    @property
    def material(self) -> Material:
        return self.candidates[0].material if self.candidates else Material.UNKNOWN

    @property
    def form(self) -> str | None:
        return self.candidates[0].form if self.candidates else None

    @property
    def said(self) -> bool:
        """Whether the person said what it is, so that it is no guess of ours."""
        return self.answered and bool(self.candidates)

    def facts(self) -> Facts:
        """What recycling needs to pick the rule, and to say where it would go if it were something else."""
        best = self.candidates[0] if self.candidates else None
        label = (best.item if best else None) or (None if best or self.label == UNKNOWN else self.label)
        return Facts(
            label=label,
            material=self.material,
            form=self.form,
            tags=self.tags,
            words=self.words,
            said=self.said,
            guesses=tuple(Guess(label=c.item, material=c.material, form=c.form) for c in self.candidates),
        )
