"""The shipped network behind the ``Classifier`` protocol."""

import hashlib
from pathlib import Path
from typing import Final

import numpy as np

from bunri.kit.materials import Material
from bunri.platform.vision.errors import ModelBroken, ProviderMissing, VisionFailed
from bunri.platform.vision.material import calibration
from bunri.platform.vision.material.calibration import Floats
from bunri.platform.vision.material.feature_bank import FeatureBank
from bunri.platform.vision.material.salient_crop import salient_crop
from bunri.platform.vision.material.square import square
from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.session import open_session

MATERIALS: Final = (
    Material.GLASS,
    Material.METAL,
    Material.PAPER,
    Material.CARDBOARD,
    Material.CARTON,
    Material.PLASTIC,
    Material.TEXTILE,
    Material.FOOD,
    Material.ELECTRONICS,
    Material.OTHER,
)
"""The materials that are told apart by pixels alone. Battery, lamp, styrofoam and film are not among them: no picture
set to train on is good enough. ``plastic`` includes clear bottles; their colour is judged in ``tint.py``."""

SHIPPED: Final = ("material.onnx", "calibration.json", "feature_bank.npz")
SIDE: Final = 224
_FOLDER: Final = Path(__file__).parent


class MaterialClassifier:
    """A ``Classifier`` (protocol.py). ``classify`` may run in several threads at once, as ``Run`` of a session may."""

    name = "material"

    def __init__(self, folder: Path = _FOLDER, *, threads: int = 1, provider: str = "CPUExecutionProvider") -> None:
        """Load the folder's SHIPPED files.

        Raises ProviderMissing, and ModelBroken when the files are not what they should be.
        """
        model, *others = files = [folder / file for file in SHIPPED]
        try:
            self.calibration = calibration.load(others[0])
            self._feature_bank = FeatureBank.load(others[1])
            self._session = open_session(model, self.name, threads, provider)
            self.version = _digest(*files)[:8]
            blank = self._probabilities(np.zeros((1, 1, 3), np.uint8))
        except ProviderMissing:
            raise
        except Exception as error:  # the runtime's errors share no base but Exception
            raise ModelBroken(name=self.name) from error
        if blank.shape != (1, len(self.calibration.materials)):
            raise ModelBroken(name=self.name)

    @property
    def accept_threshold(self) -> float:
        """The probability from which on the first answer may be stated without asking."""
        return self.calibration.accept_threshold

    def classify(self, crops: list[Pixels]) -> list[dict[Material, float]]:
        """Calibrated probabilities of each upright BGR crop, over all of MATERIALS.

        Raises VisionFailed for a crop without pixels, or when the runtime fails.
        """
        return [self._classify_one(crop) for crop in crops]

    def _classify_one(self, crop: Pixels) -> dict[Material, float]:
        if crop.ndim != 3 or not crop.size:
            raise VisionFailed(model=self.name)
        return dict(zip(self.calibration.materials, self._probabilities(crop)[0].tolist(), strict=True))

    def _probabilities(self, crop: Pixels) -> Floats:
        """1 × classes."""
        logits, features = self._run(tta_views(crop))
        return self.calibration.probabilities(logits, self._feature_bank.knn_similarity(features))

    def _run(self, views: Pixels) -> tuple[Floats, Floats]:
        """Logits (1 × classes) and features (1 × features), each the mean over the views."""
        try:
            outputs = self._session.run(["logits", "features"], {"pixels": views})
        except Exception as error:  # the runtime's errors share no base but Exception
            raise VisionFailed(model=self.name) from error
        logits, features = (np.asarray(part.mean(axis=0, keepdims=True), np.float32) for part in outputs)
        return logits, features


def tta_views(crop: Pixels) -> Pixels:
    """Views of a BGR crop for test-time augmentation: the crop, its salient part where there is one, and their mirrors.

    2 or 4 × SIDE × SIDE × 3, RGB bytes; the rest of the preprocessing is inside the graph.
    """
    closer = salient_crop(crop)
    views = [square(part, SIDE)[:, :, ::-1] for part in (crop, closer) if part is not None]
    return np.stack([*views, *(view[:, ::-1] for view in views)])


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
