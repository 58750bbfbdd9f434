"""Heads are recognised by shapes, and their numbers mean what their makers meant."""

import numpy as np
import pytest
from numpy.typing import NDArray

from bunri.platform.vision import heads
from bunri.platform.vision.heads import Candidates, grid, recognise

SIZE = (64, 64)
CELLS = 64 + 16 + 4
CELLS_P6 = CELLS + 1
SEEN = 3
"""The class that the made-up outputs see, of five."""
BOX = [16.0, 20.0, 40.0, 60.0]


def blank(*shape: int) -> NDArray[np.float32]:
    return np.zeros((1, *shape), np.float32)


def assert_one_box(found: Candidates, score: float) -> None:
    np.testing.assert_allclose(found.boxes, [BOX], atol=0.01)
    np.testing.assert_allclose(found.scores, [score], atol=1e-5)
    assert found.classes.tolist() == [SEEN]


class TestRecognising:
    @pytest.mark.parametrize(
        ("shapes", "name", "classes"),
        [
            ([(1, 25200, 85)], "yolov5", 80),
            ([(1, 25200, 85), (1, 3, 80, 80, 85), (1, 3, 40, 40, 85), (1, 3, 20, 20, 85)], "yolov5", 80),
            ([(1, 84, 8400)], "yolov8", 80),
            ([(1, 7, 8400)], "yolov8", 3),
            ([(1, 8400, 85)], "yolox", 80),
            ([(1, 8400, 85)], "yolox_decoded", 80),
            ([(1, 8400, 85)], "yolov6", 80),
            ([(1, 8400, 84)], "yolov8_rows", 80),
            ([(1, 8500, 112)], "nanodet_plus", 80),
            ([(1, 6400, 80), (1, 1600, 80), (1, 400, 80), (1, 6400, 32), (1, 1600, 32), (1, 400, 32)], "nanodet", 80),
        ],
    )
    def test_known_exports(self, shapes: list[tuple[int, ...]], name: str, classes: int) -> None:
        assert (name, classes) in [(each.head.name, each.classes) for each in recognise(shapes, 640, 640)]

    @pytest.mark.parametrize(
        ("shapes", "name", "classes", "columns"),
        [
            ([(1, 102000, 85)], "yolov5", 80, None),
            ([(1, 84, 34000)], "yolov8", 80, None),
            ([(1, 84, 8500)], "yolov8", 80, None),
            ([(1, 6000, 85)], "yolov5", 80, None),
            ([(1, 116, 8400), (1, 32, 160, 160)], "yolov8", 80, 84),
            ([(1, 8400, 116), (1, 32, 160, 160)], "yolov8_rows", 80, 84),
            ([(1, 25200, 117), (1, 32, 160, 160)], "yolov5", 80, 85),
            ([(1, 8400, 4), (1, 8400, 80)], "yolo_nas", 80, None),
            ([(1, 8400, 80), (1, 8400, 4)], "yolo_nas", 80, None),
        ],
        ids=["P2 v5", "P2 v8", "P6 v8", "tiny v3", "masks", "masks in rows", "masks of v5", "NAS", "NAS turned"],
    )
    def test_other_strides_and_more_columns(
        self, shapes: list[tuple[int, ...]], name: str, classes: int, columns: int | None
    ) -> None:
        found = [(each.head.name, each.classes, each.columns) for each in recognise(shapes, 640, 640)]
        assert (name, classes, columns) in found

    def test_key_points_are_no_classes(self) -> None:
        (found,) = recognise([(1, 56, 8400)], 640, 640, keypoints=(17, 3))
        assert (found.classes, found.rest) == (1, "keypoints")
        assert found.select([blank(56, 8400)])[0].shape == (1, 5, 8400)

    @pytest.mark.parametrize(
        "shapes",
        [
            [(1, 1000)],
            [(1, 300, 6)],
            [(1, 116, 8400), (1, 32, 100, 160)],
            [(4, 84, 8400)],
            [(1, 8400, 4)],
            [(1, 6400, 80), (1, 1600, 80), (1, 400, 80), (1, 6400, 30), (1, 1600, 30), (1, 400, 30)],
            [(1, 84, 8400), (1, 60, 8400)],
            [],
        ],
        ids=["classifier", "end to end", "no masks", "batch", "no class", "odd bins", "two", "nothing"],
    )
    def test_others_are_left_alone(self, shapes: list[tuple[int, ...]]) -> None:
        assert recognise(shapes, 640, 640) == []


