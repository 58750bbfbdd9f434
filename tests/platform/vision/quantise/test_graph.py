"""Graphs in 8 bits still see what they saw."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.platform.vision.graphs import always, convolutions, nothing_seen

from bunri.platform.vision.errors import ModelNotQuantisable
from bunri.platform.vision.inputs import Feed
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.quantise.compare import compare, divided
from bunri.platform.vision.quantise.graph import FROM, is_quantised, quantise


def pictures(count: int) -> list[Pixels]:
    random = np.random.default_rng(1)
    return [random.integers(0, 256, (64, 64, 3), np.uint8) for _ in range(count)]


def feeds(detector: OnnxDetector, count: int = 4) -> Iterator[Feed]:
    return (detector.prepare(picture)[1] for picture in pictures(count))


@pytest.fixture
def exact(tmp_path: Path) -> Path:
    path = tmp_path / "exact.onnx"
    path.write_bytes(convolutions(names="{0: 'can', 1: 'cup'}"))
    return path


class TestQuantising:
    def test_only_the_plain_convolutions_of_the_body(self, exact: Path, tmp_path: Path) -> None:
        made = onnx.load_from_string(quantise(exact, "x", feeds(OnnxDetector(exact, "x")), tmp_path))
        scaled = {name for node in made.graph.node if node.op_type == "DequantizeLinear" for name in node.output}
        eight = [node.output[0] for node in made.graph.node if node.op_type == "Conv" and scaled & {node.input[1]}]
        whole = [node.output[0] for node in made.graph.node if node.op_type == "Conv" and not scaled & {node.input[1]}]
        assert eight == ["plain4", "plain8", "plain16", "plain32"]
        assert whole == ["first", "depthwise", "last0", "last1", "last2"]

    def test_it_finds_the_same_with_the_same_names(self, exact: Path, tmp_path: Path) -> None:
        before = OnnxDetector(exact, "exact")
        content = quantise(exact, f"exact@{before.version}", feeds(before), tmp_path)
        after = OnnxDetector(content, "int8")
        assert after.classes == ("can", "cup")
        assert len(content) < exact.stat().st_size
        compared = compare(before, after, pictures(3))
        assert compared.quantised
        assert compared.resaved
        assert compared.quantised.objects >= 3
        assert compared.quantised.recall > 0.6
        assert compared.quantised.score_difference < 0.1
        noted = {prop.key: prop.value for prop in onnx.load_from_string(content).metadata_props}
        assert noted[FROM] == f"exact@{before.version}"

    def test_leaves_nothing_else_behind_and_the_original_alone(self, exact: Path, tmp_path: Path) -> None:
        content = exact.read_bytes()
        quantise(exact, "x", feeds(OnnxDetector(exact, "x")), tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["exact.onnx"]
        assert exact.read_bytes() == content

    def test_is_known_for_what_it_is(self, exact: Path, tmp_path: Path) -> None:
        made = tmp_path / "made.onnx"
        made.write_bytes(quantise(exact, "x", feeds(OnnxDetector(exact, "x")), tmp_path))
        assert is_quantised(made)
        assert not is_quantised(exact)

    def test_a_graph_without_convolutions_cannot_be(self, tmp_path: Path) -> None:
        graph = tmp_path / "fixed.onnx"
        graph.write_bytes(always(nothing_seen()))
        with pytest.raises(ModelNotQuantisable):
            quantise(graph, "x", feeds(OnnxDetector(graph, "x")), tmp_path)

    @pytest.mark.parametrize("name", ["yolox_nano", "nanodet_m", "yolov5n_640"])
    def test_real_networks_still_know_the_bus(self, shared: Path, tmp_path: Path, name: str) -> None:
        from bunri.platform.photos.limits import PhotoLimits
        from bunri.platform.photos.photo import open_photo

        path = shared / "models" / f"{name}.onnx"
        before = OnnxDetector(path, name)
        photos = [
            open_photo(photo.read_bytes(), PhotoLimits()).pixels
            for photo in sorted((shared / "data/photos").glob("*.jpg"))
        ]
        after = OnnxDetector(quantise(path, name, (before.prepare(each)[1] for each in photos), tmp_path), name)
        graded = compare(before, after, photos).quantised
        assert graded
        assert graded.ap50 > 0.75


class TestDividing:
    def test_a_third_is_held_out_where_enough_remain(self) -> None:
        learnt, held = divided(pictures(15), 10)
        assert (len(learnt), len(held)) == (10, 5)
        assert not {id(each) for each in learnt} & {id(each) for each in held}

    def test_else_all_serve_for_both(self) -> None:
        learnt, held = divided(pictures(14), 10)
        assert learnt is held
