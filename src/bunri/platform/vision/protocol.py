"""What every vision model provides, whether it is a local ONNX network or a remote service.

Boxes are ``(x1, y1, x2, y2)`` as fractions of the upright picture's width and height, 0 to 1, so that
they hold at whatever size a model was shown the picture.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeAlias

from bunri.kit.materials import Material, Tag

if TYPE_CHECKING:  # most processes only name these types: NumPy is loaded where models run
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
class DetectedObject:
    """One object in a photo. A detector gives label and box, a material model the rest."""

    label: str
    score: float
    box: Box | None = None
    materials: dict[Material, float] = field(default_factory=dict)
    """Probabilities by material; empty when the model does not judge material."""
    form: str | None = None
    coloured: bool | None = None
    """Of a bottle: whether the pixels show that its body is coloured; None when that was not examined."""


@dataclass(frozen=True, slots=True)
class DescribedThing:
    """One thing that a language model, shown the photo, picked from our lists. No word of it is the model's own."""

    item: str | None
    """A slug of the rule table; None when nothing there fits."""
    material: Material
    probability: float
    """The model's own, 0–1, which nobody has measured."""
    form: str | None = None
    box: Box | None = None
    tags: tuple[Tag, ...] = ()
    """Its parts and its state, as far as they change advice."""


@dataclass(frozen=True, slots=True)
class VisionResult:
    """Everything that the models found in one photo, and which models they were (part of the cache's key).

    Stored results keep older field names: see ``stored.py``.
    """

    objects: tuple[DetectedObject, ...]
    models: dict[str, str]
    """Role → name@version: ``{"detector": "yolox_nano@a1b2c3d4"}``."""
    image_probabilities: dict[Material, float] = field(default_factory=dict)
    """Probabilities by material of the picture as a whole; empty when no model judged it."""
    accept_threshold: float | None = None
    """The probability from which on a material may be stated without asking; None without a calibrated model."""
    names: dict[str, float] = field(default_factory=dict)
    """What the picture as a whole may be called, with probabilities; empty when no model named it."""
    second_opinion: dict[Material, float] = field(default_factory=dict)
    """Probabilities by material of the picture as a whole, from another network than ``image_probabilities``."""
    described: tuple[DescribedThing, ...] = ()
    """The things that a language model sees, likeliest first; empty when none was asked, or it sees none."""
    vocabulary: dict[str, float] = field(default_factory=dict)
    """Items of the rule table that the picture as a whole may show, as far as the open vocabulary is to be believed:
    together at most its reliability; empty when there is none."""
    features: dict[str, bytes] = field(default_factory=dict)
    """Network@version → what it makes of the picture as a whole, in a few bytes: tells how near two pictures are."""


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
    def accept_threshold(self) -> float:
        """The probability from which on its first answer is right in at least 95 of 100 cases."""
        ...

    def classify(self, crops: list[Pixels]) -> list[dict[Material, float]]: ...


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """What a namer says about a picture as a whole, with probabilities."""

    names: dict[str, float]
    materials: dict[Material, float] = field(default_factory=dict)
    """Empty when it only knows names."""
    features: dict[str, bytes] = field(default_factory=dict)
    """As in VisionResult."""


class Namer(Protocol):
    """Says what a picture as a whole may be called, and perhaps what it is made of."""

    name: str
    version: str

    def name_picture(self, pixels: Pixels) -> NamedPicture: ...


class Vision(Protocol):
    """Analyses a photo. Raises VisionMissing when there is no model, VisionFailed when a model failed."""

    @property
    def models(self) -> dict[str, str]:
        """As in VisionResult: the models that would run now."""
        ...

    async def see(self, pixels: Pixels) -> VisionResult: ...
