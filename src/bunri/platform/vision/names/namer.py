"""The shipped network behind the ``Namer`` protocol."""

import hashlib
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime as ort

from bunri.platform.vision.errors import ModelBroken, ProviderMissing, VisionFailed
from bunri.platform.vision.material.square import square
from bunri.platform.vision.names.feature_axes import FeatureAxes
from bunri.platform.vision.names.material_layer import Floats, MaterialLayer
from bunri.platform.vision.protocol import NamedPicture, Pixels
from bunri.platform.vision.session import open_session

SIDE: Final = 224
FEATURES: Final = 1280
LEAST: Final = 0.05
"""Names that are less likely are left out."""
_FOLDER: Final = Path(__file__).parent
LABELS: Final = tuple(f"imagenet:{line}" for line in (_FOLDER / "labels.txt").read_text("utf-8").splitlines())
"""The classes of ImageNet in the network's order, each by the first of its names; animals in groups. The prefix tells
them from a detector's labels, which may mean something else by the same word."""


class ThingNamer:
    """A ``Namer`` (protocol.py). ``name_picture`` may run in several threads at once, as ``Run`` of a session may.

    The network is opened by the first picture: a process that has seen none is 14 MiB smaller. Where a
    ``material_layer.npz`` lies beside it, it judges the material, too; where a ``feature_axes.npz`` does, it gives
    features to compare pictures by.
    """

    name = "names"

    def __init__(
        self,
        folder: Path = _FOLDER,
        *,
        layer: Path | None = None,
        threads: int = 1,
        provider: str = "CPUExecutionProvider",
    ) -> None:
        """Of ``names.onnx`` in the folder, and ``layer`` instead of the folder's. Raises ModelBroken when it is not
        there."""
        self._model, self._threads, self._provider = folder / "names.onnx", threads, provider
        beside = layer or folder / "material_layer.npz"
        self._layer_file = beside if layer or beside.exists() else None
        try:
            digest = hashlib.sha256(self._model.read_bytes())
            if self._layer_file:
                digest.update(self._layer_file.read_bytes())
        except OSError as error:
            raise ModelBroken(name=self.name) from error
        self.version = digest.hexdigest()[:8]
        self._axes_file = folder / "feature_axes.npz"

    @cached_property
    def features_version(self) -> str | None:
        """Of the network and the axes, as ``names@a1b2c3d4``: features of the same one may be compared. None without
        axes. The layer does not matter. Reads the files."""
        if not self._axes_file.exists():
            return None
        digest = hashlib.sha256(self._model.read_bytes() + self._axes_file.read_bytes())
        return f"{self.name}@{digest.hexdigest()[:8]}"

    def name_picture(self, pixels: Pixels) -> NamedPicture:
        """The names of an upright BGR picture with probabilities of at least LEAST, likeliest first, its materials and
        its features.

        Raises VisionFailed for a picture without pixels, or when the runtime fails; ProviderMissing, and ModelBroken
        when a file is not what it should be.
        """
        if pixels.ndim != 3 or not pixels.size:
            raise VisionFailed(model=self.name)
        session, layer, axes = self._session, self._layer, self._axes
        try:
            logits, features = _outputs(session, pixels)
        except Exception as error:  # the runtime's errors share no base but Exception
            raise VisionFailed(model=self.name) from error
        powers = np.exp(logits - logits.max())
        shares = powers / powers.sum()
        likely = [number for number in np.argsort(-shares)[: round(1 / LEAST)] if shares[number] >= LEAST]
        names = {LABELS[number]: float(shares[number]) for number in likely}
        short = {self.features_version: axes.shorten(features)} if axes and self.features_version else {}
        return NamedPicture(names, layer.judge(features) if layer else {}, short)

    @cached_property  # two threads may open it twice at first, and keep one
    def _session(self) -> ort.InferenceSession:
        try:
            session = open_session(self._model, self.name, self._threads, self._provider)
            blank, _ = _outputs(session, np.zeros((1, 1, 3), np.uint8))
        except ProviderMissing:
            raise
        except Exception as error:  # the runtime's errors share no base but Exception
            raise ModelBroken(name=self.name) from error
        if blank.shape != (len(LABELS),):
            raise ModelBroken(name=self.name)
        return session

    @cached_property
    def _layer(self) -> MaterialLayer | None:
        if self._layer_file is None:
            return None
        try:
            layer = MaterialLayer.load(self._layer_file)
            layer.judge(np.zeros(FEATURES, np.float32))
        except Exception as error:  # what a broken archive raises is documented nowhere
            raise ModelBroken(name=self.name) from error
        return layer

    @cached_property
    def _axes(self) -> FeatureAxes | None:
        if not self._axes_file.exists():
            return None
        try:
            axes = FeatureAxes.load(self._axes_file)
            axes.shorten(np.zeros(FEATURES, np.float32))
        except Exception as error:  # what a broken archive raises is documented nowhere
            raise ModelBroken(name=self.name) from error
        return axes


def _outputs(session: ort.InferenceSession, pixels: Pixels) -> tuple[Floats, Floats]:
    """Logits and features."""
    logits, features = session.run(["logits", "features"], {"pixels": square(pixels, SIDE)[None, :, :, ::-1]})
    return np.asarray(logits[0], np.float32), np.asarray(features[0], np.float32)
