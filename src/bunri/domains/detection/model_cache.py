"""The models that are open; few, since each takes memory."""

from collections import OrderedDict
from threading import Lock

from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.store import ModelStore


class ModelCache:
    """At most ``most`` of a store's models, opened at their first use; the least recently used is closed.

    Thread-safe. One model is opened at a time, so that two callers of the same model share one session.
    """

    def __init__(self, store: ModelStore, settings: VisionSettings, max_models: int) -> None:
        self.store = store
        self._settings = settings
        self._max_models = max_models
        self._open: OrderedDict[tuple[str, int], OnnxDetector] = OrderedDict()
        self._lock = Lock()

    @property
    def empty(self) -> bool:
        return not self._open

    def get(self, name: str) -> OnnxDetector:
        """Raises ModelUnknown, ModelMissing, ModelBroken, ModelNotRecognised."""
        with self._lock:
            key = (name, self.store.find(name).stat().st_mtime_ns)  # replaced weights are opened anew
            if key not in self._open:
                for stale in [other for other in self._open if other[0] == name]:
                    del self._open[stale]
                while len(self._open) >= self._max_models:
                    self._open.popitem(last=False)
                self._open[key] = self.store.open(name, self._settings)
            self._open.move_to_end(key)
            return self._open[key]

    def clear(self) -> None:
        """Closes all models; calls that use one keep it until they are done."""
        with self._lock:
            self._open.clear()
