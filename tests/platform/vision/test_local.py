"""Local models run in a bounded pool, and the material model gets the crops."""

import asyncio
import shutil
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.platform.vision.graphs import always, nothing_seen
from tests.platform.vision.vocabulary.shapes import rendered
from tests.platform.vision.vocabulary.toys import CARD, DESCRIBED, TOY, TOY_HASHES

from bunri.kit.materials import Material
from bunri.platform.vision.errors import VisionFailed, VisionMissing
from bunri.platform.vision.local import LocalVision, crop
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.protocol import Detection, NamedPicture, Pixels
from bunri.platform.vision.vocabulary.namer import RowNamer
from bunri.platform.vision.vocabulary.store import VocabularyStore

PHOTO = np.zeros((100, 200, 3), np.uint8)


class SlowDetector:
    """Sees a bottle after a while, and remembers how many looked at once."""

    name, version = "slow", "1"
    classes: tuple[str, ...] = ("bottle", "cup")

    def __init__(self) -> None:
        self.running = self.most = 0
        self._lock = threading.Lock()

    def detect(self, pixels: Pixels, *, confidence: float | None = None, iou: float | None = None) -> list[Detection]:
        with self._lock:
            self.running += 1
            self.most = max(self.most, self.running)
        time.sleep(0.01)
        with self._lock:
            self.running -= 1
        return [Detection("bottle", 0.9, (0.1, 0.2, 0.5, 0.8)), Detection("cup", 0.4, (0, 0, 1, 1))]


class BrokenDetector(SlowDetector):
    def detect(self, pixels: Pixels, *, confidence: float | None = None, iou: float | None = None) -> list[Detection]:
        raise VisionFailed(model=self.name)


class BySize:
    """Large crops are glass, small ones metal."""

    name, version = "by_size", "2"
    accept_threshold = 0.9

    def classify(self, crops: list[Pixels]) -> list[dict[Material, float]]:
        return [{Material.GLASS if each.size > 30_000 else Material.METAL: 0.8} for each in crops]


class ByWidth:
    """Wide pictures are loaves of food, others tins."""

    name, version = "by_width", "3"

    def name_picture(self, pixels: Pixels) -> NamedPicture:
        name, material = ("loaf", Material.FOOD) if pixels.shape[1] > pixels.shape[0] else ("tin", Material.METAL)
        return NamedPicture({name: 0.6}, {material: 0.7})


class TestSeeing:
    async def test_a_real_network_through_the_whole_way(self) -> None:
        output = nothing_seen()
        output[0, :4, 0], output[0, 4 + 39, 0] = [32, 32, 32, 16], 0.8
        vision = LocalVision(detector := OnnxDetector(always(output), "tiny"))
        result = await vision.see(PHOTO)
        assert result.models == vision.models == {"detector": f"tiny@{detector.version}"}
        assert [(thing.label, thing.materials) for thing in result.objects] == [("bottle", {})]
        assert result.objects[0].box == pytest.approx((0.25, 0.25, 0.75, 0.75))

    async def test_material_is_judged_crop_by_crop(self) -> None:
        vision = LocalVision(SlowDetector(), BySize())
        result = await vision.see(PHOTO)
        assert [thing.materials for thing in result.objects] == [{Material.METAL: 0.8}, {Material.GLASS: 0.8}]
        assert result.models == {"detector": "slow@1", "classifier": "by_size@2"}
        assert (result.image_probabilities, result.accept_threshold) == ({Material.GLASS: 0.8}, 0.9)

    async def test_the_picture_as_a_whole_is_named(self) -> None:
        result = await LocalVision(SlowDetector(), BySize(), ByWidth()).see(PHOTO)
        assert (result.names, result.second_opinion) == ({"loaf": 0.6}, {Material.FOOD: 0.7})
        assert result.models == {"detector": "slow@1", "classifier": "by_size@2", "namer": "by_width@3"}

    async def test_names_without_materials_would_be_evidence_beside_nothing(self) -> None:
        vision = LocalVision(SlowDetector(), None, ByWidth())
        assert vision.models == {"detector": "slow@1"}
        assert not (await vision.see(PHOTO)).names

    async def test_the_open_vocabulary_takes_part_from_when_it_has_come(self, tmp_path: Path) -> None:
        vision = LocalVision(SlowDetector(), BySize(), None, RowNamer(tmp_path / "toy", "toy"))
        assert (await vision.see(PHOTO)).vocabulary == {}
        assert "vocabulary" not in vision.models
        shutil.copytree(TOY, tmp_path / "toy")
        VocabularyStore(tmp_path, "http://127.0.0.1:9", hashes=TOY_HASHES, registry={"toy": CARD}).pull(
            "toy", DESCRIBED, lambda _done, _total: None
        )
        result = await vision.see(rendered("red circle", np.random.default_rng(1)))
        assert "red circle" in result.vocabulary
        assert result.models["vocabulary"].startswith("toy@")
        vision.close()

    async def test_only_bottles_are_looked_at_for_their_colour(self) -> None:
        green = np.full_like(PHOTO, (60, 150, 70))
        green[:, :30], green[:, 90:] = 150, 150
        bottle, cup = (await LocalVision(SlowDetector(), BySize()).see(green)).objects
        assert (bottle.coloured, cup.coloured) == (True, None)

    async def test_without_a_detector_the_whole_picture_is_judged(self) -> None:
        result = await LocalVision(None, BySize()).see(PHOTO)
        assert (result.objects, result.image_probabilities) == ((), {Material.GLASS: 0.8})

    async def test_no_more_photos_at_once_than_workers(self) -> None:
        detector = SlowDetector()
        vision = LocalVision(detector, workers=2)
        results = await asyncio.gather(*(vision.see(PHOTO) for _ in range(12)))
        assert len(results) == 12
        assert detector.most == 2
        vision.close()

    async def test_without_any_model_it_says_so(self) -> None:
        vision = LocalVision(None)
        assert vision.models == {}
        with pytest.raises(VisionMissing):
            await vision.see(PHOTO)

    async def test_a_failing_model_is_our_error(self) -> None:
        with pytest.raises(VisionFailed):
            await LocalVision(BrokenDetector()).see(PHOTO)


class TestCropping:
    def test_takes_a_little_more_than_the_box(self) -> None:
        assert crop(PHOTO, (0.25, 0.2, 0.75, 0.8)).shape == (66, 110, 3)

    @given(*[st.floats(0, 1)] * 4, st.integers(1, 50), st.integers(1, 50))
    def test_is_never_empty(self, a: float, b: float, c: float, d: float, height: int, width: int) -> None:
        box = (min(a, b), min(c, d), max(a, b), max(c, d))
        assert crop(np.zeros((height, width, 3), np.uint8), box).size > 0
