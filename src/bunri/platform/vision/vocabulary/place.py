"""Which open-vocabulary model this machine is to have, and where it lies. Loads no model."""

from pathlib import Path
from typing import NamedTuple, Self

from bunri.platform.memory import memory
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.vocabulary.cards import cards, chosen
from bunri.platform.vision.vocabulary.state import VocabularyState, read_state


class Place(NamedTuple):
    name: str
    folder: Path

    @classmethod
    def of(cls, data: Path, settings: VisionSettings) -> Self | None:
        """None: none is wanted."""
        name = chosen(settings.open_vocabulary, memory().total)
        return cls(name, data / "models" / name) if name else None


def state_of(data: Path, settings: VisionSettings) -> VocabularyState:
    """How far it is on this machine, with its licence."""
    place = Place.of(data, settings)
    if place is None:
        return VocabularyState(phase="off")
    card = cards().get(place.name)
    about = {"licence": card.licence, "page": card.page} if card else {}
    return read_state(place.folder, place.name).model_copy(update=about)
