"""Vision models on this machine: a detector, a material model and namers in a bounded pool of threads."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from bunri.platform.vision.errors import VisionMissing
from bunri.platform.vision.protocol import (
    Box,
    Classifier,
    DetectedObject,
    Detector,
    NamedPicture,
    Namer,
    Pixels,
    VisionResult,
)
from bunri.platform.vision.tint import BOTTLES, coloured
from bunri.platform.vision.vocabulary.namer import RowNamer

_MARGIN: Final = 0.05
"""Fraction of a box's sides added around a crop: edges help to tell materials apart."""

MOST_CROPS: Final = 8
"""At most so many crops are classified: a picture of more objects is a heap."""


class LocalVision:
    """``Vision`` (protocol.py) by local models; at most ``workers`` photos are analysed at the same time."""

    def __init__(
        self,
        detector: Detector | None,
        classifier: Classifier | None = None,
        namer: Namer | None = None,
        vocabulary: RowNamer | None = None,
        *,
        workers: int = 1,
    ) -> None:
        """Names are evidence beside the materials, so a namer without a classifier is not asked. The open vocabulary
        may arrive later, and counts among the models from then on."""
        self._detector = detector
        self._classifier = classifier
        self._namer = namer if classifier else None
        self._vocabulary = vocabulary if classifier else None
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="vision")

    @property
    def models(self) -> dict[str, str]:
        vocabulary = self._vocabulary if self._vocabulary and self._vocabulary.here else None
        roles = {
            "detector": self._detector,
            "classifier": self._classifier,
            "namer": self._namer,
            "vocabulary": vocabulary,
        }
        return {role: f"{model.name}@{model.version}" for role, model in roles.items() if model is not None}

    async def see(self, pixels: Pixels) -> VisionResult:
        """Raises VisionMissing without any model, VisionFailed when one fails."""
        if not self.models:
            raise VisionMissing
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._analyse, pixels)

    def close(self) -> None:
        """Waits for the photos that are being analysed."""
        self._pool.shutdown()
        if self._vocabulary:
            self._vocabulary.close()

    def _analyse(self, pixels: Pixels) -> VisionResult:
        found = self._detector.detect(pixels) if self._detector else []
        if self._classifier is None:
            objects = tuple(DetectedObject(detection.label, detection.score, detection.box) for detection in found)
            return VisionResult(objects, self.models)
        crops = [crop(pixels, detection.box) for detection in found[:MOST_CROPS]]
        image, *judged = self._classifier.classify([pixels, *crops])
        judged += [{}] * (len(found) - len(crops))
        tints = [
            coloured(each) if detection.label in BOTTLES else None
            for detection, each in zip(found, crops, strict=False)
        ]
        tints += [None] * (len(found) - len(crops))
        objects = tuple(
            DetectedObject(detection.label, detection.score, detection.box, materials, coloured=tint)
            for detection, materials, tint in zip(found, judged, tints, strict=True)
        )
        named = self._namer.name_picture(pixels) if self._namer else NamedPicture({})
        return VisionResult(
            objects,
            self.models,
            image,
            self._classifier.accept_threshold,
            named.names,
            named.materials,
            vocabulary=self._vocabulary.name_picture(pixels) if self._vocabulary else {},
            features=named.features,
        )


def crop(pixels: Pixels, box: Box) -> Pixels:
    """The part of a picture in and a little around a box; at least one pixel. A view, not a copy."""
    height, width = pixels.shape[:2]
    around_x, around_y = (box[2] - box[0]) * _MARGIN, (box[3] - box[1]) * _MARGIN
    left = min(int(max(0.0, box[0] - around_x) * width), width - 1)
    top = min(int(max(0.0, box[1] - around_y) * height), height - 1)
    right = max(left + 1, round(min(1.0, box[2] + around_x) * width))
    bottom = max(top + 1, round(min(1.0, box[3] + around_y) * height))
    return pixels[top:bottom, left:right]
