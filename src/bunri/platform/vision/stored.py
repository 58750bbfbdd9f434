"""How a VisionResult is stored as JSON (``waste.fingerprints.sight``).

The stored names are those of the first version, so that every version can read the rows of every other, also while two
of them share a database.
"""

from base64 import b64decode, b64encode
from typing import Any

from pydantic import BaseModel

from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DescribedThing, DetectedObject, VisionResult


class _StoredResult(BaseModel):
    things: tuple[DetectedObject, ...]
    models: dict[str, str]
    whole: dict[Material, float] = {}
    sure: float | None = None
    names: dict[str, float] = {}
    second: dict[Material, float] = {}
    described: tuple[DescribedThing, ...] = ()
    vocabulary: dict[str, float] = {}
    features: dict[str, str] = {}


def to_stored(result: VisionResult) -> dict[str, Any]:
    """``result`` as a JSON object."""
    stored = _StoredResult(
        things=result.objects,
        models=result.models,
        whole=result.image_probabilities,
        sure=result.accept_threshold,
        names=result.names,
        second=result.second_opinion,
        described=result.described,
        vocabulary=result.vocabulary,
        features={network: b64encode(each).decode() for network, each in result.features.items()},
    )
    unused = {name for name in ("names", "second", "described", "vocabulary", "features") if not getattr(stored, name)}
    return stored.model_dump(mode="json", exclude=unused)


def from_stored(stored: dict[str, Any]) -> VisionResult:
    """The result that ``to_stored`` gave. Raises ValueError for anything else."""
    found = _StoredResult.model_validate(stored)
    return VisionResult(
        found.things,
        found.models,
        found.whole,
        found.sure,
        found.names,
        second_opinion=found.second,
        described=found.described,
        vocabulary=found.vocabulary,
        features={network: b64decode(each) for network, each in found.features.items()},
    )
