"""Whether the open vocabulary is here, or on its way: for who looks at the page meanwhile."""

from pathlib import Path

from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.vocabulary.place import state_of
from bunri.platform.vision.vocabulary.state import VocabularyState


class VocabularyArrival:
    def __init__(self, data: Path, settings: VisionSettings) -> None:
        self._data, self._settings = data, settings

    def state(self) -> VocabularyState:
        """Reads a small file: call it from a thread."""
        return state_of(self._data, self._settings)
