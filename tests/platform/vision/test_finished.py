"""Graphs that give finished boxes are read in the way that their values, their names or who adds them prove."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.platform.vision.graphs import always, gives, nothing_seen, value

from bunri.kit.errors import BunriError
from bunri.kit.sentences import sentence
from bunri.platform.vision import coco
from bunri.platform.vision.errors import (
    ModelBoxesFractions,
    ModelBoxesUnproven,
    ModelClassesUnknown,
    ModelEndsInNms,
    ModelHeadsSeveral,
    ModelNotRecognised,
    ModelScoresUnproven,
)
from bunri.platform.vision.onnx import OnnxDetector

SIDE = 96
NAMES = "{0: 'can', 1: 'glass', 2: 'paper', 3: 'pet'}"
GREY = np.full((SIDE, SIDE, 3), 90, np.uint8)
WIDE = np.full((48, 96, 3), 90, np.uint8)
BOX = (33.0, 18.0, 63.0, 78.0)
FRACTIONS = tuple(side / SIDE for side in BOX)
SIZES = value("orig_target_sizes", ["n", 2], np.int64)
PICTURE = value("images", [1, 3, SIDE, SIDE])
Numbers = NDArray[Any]


def rows(count: int = 300) -> Numbers:
    """x1 y1 x2 y2, score, class: the thing of class 2 at BOX, and others of no weight all over the picture."""
    random = np.random.default_rng(5)
    middles, half = random.uniform(20, 76, (count, 2)), random.uniform(4, 20, (count, 2))
    scores, classes = random.uniform(0.001, 0.1, (count, 1)), random.integers(0, 4, (count, 1))
    found = np.concatenate([middles - half, middles + half, scores, classes], axis=1).astype(np.float32)
    found[7] = [*BOX, 0.9, 2]
    return found


def middles(count: int = 300) -> Numbers:
    """cx cy w h of the same as fractions."""
    corners = rows(count)[:, :4] / SIDE
    return np.concatenate([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], axis=1)


def scores(count: int = 300, classes: int = 4) -> Numbers:
    """Of each class 0.01, and 0.9 of class 2 in the eighth row."""
    found = np.full((count, classes), 0.01, np.float32)
    found[7, 2] = 0.9
    return found


def logits(found: Numbers) -> Numbers:
    turned: Numbers = np.log(found / (1 - found)).astype(np.float32)
    return turned


def lists(labels: type = np.int64) -> dict[str, Numbers]:
    """Labels, boxes and scores as D-FINE gives them."""
    found = rows()
    return {"labels": found[None, :, 5].astype(labels), "boxes": found[None, :, :4].copy(), "scores": found[None, :, 4]}


def nms(*order: str, names: bool = True, kept: int = 3) -> dict[str, Numbers]:
    """What an embedded NMS gives: how many, boxes, scores and classes, all but ``kept`` of them nothing."""
    found = np.zeros((100, 6), np.float32)
    found[0], found[1], found[2] = [*BOX, 0.9, 2], [60, 60, 90, 90, 0.3, 1], [1, 2, 40, 30, 0.28, 0]
    found[kept:] = 0
    outputs = {
        "num": np.array([[kept]], np.int32),
        "boxes": found[None, :, :4],
        "scores": found[None, :, 4],
        "classes": found[None, :, 5].astype(np.int32),
    }
    return {name if names else f"output{number}": outputs[name] for number, name in enumerate(order)}


def assert_sees_the_paper(detector: OnnxDetector) -> None:
    (found,) = detector.detect(GREY, confidence=0.5)
    assert found.label == "paper"
    assert found.score == pytest.approx(0.9, abs=1e-3)
    assert found.box == pytest.approx(FRACTIONS, abs=1e-3)


EXPORTS = {
    "YOLOv10, YOLO26": ({"output0": rows()[None]}, "end_to_end"),
    "the same with masks": (
        {
            "output0": np.concatenate([rows(), np.full((300, 32), -3)], axis=1)[None].astype(np.float32),
            "output1": np.zeros((1, 32, SIDE // 4, SIDE // 4), np.float32),
        },
        "end_to_end",
    ),
    "YOLOv7 with NMS": (
        {"output": np.concatenate([np.zeros((300, 1)), rows()[:, [0, 1, 2, 3, 5, 4]]], axis=1).astype(np.float32)},
        "rows_class_score",
    ),
    "YOLO-NAS, flat": (
        {"flat": np.concatenate([np.zeros((300, 1)), rows()], axis=1).astype(np.float32)},
        "rows_score_class",
    ),
    "EfficientNMS": (nms("num", "boxes", "scores", "classes"), "lists"),
    "in another order, without names": (nms("classes", "num", "scores", "boxes", names=False), "lists"),
    "RF-DETR": ({"dets": middles()[None], "labels": logits(scores(classes=5))[None]}, "rfdetr"),
    "RF-DETR with masks": (
        {
            "dets": middles()[None],
            "labels": logits(scores(classes=5))[None],
            "masks": np.zeros((1, 300, 24, 24), np.float32),
        },
        "rfdetr",
    ),
    "RT-DETR by Ultralytics": ({"output0": np.concatenate([middles(), scores()], axis=1)[None]}, "rtdetr_rows"),
}


class TestReading:
    @pytest.mark.parametrize(("outputs", "head"), EXPORTS.values(), ids=EXPORTS)
    def test_what_is_proven_gives_the_box(self, outputs: dict[str, Numbers], head: str) -> None:
        detector = OnnxDetector(gives(outputs, side=SIDE, names=NAMES), "tiny")
        assert detector.head.name == head
        assert_sees_the_paper(detector)

    @pytest.mark.parametrize("labels", [np.int64, np.float32])
    def test_a_graph_that_is_told_the_size_gives_its_boxes_in_it(self, labels: type) -> None:
        detector = OnnxDetector(gives(lists(labels), PICTURE, SIZES, names=NAMES), "tiny")
        assert detector.head.name == "dfine"
        assert_sees_the_paper(detector)
        feed = detector.prepare(WIDE)[1]
        assert feed["orig_target_sizes"].tolist() == [[SIDE, SIDE]]

    def test_a_detr_sees_the_picture_stretched_over_its_input(self) -> None:
        detector = OnnxDetector(gives(EXPORTS["RF-DETR"][0], side=SIDE, names=NAMES), "tiny")
        (found,) = detector.detect(WIDE, confidence=0.5)
        assert found.box == pytest.approx(FRACTIONS, abs=1e-3)  # not as it would lie in a letterbox

    def test_finished_boxes_that_overlap_are_all_kept(self) -> None:
        found = rows()
        found[8] = [34, 18, 63, 78, 0.8, 2]
        detector = OnnxDetector(gives({"output0": found[None]}, side=SIDE, names=NAMES), "tiny")
        assert [each.label for each in detector.detect(GREY, confidence=0.5)] == ["paper", "paper"]

    def test_key_points_are_left_out_and_told(self) -> None:
        found = np.concatenate([rows(), np.full((300, 51), 40)], axis=1).astype(np.float32)
        found[:, 5] = 0
        graph = gives({"output0": found[None]}, side=SIDE, names="{0: 'person'}", task="pose", kpt_shape="[17, 3]")
        detector = OnnxDetector(graph, "tiny")
        assert detector.rest == "keypoints"
        assert [each.label for each in detector.detect(GREY, confidence=0.5)] == ["person"]

    def test_a_class_without_a_name_is_no_class(self) -> None:
        found = rows()
        found[8] = [0, 0, 20, 20, 0.99, 7]
        detector = OnnxDetector(gives({"output0": found[None]}, side=SIDE, names=NAMES), "tiny")
        assert_sees_the_paper(detector)

    def test_coco_is_counted_by_its_ids_where_there_are_91(self) -> None:
        found = np.full((300, 91), 0.01, np.float32)
        found[7, 44] = 0.9
        graph = gives({"dets": middles()[None], "labels": logits(found)[None]}, side=SIDE)
        (bottle,) = OnnxDetector(graph, "tiny").detect(GREY, confidence=0.5)
        assert bottle.label == "bottle"


class TestSaying:
    """What values leave in doubt is settled by who adds the model."""

    @pytest.mark.parametrize(("head", "seen"), [("detr", 1.0), ("rfdetr", 255 / 58.395)])
    def test_which_pixels_a_detr_wants(self, head: Any, seen: float) -> None:
        graph = gives({"logits": logits(scores())[None], "pred_boxes": middles()[None]}, side=SIDE, names=NAMES)
        with pytest.raises(ModelHeadsSeveral) as caught:
            OnnxDetector(graph, "tiny")
        assert "detr, rfdetr" in sentence(caught.value, "en")
        detector = OnnxDetector(graph, "tiny", head=head)
        assert_sees_the_paper(detector)
        white, black = (np.full((SIDE, SIDE, 3), grey, np.uint8) for grey in (255, 0))
        spread = detector.prepare(white)[1]["images"] - detector.prepare(black)[1]["images"]
        assert spread[0, 0].min() == pytest.approx(seen, abs=1e-3)

    def test_how_boxes_are_read_that_nothing_brings_forth(self) -> None:
        silent = np.zeros((1, 300, 6), np.float32)
        with pytest.raises(ModelEndsInNms):
            OnnxDetector(gives({"output0": silent}, side=SIDE, names=NAMES), "tiny")
        assert (
            OnnxDetector(gives({"output0": silent}, side=SIDE, names=NAMES), "tiny", head="end_to_end").detect(GREY)
            == []
        )

    @pytest.mark.parametrize("says", [{"end2end": "True"}, {"args": "{'batch': 1, 'nms': True}"}])
    def test_ultralytics_says_it_in_the_file(self, says: dict[str, str]) -> None:
        silent = {"output0": np.zeros((1, 300, 6), np.float32)}
        graph = gives(silent, side=SIDE, names=NAMES, author="Ultralytics", task="detect", **says)
        assert OnnxDetector(graph, "tiny").head.name == "end_to_end"

    def test_which_classes_there_are(self) -> None:
        graph = gives({"output0": rows()[None]}, side=SIDE)
        with pytest.raises(ModelClassesUnknown):
            OnnxDetector(graph, "tiny")
        assert OnnxDetector(graph, "tiny", classes=coco.CLASSES).classes == coco.CLASSES

    def test_what_is_said_never_overrules_what_is_seen(self) -> None:
        graph = gives({"output0": rows()[None] * np.float32(1 / SIDE)}, side=SIDE, names=NAMES)
        with pytest.raises(ModelNotRecognised):
            OnnxDetector(graph, "tiny", head="end_to_end")


def spoilt(column: int, values: Any) -> Numbers:
    found = rows()
    found[:, column] = values
    return found[None]


class TestRefusing:
    @pytest.mark.parametrize(
        ("output", "error"),
        [
            (spoilt(4, 7.5), ModelScoresUnproven),
            (spoilt(5, 0.5), ModelEndsInNms),
            (spoilt(2, 1), ModelBoxesUnproven),
            (np.concatenate([rows()[:, :4] / SIDE, rows()[:, 4:]], axis=1)[None], ModelBoxesFractions),
            (np.concatenate([middles() * SIDE, rows()[:, 4:]], axis=1)[None], ModelBoxesUnproven),
            (np.concatenate([middles() * SIDE, scores()], axis=1)[None], ModelNotRecognised),
        ],
        ids=["scores", "classes", "corners", "fractions", "middles", "queries in pixels"],
    )
    def test_rows_that_mean_something_else(self, output: Numbers, error: type[BunriError]) -> None:
        with pytest.raises(error):
            OnnxDetector(gives({"output0": output.astype(np.float32)}, side=SIDE, names=NAMES), "tiny")

    def test_boxes_that_would_do_as_corners_and_as_middles(self) -> None:
        found = np.zeros((1, 5, 6), np.float32)
        found[0, 0] = [40, 40, 50, 50, 0.9, 1]
        with pytest.raises(ModelBoxesUnproven):
            OnnxDetector(gives({"output0": found}, side=SIDE, names=NAMES), "tiny")

    def test_probabilities_where_a_detr_gives_logits(self) -> None:
        with pytest.raises(ModelScoresUnproven):
            OnnxDetector(gives({"dets": middles()[None], "labels": scores()[None]}, side=SIDE, names=NAMES), "tiny")

    def test_an_output_that_nobody_knows(self) -> None:
        more = {"output0": rows()[None], "output1": np.zeros((1, 8), np.float32)}
        with pytest.raises(ModelNotRecognised):
            OnnxDetector(gives(more, side=SIDE, names=NAMES), "tiny")


class TestInputs:
    """The field's ways to take a picture."""

    @pytest.mark.parametrize(
        ("shape", "dtype"),
        [
            ([4, 3, SIDE, SIDE], np.float32),
            ([1, SIDE, SIDE, 3], np.float32),
            (["n", SIDE, SIDE, 3], np.float16),
            ([1, 3, SIDE, SIDE], np.uint8),
            ([1, SIDE, SIDE, 3], np.uint8),
        ],
    )
    def test_every_order_and_type(self, shape: list[int | str], dtype: type) -> None:
        output = nothing_seen(4, SIDE)
        output[0, :, 65] = [48, 48, 30, 60, 0, 0, 0.9, 0]
        batch = shape[0] if isinstance(shape[0], int) else 1
        outputs = {"output0": np.repeat(output, batch, axis=0)}
        detector = OnnxDetector(gives(outputs, value("images", shape, dtype), names=NAMES), "tiny")
        assert_sees_the_paper(detector)
        assert detector.batch == batch
        blue = np.zeros((SIDE, SIDE, 3), np.uint8)
        blue[:, :, 0] = 204
        (fed,) = detector.prepare(blue)[1].values()
        assert fed.shape == tuple(side if isinstance(side, int) else 1 for side in shape)
        first = fed[0] if shape[3] == 3 else fed[0].transpose(1, 2, 0)
        assert first[0, 0].tolist() == pytest.approx([0, 0, 204 if dtype is np.uint8 else 0.8], abs=1e-3)
        assert not fed[1:].any()

    def test_an_auxiliary_branch_is_left_out(self) -> None:
        main = nothing_seen(4, SIDE)
        main[0, :, 65] = [48, 48, 30, 60, 0, 0, 0.9, 0]
        detector = OnnxDetector(always(nothing_seen(4, SIDE), main, side=SIDE, names=NAMES), "tiny")
        assert_sees_the_paper(detector)
        assert detector.rest == "branch"
