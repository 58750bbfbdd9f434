"""``bunri models`` from the outside."""

from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
from tests.platform.vision.graphs import always, convolutions, nothing_seen
from tests.platform.vision.test_store import full_disk, serving
from typer.testing import CliRunner, Result

from bunri.cli.models import models
from bunri.platform.vision.onnx import OnnxDetector

GRAPH = always(nothing_seen())


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(models, [str(argument) for argument in arguments])


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BUNRI_DATA", str(tmp_path))
    monkeypatch.setenv("BUNRI_MODELS_DIR", str(tmp_path / "mine"))
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


class TestListing:
    def test_shows_licence_and_whether_it_is_here(self, data: Path) -> None:
        (data / "mine").mkdir()
        (data / "mine" / "cans.onnx").write_bytes(GRAPH)
        rows = {line.split()[1]: line for line in invoke("list").stdout.splitlines() if "│" in line}
        assert "✓" in rows["cans"]
        assert "AGPL-3.0" in rows["yolov5s"]
        assert "✓" not in rows["yolov5s"]


class TestPulling:
    def test_shows_the_licence_then_fetches(self, data: Path) -> None:
        with serving() as releases:
            result = invoke("pull", "yolov5s", "--url", f"{releases}/good.onnx", "--lang", "en")
        assert result.exit_code == 0
        assert "AGPL-3.0: whoever offers a service" in result.stderr
        assert result.stdout.strip() == str(data / "models" / "yolov5s.onnx")

    def test_a_failure_is_a_sentence_and_a_status(self, data: Path) -> None:
        with serving() as releases:
            result = invoke("pull", "yolov5s", "--url", f"{releases}/missing.onnx", "--lang", "en")
        assert result.exit_code == 1
        assert "could not be fetched" in result.stderr
        assert list((data / "models").iterdir()) == []

    def test_a_name_that_there_is_not_says_all_that_there_are(self) -> None:
        result = invoke("pull", "nobody", "--lang", "en")
        assert result.exit_code == 1
        said = " ".join(result.stderr.split())
        assert "detectors: dfine_nano (Apache-2.0), nanodet_m (Apache-2.0)" in said
        assert "yolov5m (AGPL-3.0)" in said
        assert "image–text models: siglip2_base (Apache-2.0), clip_vit_b32 (MIT)" in said

    def test_what_is_not_published_says_how_to_add_it(self) -> None:
        result = invoke("pull", "nanodet_m", "--lang", "en")
        assert result.exit_code == 1
        assert "bunri models add nanodet_m.onnx" in result.stderr


class TestAdding:
    def test_then_its_path_is_known(self, data: Path) -> None:
        (data / "cans.onnx").write_bytes(GRAPH)
        assert invoke("add", data / "cans.onnx").exit_code == 0
        assert invoke("path", "cans").stdout.strip() == str(data / "models" / "cans.onnx")
        assert invoke("path").stdout.strip() == str(data / "models")

    def test_what_is_not_proven_is_refused_with_what_was_seen(self, data: Path) -> None:
        fractions = nothing_seen(4)
        fractions[:, :4] /= 64
        (data / "cans.onnx").write_bytes(always(fractions))
        result = invoke("add", data / "cans.onnx", "--lang", "en")
        assert result.exit_code == 1
        assert "boxes of cans are fractions of the picture (0.0625 … 0.9375" in result.stderr
        assert "Export it with boxes in pixels" in result.stderr
        assert "Warning" not in result.stderr
        assert files(data) == []

    def test_what_the_file_does_not_say_may_be_said(self, data: Path) -> None:
        (data / "cans.onnx").write_bytes(always(np.zeros((1, 300, 6), np.float32)))
        (data / "names.txt").write_text("can\n캔\n", "utf-8")
        assert "--head" in invoke("add", data / "cans.onnx", "--lang", "en").stderr
        told = invoke("add", data / "cans.onnx", "--head", "end_to_end", "--classes", data / "names.txt")
        assert told.exit_code == 0
        opened = OnnxDetector(data / "models" / "cans.onnx", "cans")
        assert (opened.head.name, opened.classes) == ("end_to_end", ("can", "캔"))

    @pytest.mark.parametrize(
        ("arguments", "said"), [(("--head", "yolov99"), "end_to_end"), (("--classes", "nowhere.txt"), "nowhere.txt")]
    )
    def test_what_nobody_can_say(self, data: Path, arguments: tuple[str, str], said: str) -> None:
        (data / "cans.onnx").write_bytes(GRAPH)
        result = invoke("add", data / "cans.onnx", *arguments, "--lang", "en")
        assert result.exit_code > 0
        assert said in result.stderr

    def test_what_is_left_out_is_told(self, data: Path) -> None:
        masks = np.zeros((1, 32, 16, 16), np.float32)
        output = np.concatenate([nothing_seen(4), np.full((1, 32, 84), -2, np.float32)], axis=1)
        (data / "cans.onnx").write_bytes(always(output, masks))
        result = invoke("add", data / "cans.onnx", "--lang", "en")
        assert "cans: boxes are read, masks are left out." in result.stderr

    def test_an_operator_that_only_another_runtime_has(self, data: Path) -> None:
        graph = onnx.load_from_string(GRAPH)
        graph.graph.node[0].op_type, graph.graph.node[0].domain = "EfficientNMS_TRT", "TRT"
        graph.opset_import.add(domain="TRT", version=1)
        onnx.save(graph, data / "cans.onnx")
        result = invoke("add", data / "cans.onnx", "--lang", "en")
        assert result.exit_code == 1
        assert "EfficientNMS_TRT, which ONNX Runtime has not got" in result.stderr

    def test_junk_is_refused(self, data: Path) -> None:
        (data / "junk.onnx").write_bytes(b"junk")
        result = invoke("add", data / "junk.onnx")
        assert result.exit_code == 1
        assert "ONNX" in result.stderr


