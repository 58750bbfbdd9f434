"""Outputs are read only as far as the graph and a check picture prove what they mean."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tests.platform.vision.graphs import always, grid_of, model, node, nothing_seen, tensor, value
from tests.platform.vision.test_onnx import photo_pixels

from bunri.kit.errors import BunriError
from bunri.kit.sentences import sentence
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_photo
from bunri.platform.vision.errors import (
    ModelBatchFixed,
    ModelBoxesCorners,
    ModelBoxesFractions,
    ModelBoxesUnproven,
    ModelEndsInNms,
    ModelInputFails,
    ModelInputsSeveral,
    ModelInputType,
    ModelLayout,
    ModelNotRecognised,
    ModelObjectnessUnproven,
    ModelOutputsNotFinite,
    ModelScoresUnproven,
)
from bunri.platform.vision.heads import grid
from bunri.platform.vision.onnx import OnnxDetector

SIDE = 96
BOX = (33 / 96, 18 / 96, 63 / 96, 78 / 96)
NAMES = "{0: 'can', 1: 'glass', 2: 'paper', 3: 'pet'}"
GREY = np.full((SIDE, SIDE, 3), 90, np.uint8)
Rows = NDArray[np.float32]


def rows(*, objectness: float | None = 0.0) -> Rows:
    """Cells × (4, maybe an objectness, 4 classes), decoded: one thing of class 2 at BOX, nothing elsewhere."""
    found: Rows = nothing_seen(4, SIDE)[0].T
    found[65, :4], found[65, 4 + 2] = [48, 48, 30, 60], 0.9
    if objectness is None:
        return found
    sure = np.full((len(found), 1), objectness, np.float32)
    sure[65] = 1
    return np.concatenate([found[:, :4], sure, found[:, 4:]], axis=1)


def undecoded() -> Rows:
    """What YOLOX gives for ``rows``."""
    found, (corners, strides) = rows(), grid(SIDE, SIDE, (8, 16, 32))
    found[:, :2] = found[:, :2] / strides - corners
    found[:, 2:4] = np.log(found[:, 2:4] / strides)
    return found


def detector(output: Rows, **metadata: str) -> OnnxDetector:
    return OnnxDetector(always(output[None], side=SIDE, dtype=np.float32, **metadata), "tiny")


def columns(output: Rows) -> Rows:
    return np.ascontiguousarray(output.T)


def corners_of(output: Rows) -> Rows:
    """The same with x1 y1 x2 y2."""
    half = output[:, 2:4] / 2
    return np.concatenate([output[:, :2] - half, output[:, :2] + half, output[:, 4:]], axis=1)


def changed(output: Rows, change: Callable[[Rows], object]) -> Rows:
    change(output)
    return output


def divide(output: Rows) -> None:
    output[:, :4] /= SIDE


def to_top_left(output: Rows) -> None:
    output[:, :2] -= output[:, 2:4] / 2


def to_logits(output: Rows) -> None:
    output[:, 4:] = np.log((output[:, 4:] + 1e-6) / (1 + 1e-6 - output[:, 4:]))


def spoil(output: Rows) -> None:
    output[3, 2] = np.nan


def enlarge(output: Rows) -> None:
    output[3, :4] = 3e38


class TestReading:
    @pytest.mark.parametrize(
        ("output", "head"),
        [
            (rows(), "yolox_decoded"),
            (rows(objectness=1.0), "yolov6"),
            (undecoded(), "yolox"),
            (rows(objectness=None), "yolov8_rows"),
            (columns(rows(objectness=None)), "yolov8"),
        ],
        ids=["decoded", "objectness 1", "undecoded", "transposed", "plain"],
    )
    def test_what_is_proven_gives_the_box(self, output: Rows, head: str, recwarn: pytest.WarningsRecorder) -> None:
        opened = detector(output, names=NAMES)
        (found,) = opened.detect(GREY)
        assert opened.head.name == head
        assert found.label == "paper"
        assert found.score == pytest.approx(0.9)
        assert found.box == pytest.approx(BOX, abs=1e-3)
        assert not recwarn.list

    def test_an_objectness_of_1_in_every_cell_needs_no_names(self) -> None:
        (found,) = detector(rows(objectness=1.0)).detect(GREY)
        assert found.label == "class 2"
        assert found.box == pytest.approx(BOX)

    def test_half_precision(self) -> None:
        graph = always(rows()[None].astype(np.float16), side=SIDE, dtype=np.float16, names=NAMES)
        (found,) = OnnxDetector(graph, "tiny").detect(GREY)
        assert found.box == pytest.approx(BOX, abs=1e-3)

    def test_a_picture_that_is_no_square(self) -> None:
        corners, strides = grid(64, 160, (8, 16, 32))
        boxes = np.concatenate([(corners + 0.5) * strides, np.tile(4 * strides, 2)], axis=1)
        output = np.concatenate([boxes, np.zeros((len(boxes), 4))], axis=1).astype(np.float32)
        output[30, :4], output[30, 6] = [80, 32, 40, 16], 0.9
        graph = model(
            [node("Identity", ["fixed"], "output0")],
            [tensor("fixed", columns(output)[None])],
            [value("images", [1, 3, 64, 160])],
            [value("output0", [1, 8, len(boxes)])],
            {"names": NAMES},
        )
        (found,) = OnnxDetector(graph, "tiny").detect(np.full((64, 160, 3), 90, np.uint8))
        assert found.box == pytest.approx((60 / 160, 24 / 64, 100 / 160, 40 / 64))

    def test_what_overflows_later_is_dropped_without_a_word(self, recwarn: pytest.WarningsRecorder) -> None:
        opened = detector(undecoded())
        output = undecoded()
        output[3], output[4] = [np.inf, 0, 900, 900, 1, 1, 1, 1, 1], [0, 0, np.nan, 0, 1, 1, 1, 1, 1]
        fit, _ = opened.prepare(GREY)
        assert [each.label for each in opened.read([output[None]], fit)] == ["class 2"]
        assert not recwarn.list


class TestRefusing:
    @pytest.mark.parametrize("with_objectness", [True, False])
    @pytest.mark.parametrize("transposed", [True, False])
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            (divide, ModelBoxesFractions),
            (to_top_left, ModelBoxesCorners),
            (to_logits, ModelScoresUnproven),
            (spoil, ModelOutputsNotFinite),
            (enlarge, ModelNotRecognised),
        ],
    )
    def test_decoded_boxes_that_mean_something_else(
        self,
        change: Callable[[Rows], object],
        error: type[BunriError],
        with_objectness: bool,
        transposed: bool,
        recwarn: pytest.WarningsRecorder,
    ) -> None:
        output = changed(rows(objectness=0.0 if with_objectness else None), change)
        with pytest.raises(error):
            detector(columns(output) if transposed else output, names=NAMES)
        assert not recwarn.list

    def test_middles_in_the_order_y_x(self) -> None:
        with pytest.raises(ModelBoxesUnproven):
            detector(np.ascontiguousarray(rows()[:, [1, 0, 3, 2, 4, 5, 6, 7, 8]]), names=NAMES)

    def test_middles_in_cells(self) -> None:
        output, (_, strides) = rows(), grid(SIDE, SIDE, (8, 16, 32))
        output[:, :2] /= strides
        with pytest.raises(ModelBoxesUnproven):
            detector(output, names=NAMES)

    @pytest.mark.parametrize("output", [corners_of(rows()), columns(corners_of(rows(objectness=None)))])
    def test_boxes_of_two_corners(self, output: Rows) -> None:
        with pytest.raises(ModelBoxesCorners):
            detector(output, names=NAMES)

    def test_corners_as_fractions(self) -> None:
        with pytest.raises(ModelBoxesFractions):
            detector(changed(corners_of(rows()), divide), names=NAMES)

    def test_undecoded_scores_without_a_sigmoid(self) -> None:
        with pytest.raises(ModelScoresUnproven):
            detector(changed(undecoded(), to_logits))

    @pytest.mark.parametrize("output", [rows(), columns(rows())], ids=["rows", "columns"])
    def test_a_number_that_may_be_objectness_or_class(self, output: Rows) -> None:
        with pytest.raises(ModelObjectnessUnproven):
            detector(output)

    def test_a_transposed_output_with_objectness(self) -> None:
        with pytest.raises(ModelObjectnessUnproven):
            detector(columns(rows()), names=NAMES)

    @pytest.mark.parametrize("output", [rows(), rows(objectness=None)])
    def test_boxes_only_where_something_is_seen(self, output: Rows) -> None:
        output[np.arange(len(output)) != 65] = 0
        with pytest.raises(ModelNotRecognised):
            detector(output, names=NAMES)
        with pytest.raises(ModelBoxesUnproven):
            detector(np.zeros_like(output), names=NAMES)

    @pytest.mark.parametrize("shape", [(1, 300, 6), (100, 7), (1, 300, 7)])
    def test_what_ends_in_its_own_nms(self, shape: tuple[int, ...]) -> None:
        with pytest.raises(ModelEndsInNms):
            OnnxDetector(always(np.zeros(shape, np.float32), side=SIDE), "tiny")

    def test_its_own_nms_with_as_many_rows_as_cells(self) -> None:
        output = np.zeros((189, 6), np.float32)
        output[0] = [33, 18, 63, 78, 0.9, 2]
        with pytest.raises(ModelNotRecognised):
            detector(output)

    def test_three_boxes_a_cell_in_another_order_than_yolov5s(self) -> None:
        with pytest.raises(ModelBoxesUnproven):
            detector(np.tile(rows(), (3, 1)), names=NAMES)

    def test_boxes_and_scores_apart(self) -> None:
        boxes, scores = rows()[None, :, :4], rows()[None, :, 5:]
        with pytest.raises(ModelNotRecognised):
            OnnxDetector(always(np.ascontiguousarray(boxes), np.ascontiguousarray(scores), side=SIDE), "tiny")

    def test_distances_that_are_decoded_already(self) -> None:
        bins = np.full((85, 32), 1 / 8, np.float32)
        output = np.concatenate([np.zeros((85, 5), np.float32), bins], axis=1)
        with pytest.raises(ModelBoxesUnproven):
            OnnxDetector(always(output[None]), "tiny")


def takes(shape: list[int | str], dtype: type = np.float32, *, inputs: int = 1) -> bytes:
    """A YOLOv8 that sees nothing, with an input as given."""
    output = nothing_seen(4, SIDE)
    pictures = [value(f"images{number}", shape, dtype) for number in range(inputs)]
    return model(
        [node("Identity", ["fixed"], "output0")],
        [tensor("fixed", output)],
        pictures,
        [value("output0", output.shape)],
        {"names": NAMES},
    )


class TestInputs:
    @pytest.mark.parametrize(
        ("graph", "error", "said"),
        [
            (takes([400, 3, SIDE, SIDE]), ModelBatchFixed, "exactly 400 pictures"),
            (takes([1, 1, SIDE, SIDE]), ModelLayout, "1 × 1 × 96 × 96"),
            (takes([3, SIDE, SIDE]), ModelLayout, "3 × 96 × 96"),
            (takes([1, 3, SIDE, SIDE], np.int64), ModelInputType, "tensor(int64)"),
            (takes([1, 3, SIDE, SIDE], inputs=2), ModelInputsSeveral, "images1 (1 × 3 × 96 × 96)"),
            (takes([1, 3, "h", "w"]), ModelNotRecognised, "[[1, 8, 189]]"),
        ],
    )
    def test_are_refused_for_what_they_are(self, graph: bytes, error: type[BunriError], said: str) -> None:
        with pytest.raises(error) as caught:
            OnnxDetector(graph, "tiny")
        assert said in sentence(caught.value, "en")
        assert "tiny" in sentence(caught.value, "ko")

    def test_a_graph_that_fails_on_a_picture(self) -> None:
        graph = model(
            [node("Add", ["images", "fixed"], "output0")],
            [tensor("fixed", np.zeros((1, 5, 7, 3), np.float32))],
            [value("images", ["n", "a", "b", "c"])],
            [value("output0", ["n", "a", "b", "c"])],
            {},
        )
        with pytest.raises(ModelInputFails):
            OnnxDetector(graph, "tiny")

    def test_dynamic_sides_whose_cells_are_those_of_one_size(self) -> None:
        output = np.concatenate([grid_of(640), np.zeros((4, 8400), np.float32)])[None]
        graph = model(
            [node("Identity", ["fixed"], "output0")],
            [tensor("fixed", output)],
            [value("images", ["n", 3, "h", "w"])],
            [value("output0", output.shape)],
            {"names": NAMES},
        )
        with pytest.raises(ModelNotRecognised):
            OnnxDetector(graph, "tiny")


class TestNas:
    def test_corners_and_classes_of_each_cell(self) -> None:
        found = corners_of(rows(objectness=None))
        boxes, scores = (np.ascontiguousarray(part)[None] for part in (found[:, :4], found[:, 4:]))
        opened = OnnxDetector(always(boxes, scores, side=SIDE, names=NAMES), "tiny")
        (seen,) = opened.detect(GREY)
        assert (opened.head.name, seen.label) == ("yolo_nas", "paper")
        assert seen.box == pytest.approx(BOX, abs=1e-3)


def with_decoding(path: Path) -> bytes:
    """A YOLOX with its decoding appended in the graph, as --decode_in_inference exports it."""
    graph = onnx.load(path)
    side = graph.graph.input[0].type.tensor_type.shape.dim[2].dim_value
    corners, strides = grid(side, side, (8, 16, 32))
    graph.graph.initializer.extend(
        numpy_helper.from_array(array, name) for name, array in (("corners", corners), ("strides", strides))
    )
    old = graph.graph.output[0]
    graph.graph.node.extend(
        [
            helper.make_node("Split", [old.name], ["middle", "sides", "rest"], axis=2, split=[2, 2, 81]),
            helper.make_node("Add", ["middle", "corners"], ["placed"]),
            helper.make_node("Mul", ["placed", "strides"], ["middles"]),
            helper.make_node("Exp", ["sides"], ["grown"]),
            helper.make_node("Mul", ["grown", "strides"], ["lengths"]),
            helper.make_node("Concat", ["middles", "lengths", "rest"], ["decoded"], axis=2),
        ]
    )
    graph.graph.output.remove(old)
    graph.graph.output.append(helper.make_tensor_value_info("decoded", TensorProto.FLOAT, [1, len(corners), 85]))
    content: bytes = graph.SerializeToString()
    return content


class TestRealWeights:
    def test_a_yolox_with_its_decoding_sees_what_it_saw(self, shared: Path) -> None:
        path = shared / "models" / "yolox_nano.onnx"
        pixels = photo_pixels(shared, "dog.jpg")
        plain, decoded = OnnxDetector(path, "plain"), OnnxDetector(with_decoding(path), "decoded")
        assert (plain.head.name, decoded.head.name) == ("yolox", "yolox_decoded")
        before, after = plain.detect(pixels), decoded.detect(pixels)
        assert [each.label for each in after] == [each.label for each in before]
        assert {"dog", "bicycle", "car"} <= {each.label for each in after}
        for one, other in zip(before, after, strict=True):
            assert other.box == pytest.approx(one.box, abs=1e-3)
            assert other.score == pytest.approx(one.score, abs=1e-3)

    @pytest.mark.parametrize("case", ["plain", "batch-4", "nhwc", "uint8"])
    def test_field_cases_with_other_inputs(self, shared: Path, case: str) -> None:
        folder = shared / "data/field-cases/onnx-other-inputs"
        square = open_photo((shared / "data/field-cases/onnx-decoded/square.png").read_bytes(), PhotoLimits()).pixels
        (found,) = OnnxDetector(folder / f"yolov8-{case}.onnx", case).detect(square)
        assert found.label == "paper"
        assert found.box == pytest.approx(BOX, abs=0.01)

    @pytest.mark.parametrize("case", ["yolox-decoded", "yolox-decoded-names", "one-anchor-objectness-1"])
    def test_decoded_field_cases_give_the_right_box_or_none(self, shared: Path, case: str) -> None:
        folder = shared / "data/field-cases/onnx-decoded"
        square = open_photo((folder / "square.png").read_bytes(), PhotoLimits()).pixels
        try:
            (found,) = OnnxDetector(folder / f"{case}.onnx", case).detect(square)
        except ModelObjectnessUnproven:
            assert case == "yolox-decoded"
        else:
            assert found.box == pytest.approx(BOX, abs=0.01)
