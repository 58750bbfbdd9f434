"""What the eyes promise, whoever they are: a local ONNX network or a remote model.

Boxes are ``(x1, y1, x2, y2)`` as fractions of the upright picture's width and height, 0 to 1, so that nobody needs
to know at which size somebody else looked.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from bunri.kit.materials import Material

if TYPE_CHECKING:  # most processes talk about eyes and have none: NumPy is for those who look
    import numpy as np
    from numpy.typing import NDArray

Pixels: TypeAlias = "NDArray[np.uint8]"
"""An upright picture: height × width × 3, BGR, 0–255."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Detection:
    """One object that a detector found: class name (COCO: 'wine glass'), score 0–1 and where."""

    label: str
    score: float
    box: Box


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing in a photo. A detector knows label and box; a material model or a remote model also the rest."""

    label: str
    score: float
    box: Box | None = None
    materials: dict[Material, float] = field(default_factory=dict)
    """Probabilities by material; empty when the model does not judge material."""
    form: str | None = None
    coloured: bool | None = None
    """Of a bottle: whether pixels tell that its body is coloured; None when nobody looked."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Everything one look at one photo gave, and by which models (part of the cache's identity)."""

    things: tuple[Thing, ...]
    models: dict[str, str]
    """Role → name@version: ``{"detector": "yolox_nano@a1b2c3d4"}``."""
    whole: dict[Material, float] = field(default_factory=dict)
    """Probabilities by material of the picture as a whole; empty when nobody judged it."""
    sure: float | None = None
    """From this probability on whoever judged materials may be believed without asking."""


class Detector(Protocol):
    """Finds objects. Thread-safe; slow: call it from a thread."""

    name: str
    version: str
    classes: tuple[str, ...]

    def detect(
        self, pixels: Pixels, *, confidence: float | None = None, iou: float | None = None
    ) -> list[Detection]: ...


class Classifier(Protocol):
    """Judges the material of crops (n of them, each an upright BGR picture)."""

    name: str
    version: str

    @property
    def sure(self) -> float:
        """The probability from which on its first answer is right in at least 95 of 100."""
        ...

    def classify(self, crops: list[Pixels]) -> list[dict[Material, float]]: ...


class Vision(Protocol):
    """Looks at a photo. Raises VisionMissing when there is nothing to look with, VisionFailed when looking failed."""

    @property
    def models(self) -> dict[str, str]:
        """As in Sight: what would look now."""
        ...

    async def see(self, pixels: Pixels) -> Sight: ...
