"""The shipped network behind the ``Classifier`` protocol."""

import hashlib
from pathlib import Path
from typing import Final

import numpy as np

from bunri.kit.materials import Material
from bunri.platform.vision.errors import ModelBroken, ProviderMissing, VisionFailed
from bunri.platform.vision.material import calibration
from bunri.platform.vision.material.calibration import Floats
from bunri.platform.vision.material.focus import focus
from bunri.platform.vision.material.memory import Memory
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
"""What pixels alone may say. Battery, lamp, styrofoam and film are not among them: there is no honest picture of
them to learn from. ``plastic`` covers clear bottles too; colour is another's question."""

SHIPPED: Final = ("material.onnx", "calibration.json", "memory.npz")
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
            self._memory = Memory.load(others[1])
            self._session = open_session(model, self.name, threads, provider)
            self.version = _digest(*files)[:8]
            blank = self._judged(np.zeros((1, 1, 3), np.uint8))
        except ProviderMissing:
            raise
        except Exception as error:  # the runtime's errors share no base but Exception
            raise ModelBroken(name=self.name) from error
        if blank.shape != (1, len(self.calibration.materials)):
            raise ModelBroken(name=self.name)

    @property
    def sure(self) -> float:
        """From this probability on the first answer may be stated without asking."""
        return self.calibration.sure

    def classify(self, crops: list[Pixels]) -> list[dict[Material, float]]:
        """Calibrated probabilities of each upright BGR crop, over all of MATERIALS.

        Raises VisionFailed for a crop without pixels, or when the runtime fails.
        """
        return [self._one(crop) for crop in crops]

    def _one(self, crop: Pixels) -> dict[Material, float]:
        if crop.ndim != 3 or not crop.size:
            raise VisionFailed(model=self.name)
        return dict(zip(self.calibration.materials, self._judged(crop)[0].tolist(), strict=True))

    def _judged(self, crop: Pixels) -> Floats:
        """1 × classes."""
        logits, features = self._seen(looks(crop))
        return self.calibration.probabilities(logits, self._memory.likeness(features))

    def _seen(self, views: Pixels) -> tuple[Floats, Floats]:
        """Logits (1 × classes) and features (1 × features), each the mean over the looks."""
        try:
            seen = self._session.run(["logits", "features"], {"pixels": views})
        except Exception as error:  # the runtime's errors share no base but Exception
            raise VisionFailed(model=self.name) from error
        logits, features = (np.asarray(part.mean(axis=0, keepdims=True), np.float32) for part in seen)
        return logits, features


def looks(crop: Pixels) -> Pixels:
    """What the network is shown of a BGR crop: all of it and, where it stands out, its thing; each mirrored, too.

    2 or 4 × SIDE × SIDE × 3, RGB bytes; the rest of the preprocessing is inside the graph.
    """
    closer = focus(crop)
    views = [square(part, SIDE)[:, :, ::-1] for part in (crop, closer) if part is not None]
    return np.stack([*views, *(view[:, ::-1] for view in views)])


def _digest(*files: Path) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
