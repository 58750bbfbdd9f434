"""Models are opened once, kept while they are used, and put away."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path

import pytest
from tests.platform.photos.samples import corners, encoded, thread_of_a_picture
from tests.platform.vision.graphs import always, nothing_seen

from bunri.domains.detection.errors import DetectionBusy
from bunri.domains.detection.model_cache import ModelCache
from bunri.domains.detection.public import (
    DetectionOptions,
    DetectionResponse,
    EncodedPicture,
    ImageDetections,
    ImageFailure,
)
from bunri.domains.detection.service import DetectionService
from bunri.domains.detection.settings import DetectionSettings
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.photos.settings import DecoderSettings
from bunri.platform.vision.errors import ModelMissing
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.store import ModelStore

LYING = encoded(corners(200, 100), "JPEG")
VISION = VisionSettings(models_dir=None, fetch=False)


def model_cache(data: Path, most: int) -> ModelCache:
    return ModelCache(ModelStore.of(data, VISION), VISION, most)


def pictures(*contents: bytes) -> nullcontext[Sequence[EncodedPicture]]:
    return nullcontext([EncodedPicture(BytesIO(content)) for content in contents])


@pytest.fixture
async def service(data: Path) -> AsyncIterator[DetectionService]:
    decoders = DecoderPool(DecoderSettings(cpu_s=0.3))
    made = DetectionService(data, VISION, DetectionSettings(concurrency_slots=2, idle_unload_s=0.05), decoders)
    yield made
    made.close()
    decoders.close()


class TestModelCache:
    def test_a_model_is_opened_once(self, data: Path) -> None:
        opened = model_cache(data, 2)
        assert opened.get("colours") is opened.get("colours")

    def test_the_one_unused_longest_makes_room(self, data: Path) -> None:
        (data / "models" / "third.onnx").write_bytes(always(nothing_seen()))
        opened = model_cache(data, 2)
        nano, colours = opened.get("yolox_nano"), opened.get("colours")
        assert opened.get("yolox_nano") is nano
        opened.get("third")
        assert opened.get("yolox_nano") is nano
        assert opened.get("colours") is not colours

    def test_replaced_weights_are_opened_anew(self, data: Path) -> None:
        opened, path = model_cache(data, 2), data / "models" / "colours.onnx"
        before = opened.get("colours")
        os.utime(path, ns=(1, 1))
        assert opened.get("colours") is not before

    def test_weights_that_are_gone_are_missing(self, data: Path) -> None:
        opened = model_cache(data, 2)
        opened.get("yolox_nano")
        (data / "models" / "yolox_nano.onnx").unlink()
        with pytest.raises(ModelMissing):
            opened.get("yolox_nano")


class TestService:
    async def test_side_by_side_everybody_gets_their_own_answer(self, service: DetectionService) -> None:
        requests = [DetectionOptions(model="yolox_nano", max_detections=1), DetectionOptions(model="yolox_nano")]
        one, two = await asyncio.gather(*(service.detect(pictures(LYING), options, "ko") for options in requests))
        assert [found.name for found in only_image(one).detections] == ["병"]
        assert [found.name for found in only_image(two).detections] == ["병", "컵"]

    async def test_a_picture_that_takes_too_long_fails_alone(self, service: DetectionService) -> None:
        contents = (LYING, thread_of_a_picture(), LYING)
        first, second, third = (await service.detect(pictures(*contents), DetectionOptions(), "ko")).images
        assert isinstance(first, ImageDetections)
        assert isinstance(second, ImageFailure)
        assert second.error.code == "too_costly"
        assert isinstance(third, ImageDetections)

    async def test_who_finds_no_slot_is_refused_at_once(self, service: DetectionService) -> None:
        results = await asyncio.gather(
            *(service.detect(pictures(LYING, LYING), DetectionOptions(), "ko") for _ in range(3)),
            return_exceptions=True,
        )
        assert [isinstance(result, DetectionBusy) for result in results] == [False, False, True]
        assert isinstance(await service.detect(pictures(LYING), DetectionOptions(), "ko"), DetectionResponse)

    async def test_models_are_put_away_when_nobody_comes(self, service: DetectionService) -> None:
        await service.detect(pictures(LYING), DetectionOptions(), "ko")
        assert not service.model_cache.empty
        while not service.model_cache.empty:  # noqa: ASYNC110  # a timer empties it and tells nobody
            await asyncio.sleep(0.01)

    async def test_a_check_loads_no_eyes_unless_asked_to(self, service: DetectionService) -> None:
        assert await service.check(thorough=False) == "opened by the first who asks"
        assert await service.check(thorough=True) is None

    async def test_what_a_check_opened_is_put_away_too(self, service: DetectionService) -> None:
        await service.check(thorough=True)
        assert not service.model_cache.empty
        while not service.model_cache.empty:
            await service.check(thorough=False)  # again and again, as probes do
            await asyncio.sleep(0.01)

    async def test_an_answer_has_all_that_the_model_knows(self, service: DetectionService) -> None:
        assert (await service.detect(pictures(LYING), DetectionOptions(), "ko")).classes == await service.classes(None)


def only_image(response: DetectionResponse) -> ImageDetections:
    [image] = response.images
    assert isinstance(image, ImageDetections)
    return image
