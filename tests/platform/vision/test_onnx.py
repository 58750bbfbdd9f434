"""Real networks agree with another implementation; small made-up graphs show the rest."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from tests.platform.vision.graphs import always, mean_colours, model, node, nothing_seen, value

from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_photo
from bunri.platform.vision.errors import ModelBroken, ModelNotRecognised, ProviderMissing
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.protocol import Box, Pixels

GREY = np.full((48, 64, 3), 90, np.uint8)


def overlap(one: Box, other: Box) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    both = max(width, 0) * max(height, 0)
    return both / (area(one) + area(other) - both)


def photo_pixels(shared: Path, name: str) -> Pixels:
    """At full size, as the other implementation saw them."""
    return open_photo((shared / "data/photos" / name).read_bytes(), PhotoLimits(), at_least=10_000).pixels


def area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def yolov8(*columns: list[float], classes: int = 2) -> NDArray[np.float32]:
    """The output for a 64 × 64 input with ``columns`` of cx, cy, w, h and scores; nothing elsewhere."""
    output = nothing_seen(classes)
    for number, column in enumerate(columns):
        output[0, :, number] = column
    return output


class TestAgreement:
    @pytest.mark.parametrize("name", ["yolox_nano", "nanodet_m", "yolov5n_640"])
    @pytest.mark.parametrize("photo", ["bus.jpg", "zidane.jpg", "dog.jpg"])
    def test_with_a_second_implementation(self, shared: Path, name: str, photo: str) -> None:
        expected = json.loads((shared / "data/photos/detections.json").read_text())[f"{name}.onnx"][photo]
        pixels = photo_pixels(shared, photo)
        found = OnnxDetector(shared / "models" / f"{name}.onnx", name).detect(pixels)
        assert len(found) == len(expected)
        height, width = pixels.shape[:2]
        for label, score, corners in expected:
            box = (corners[0] / width, corners[1] / height, corners[2] / width, corners[3] / height)
            match = max(found, key=lambda each: (each.label == label) * overlap(each.box, box))
            assert match.label == label
            assert overlap(match.box, box) > 0.9
            assert match.score == pytest.approx(score, abs=0.05)

    def test_a_reduced_photo_shows_the_same_things(self, shared: Path) -> None:
        detector = OnnxDetector(shared / "models" / "yolox_nano.onnx", "yolox_nano")
        whole = photo_pixels(shared, "dog.jpg")
        half = cv2.resize(whole, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA).astype(np.uint8)
        sure = [{each.label for each in detector.detect(pixels) if each.score > 0.5} for pixels in (whole, half)]
        assert sure[0] == sure[1] == {"dog", "bicycle", "car"}

    def test_many_threads_see_the_same(self, shared: Path) -> None:
        detector = OnnxDetector(shared / "models" / "yolox_nano.onnx", "yolox_nano")
        pixels = photo_pixels(shared, "bus.jpg")
        alone = detector.detect(pixels)
        with ThreadPoolExecutor(4) as pool:
            assert all(seen == alone for seen in pool.map(detector.detect, [pixels] * 12))


class TestLooking:
    def test_boxes_come_back_as_fractions_of_the_picture(self) -> None:
        detector = OnnxDetector(always(yolov8([32, 32, 32, 24, 0.2, 0.8])), "tiny")
        (found,) = detector.detect(GREY)
        assert found.label == "class 1"
        assert found.score == pytest.approx(0.8)
        assert found.box == pytest.approx((0.25, 0.25, 0.75, 0.75))  # 64 × 48 lies 8 pixels down in 64 × 64

    def test_best_first_and_of_overlapping_boxes_of_a_class_one(self) -> None:
        near, same, other = [30, 32, 30, 30, 0.5, 0], [31, 32, 30, 30, 0.9, 0], [31, 32, 30, 30, 0, 0.7]
        detector = OnnxDetector(always(yolov8(near, same, other)), "tiny")
        assert [(each.label, round(each.score, 2)) for each in detector.detect(GREY)] == [
            ("class 0", 0.9),
            ("class 1", 0.7),
        ]
        assert len(detector.detect(GREY, iou=0.99)) == 3

    def test_the_threshold_is_the_models_or_the_operators_or_the_callers(self) -> None:
        graph = always(yolov8([10, 32, 8, 8, 0.2, 0], [30, 32, 8, 8, 0.5, 0], [50, 32, 8, 8, 0.9, 0]))
        assert len(OnnxDetector(graph, "tiny").detect(GREY)) == 2
        assert len(OnnxDetector(graph, "tiny", confidence=0.8).detect(GREY)) == 1
        assert len(OnnxDetector(graph, "tiny", confidence=0.8).detect(GREY, confidence=0.1)) == 3

    def test_a_threshold_of_nothing_is_bounded_work(self) -> None:
        output = yolov8()
        output[:, 4:] = np.random.default_rng(3).uniform(0, 1, (1, 2, 84))
        assert len(OnnxDetector(always(output), "tiny").detect(GREY, confidence=0)) <= 84

    def test_nothing_seen_is_an_empty_list(self) -> None:
        assert OnnxDetector(always(yolov8()), "tiny").detect(GREY) == []

    @pytest.mark.parametrize("shape", [(1, 1, 3), (1, 900, 3), (900, 1, 3)])
    def test_any_shape_of_picture_can_be_looked_at(self, shape: tuple[int, int, int]) -> None:
        detector = OnnxDetector(always(yolov8([32, 32, 32, 24, 0.2, 0.8])), "tiny")
        (found,) = detector.detect(np.zeros(shape, np.uint8))
        assert all(0 <= side <= 1 for side in found.box)

    def test_half_precision_graphs_are_fed_half_precision(self) -> None:
        answer = yolov8([32, 32, 32, 24, 0.25, 0.75]).astype(np.float16)
        (found,) = OnnxDetector(always(answer, dtype=np.float16), "tiny").detect(GREY)
        assert found.score == pytest.approx(0.75)

    def test_where_the_graph_takes_any_size_no_padding_is_computed(self) -> None:
        detector = OnnxDetector(mean_colours(), "tiny")
        bluish = np.full((160, 640, 3), (255, 128, 255), np.uint8)  # BGR
        found = detector.detect(bluish, confidence=0.9, iou=0.99)
        # The first cell's box reaches from above the picture to here; lower, had the picture been centred in a square
        assert {each.label for each in found} == {"class 1"}
        assert found[0].box[3] * 160 == pytest.approx(4 + 128 / 255 + 33 / 2, abs=0.01)


class TestClassNames:
    def test_come_from_the_graph_when_it_names_them(self) -> None:
        graph = always(yolov8([32, 32, 32, 24, 0.2, 0.8]), names="{0: 'can', 1: 'bottle'}", task="detect")
        detector = OnnxDetector(graph, "tiny")
        assert detector.classes == ("can", "bottle")
        assert [each.label for each in detector.detect(GREY)] == ["bottle"]

    @pytest.mark.parametrize("names", ["{0: 'can', 1: 'cup', 3: 'pan'}", "__import__('os')", "[", "7", ""])
    def test_are_numbers_when_the_graph_names_them_badly(self, names: str) -> None:
        assert OnnxDetector(always(yolov8(classes=3), names=names), "tiny").classes == (
            "class 0",
            "class 1",
            "class 2",
        )

    def test_are_cocos_when_there_are_eighty(self) -> None:
        detector = OnnxDetector(always(yolov8(classes=80)), "tiny")
        assert detector.classes[39] == "bottle"


class TestRefusing:
    @pytest.mark.parametrize("data", [b"", b"not a graph", always(yolov8())[:-40]])
    def test_what_is_no_graph(self, data: bytes, capfd: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(ModelBroken):
            OnnxDetector(data, "tiny")
        assert capfd.readouterr().err == ""

    def test_a_graph_that_is_no_detector(self) -> None:
        with pytest.raises(ModelNotRecognised) as caught:
            OnnxDetector(always(np.zeros((1, 1000), np.float32)), "tiny")
        assert caught.value.data["outputs"] == [[1, 1000]]

    def test_a_graph_that_looks_at_no_picture(self) -> None:
        words = model([node("Identity", ["words"], "same")], [], [value("words", [1, 9])], [value("same", [1, 9])], {})
        with pytest.raises(ModelNotRecognised):
            OnnxDetector(words, "tiny")

    def test_a_graph_for_another_task(self) -> None:
        with pytest.raises(ModelNotRecognised):
            OnnxDetector(always(yolov8(), task="pose"), "tiny")

    def test_a_provider_that_this_runtime_has_not(self) -> None:
        with pytest.raises(ProviderMissing) as caught:
            OnnxDetector(always(yolov8()), "tiny", provider="NpuExecutionProvider")
        assert caught.value.data["provider"] == "NpuExecutionProvider"
        assert "CPUExecutionProvider" in str(caught.value.data["available"])

    def test_the_real_classifier(self, shared: Path) -> None:
        with pytest.raises((ModelBroken, ModelNotRecognised)):
            OnnxDetector(shared / "models" / "mobilenet_v2_imagenet.onnx", "mobilenet")


class TestVersion:
    def test_is_of_the_content(self, tmp_path: Path) -> None:
        graph, other = always(yolov8()), always(yolov8([1, 1, 1, 1, 1, 0]))
        file = tmp_path / "tiny.onnx"
        file.write_bytes(graph)
        assert OnnxDetector(graph, "tiny").version == OnnxDetector(file, "tiny").version
        assert OnnxDetector(graph, "tiny").version != OnnxDetector(other, "tiny").version
