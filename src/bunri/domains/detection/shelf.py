"""The models that are open: a few, since each takes its memory."""

from collections import OrderedDict
from threading import Lock

from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.store import ModelStore


class Shelf:
    """At most ``most`` of a store's models, opened at their first use; the one unused longest makes room.

    Thread-safe. One model is opened at a time, so that two who ask for the same one get one session between them.
    """

    def __init__(self, store: ModelStore, settings: VisionSettings, most: int) -> None:
        self.store = store
        self._settings = settings
        self._most = most
        self._open: OrderedDict[tuple[str, int], OnnxDetector] = OrderedDict()
        self._lock = Lock()

    @property
    def empty(self) -> bool:
        return not self._open

    def take(self, name: str) -> OnnxDetector:
        """Raises ModelUnknown, ModelMissing, ModelBroken, ModelNotRecognised."""
        with self._lock:
            key = (name, self.store.find(name).stat().st_mtime_ns)  # weights that were replaced are opened anew
            if key not in self._open:
                for stale in [other for other in self._open if other[0] == name]:
                    del self._open[stale]
                while len(self._open) >= self._most:
                    self._open.popitem(last=False)
                self._open[key] = self.store.open(name, self._settings)
            self._open.move_to_end(key)
            return self._open[key]

    def clear(self) -> None:
        """Puts all away; whoever is looking keeps theirs until done."""
        with self._lock:
            self._open.clear()
