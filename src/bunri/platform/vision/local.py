"""Eyes on this machine: a detector, and later a material model, in a bounded pool of threads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from bunri.platform.vision.errors import VisionMissing
from bunri.platform.vision.protocol import Box, Classifier, Detector, Pixels, Sight, Thing
from bunri.platform.vision.tint import BOTTLES, coloured

_MARGIN: Final = 0.05
"""Of a box's sides, added around a crop: materials are told apart at edges too."""


MOST_CROPS: Final = 8
"""Judged one by one; a picture of more things is a heap."""


class LocalVision:
    """``Vision`` (protocol.py) by local models; at most ``workers`` photos are looked at side by side."""

    def __init__(self, detector: Detector | None, classifier: Classifier | None = None, *, workers: int = 1) -> None:
        self._detector = detector
        self._classifier = classifier
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="eyes")

    @property
    def models(self) -> dict[str, str]:
        roles = {"detector": self._detector, "classifier": self._classifier}
        return {role: f"{model.name}@{model.version}" for role, model in roles.items() if model is not None}

    async def see(self, pixels: Pixels) -> Sight:
        """Raises VisionMissing without any model, VisionFailed when one fails."""
        if not self.models:
            raise VisionMissing
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._look, pixels)

    def close(self) -> None:
        """Waits for the looks in hand."""
        self._pool.shutdown()

    def _look(self, pixels: Pixels) -> Sight:
        found = self._detector.detect(pixels) if self._detector else []
        if self._classifier is None:
            things = tuple(Thing(detection.label, detection.score, detection.box) for detection in found)
            return Sight(things, self.models)
        crops = [crop(pixels, detection.box) for detection in found[:MOST_CROPS]]
        whole, *judged = self._classifier.classify([pixels, *crops])
        judged += [{}] * (len(found) - len(crops))
        tints = [coloured(each) if seen.label in BOTTLES else None for seen, each in zip(found, crops, strict=False)]
        tints += [None] * (len(found) - len(crops))
        things = tuple(
            Thing(detection.label, detection.score, detection.box, materials, coloured=tint)
            for detection, materials, tint in zip(found, judged, tints, strict=True)
        )
        return Sight(things, self.models, whole, self._classifier.sure)


def crop(pixels: Pixels, box: Box) -> Pixels:
    """The part of a picture in and a little around a box; at least one pixel. A view, not a copy."""
    height, width = pixels.shape[:2]
    around_x, around_y = (box[2] - box[0]) * _MARGIN, (box[3] - box[1]) * _MARGIN
    left = min(int(max(0.0, box[0] - around_x) * width), width - 1)
    top = min(int(max(0.0, box[1] - around_y) * height), height - 1)
    right = max(left + 1, round(min(1.0, box[2] + around_x) * width))
    bottom = max(top + 1, round(min(1.0, box[3] + around_y) * height))
    return pixels[top:bottom, left:right]