class TestDecoding:
    def test_yolov5_multiplies_objectness_and_class(self) -> None:
        rows = blank(3 * CELLS, 10)
        rows[0, 7] = [28, 40, 24, 40, 0.9, 0, 0, 0.1, 0.8, 0]
        rows[0, 8] = [28, 40, 24, 40, 0.9, 0, 0, 0.1, 0.2, 0]
        assert_one_box(heads.decode_yolov5([rows], SIZE, 0.25), 0.72)

    def test_yolov8_has_no_objectness(self) -> None:
        columns = blank(9, CELLS)
        columns[0, :, 11] = [28, 40, 24, 40, 0, 0.3, 0, 0.6, 0]
        assert_one_box(heads.decode_yolov8([columns], SIZE, 0.25), 0.6)

    def test_yolox_is_relative_to_its_cell(self) -> None:
        rows = blank(CELLS, 10)
        sixteens = 64 + 1 * 4 + 1  # second row, second column of the stride of 16
        rows[0, sixteens] = [0.75, 1.5, np.log(24 / 16), np.log(40 / 16), 0.5, 0, 0, 0, 0.8, 0]
        assert_one_box(heads.decode_yolox([rows], SIZE, 0.3), 0.4)

    def test_yolov8_may_be_transposed(self) -> None:
        rows = blank(CELLS, 9)
        rows[0, 11] = [28, 40, 24, 40, 0, 0.3, 0, 0.6, 0]
        assert_one_box(heads.decode_yolov8_rows([rows], SIZE, 0.25), 0.6)

    def test_yoloxs_sides_do_not_overflow(self) -> None:
        rows = blank(CELLS, 10)
        rows[0, 3] = [0, 0, 500, 500, 0.9, 0, 0, 0, 0.9, 0]
        assert np.isfinite(heads.decode_yolox([rows], SIZE, 0.3).boxes).all()

    @pytest.mark.parametrize("fine_first", [True, False])
    def test_nanodet_measures_distances_from_the_middle_of_a_cell(self, fine_first: bool) -> None:
        classes, bins = blank(CELLS, 5), blank(CELLS, 4 * 8)
        at = 64 + 1 * 4 + 1  # its middle is 24, 24
        classes[0, at, SEEN] = 0.7
        bins[0, at] = np.log(expected_bins([8 / 16, 4 / 16, 16 / 16, 36 / 16]) + 1e-9).ravel()
        levels = [part[:, a:b] for part in (classes, bins) for a, b in ((0, 64), (64, 80), (80, 84))]
        outputs = levels if fine_first else levels[2::-1] + levels[:2:-1]
        assert_one_box(heads.decode_nanodet(outputs, SIZE, 0.35), 0.7)

    def test_nanodet_plus_measures_from_a_cells_corner(self) -> None:
        rows = blank(CELLS_P6, 5 + 32)
        at = 64 + 1 * 4 + 1  # its corner is 16, 16: the box may not begin right of it
        rows[0, at, SEEN] = 0.7
        rows[0, at, 5:] = np.log(expected_bins([0, 0, 24 / 16, 44 / 16]) + 1e-9).ravel()
        found = heads.decode_nanodet_plus([rows], SIZE, 0.35)
        np.testing.assert_allclose(found.boxes, [[16, 16, 40, 60]], atol=0.01)

    @pytest.mark.parametrize(
        ("decode", "outputs"),
        [
            (heads.decode_yolov5, [blank(3 * CELLS, 10)]),
            (heads.decode_yolov8, [blank(9, CELLS)]),
            (heads.decode_yolox, [blank(CELLS, 10)]),
            (heads.decode_nanodet_plus, [blank(CELLS_P6, 37)]),
        ],
    )
    def test_nothing_seen_is_an_empty_answer(self, decode: heads.Decoder, outputs: list[heads.Floats]) -> None:
        found = decode(outputs, SIZE, 0.25)
        assert found.boxes.shape == (0, 4)
        assert len(found.scores) == len(found.classes) == 0


def expected_bins(distances: list[float]) -> NDArray[np.float32]:
    """For each distance in strides a distribution over 0…7 with that mean: between the two nearest."""
    bins = np.zeros((4, 8), np.float32)
    for side, distance in enumerate(distances):
        low = int(distance)
        bins[side, low], bins[side, low + 1] = 1 - (distance - low), distance - low
    return bins


class TestGrid:
    def test_odd_sizes_round_up_like_padded_convolutions(self) -> None:
        corners, strides = grid(33, 20, (8, 16))
        assert len(corners) == 5 * 3 + 3 * 2
        assert corners[3].tolist() == [0, 1]
        assert strides[-1].tolist() == [16]