@pytest.fixture
def cans(data: Path) -> Path:
    """A model called cans, and a folder of twelve photos of which one lies deeper."""
    (data / "models").mkdir()
    (data / "models" / "cans.onnx").write_bytes(convolutions(names="{0: 'can', 1: 'cup'}"))
    random, folder = np.random.default_rng(2), data / "photos"
    (folder / "more").mkdir(parents=True)
    for number in range(12):
        path = folder / ("more" if number == 0 else "") / f"{number}.jpg"
        path.write_bytes(cv2.imencode(".jpg", random.integers(0, 256, (80, 60, 3), np.uint8))[1].tobytes())
    return folder


def files(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "models").iterdir())


class TestQuantizing:
    def test_makes_a_smaller_model_and_grades_it(self, data: Path, cans: Path) -> None:
        (cans / "cut.jpg").write_bytes((cans / "1.jpg").read_bytes()[:900])
        result = invoke("quantize", "cans", "--calibrate", cans, "--lang", "en")
        assert result.exit_code == 0
        assert result.stdout.strip() == str(data / "models" / "cans_int8.onnx")
        assert "cut.jpg: " in result.stderr
        rows = {line.split()[1]: line for line in result.stderr.splitlines() if line.startswith("│")}
        assert "%)" in rows["cans_int8"]
        assert "±" in rows["cans_int8"]
        assert "12 photos of calibration itself" in result.stderr
        assert files(data) == ["cans.onnx", "cans_int8.onnx"]
        assert "✓" in next(line for line in invoke("list").stdout.splitlines() if "cans_int8" in line)

    def test_with_more_photos_some_are_held_out(self, cans: Path) -> None:
        for number in range(12, 18):
            (cans / f"{number}.jpg").write_bytes((cans / "3.jpg").read_bytes())
        result = invoke("quantize", "cans", "--calibrate", cans, "--as", "small", "--lang", "en")
        assert result.exit_code == 0
        assert "6 photos held out" in " ".join(result.stderr.split())

    def test_at_most_so_many_are_read(self, cans: Path) -> None:
        result = invoke("quantize", "cans", "--calibrate", cans, "--most", "10", "--lang", "en")
        assert "10 photos" in result.stderr

    def test_may_be_done_again(self, data: Path, cans: Path) -> None:
        for _ in range(2):
            assert invoke("quantize", "cans", "--calibrate", cans).exit_code == 0
        assert files(data) == ["cans.onnx", "cans_int8.onnx"]

    def test_somebody_elses_8_bits_are_not_replaced(self, data: Path, cans: Path) -> None:
        assert invoke("quantize", "cans", "--calibrate", cans).exit_code == 0
        theirs = data / "models" / "theirs.onnx"
        model = onnx.load(data / "models" / "cans_int8.onnx")
        del model.metadata_props[:]
        onnx.save(model, theirs)
        before = theirs.read_bytes()
        result = invoke("quantize", "cans", "--calibrate", cans, "--as", "theirs", "--lang", "en")
        assert result.exit_code == 1
        assert "a model called theirs already" in result.stderr
        assert theirs.read_bytes() == before

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            (("nobody",), "no model called nobody"),
            (("yolox_nano",), "not on this machine"),
            (("cans", "--as", "cans"), "a model called cans already"),
            (("cans", "--as", "yolov5s"), "a model called yolov5s already"),
        ],
    )
    def test_names_that_do_not_fit(self, data: Path, cans: Path, arguments: tuple[str, ...], said: str) -> None:
        result = invoke("quantize", *arguments, "--calibrate", cans, "--lang", "en")
        assert result.exit_code == 1
        assert said in result.stderr
        assert files(data) == ["cans.onnx"]

    def test_a_name_is_never_a_path(self, cans: Path) -> None:
        assert invoke("quantize", "cans", "--calibrate", cans, "--as", "../x").exit_code == 2

    def test_what_is_in_8_bits_already(self, cans: Path) -> None:
        invoke("quantize", "cans", "--calibrate", cans)
        result = invoke("quantize", "cans_int8", "--calibrate", cans, "--lang", "en")
        assert result.exit_code == 1
        assert "8 bits already" in result.stderr

    def test_photos_that_are_not_there(self, data: Path, cans: Path) -> None:
        (data / "empty").mkdir()
        for folder, said in ((data / "gone", "cannot be read"), (data / "empty", "no JPEG")):
            result = invoke("quantize", "cans", "--calibrate", folder, "--lang", "en")
            assert result.exit_code == 1
            assert said in result.stderr

    def test_too_few_photos(self, data: Path, cans: Path) -> None:
        for number in range(1, 4):
            (cans / f"{number}.jpg").unlink()
        result = invoke("quantize", "cans", "--calibrate", cans, "--lang", "en")
        assert result.exit_code == 1
        assert "Only 9 pictures" in result.stderr
        assert files(data) == ["cans.onnx"]

    def test_a_full_disk(self, data: Path, cans: Path) -> None:
        with full_disk(20_000):
            result = invoke("quantize", "cans", "--calibrate", cans, "--lang", "en")
        assert result.exit_code == 1
        assert "cans_int8 could not be written" in result.stderr
        assert files(data) == ["cans.onnx"]

    def test_a_provider_that_is_not_here(self, cans: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BUNRI_VISION__PROVIDER", "OpenVINOExecutionProvider")
        result = invoke("quantize", "cans", "--calibrate", cans, "--lang", "en")
        assert result.exit_code == 1
        assert "has no OpenVINOExecutionProvider. It has: " in result.stderr
