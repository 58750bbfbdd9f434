"""``bunri detect`` from the outside."""

import json
from pathlib import Path

import pytest
import typer
from PIL import Image
from tests.platform.photos.samples import corners, encoded, exif
from tests.platform.vision.graphs import always, nothing_seen
from typer.testing import CliRunner, Result

from bunri.cli.detect import detect


def invoke(*arguments: str | Path) -> Result:
    app = typer.Typer()
    app.command()(detect)
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data directory whose default model sees a bottle in the middle of everything."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BUNRI_DATA", str(tmp_path))
    monkeypatch.delenv("BUNRI_MODELS_DIR", raising=False)
    output = nothing_seen()
    output[0, :4, 0], output[0, 4 + 39, 0] = [32, 32, 32, 16], 0.8
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "yolox_nano.onnx").write_bytes(always(output))
    return tmp_path


def photo(folder: Path, name: str, orientation: int = 1) -> Path:
    path = folder / name
    path.write_bytes(encoded(corners(200, 100), "JPEG", exif=exif(orientation)))
    return path


class TestDetecting:
    def test_one_document_a_line_with_boxes_in_pixels_of_the_upright_photo(self, data: Path) -> None:
        lying, standing = photo(data, "lying.jpg"), photo(data, "standing.jpg", orientation=6)
        result = invoke(lying, standing, "--json", "--lang", "en")
        assert result.exit_code == 0
        first, second = (json.loads(line) for line in result.stdout.splitlines())
        assert min(first.pop("timings").values()) >= 0
        assert first == {
            "file": str(lying),
            "model": "yolox_nano",
            "width": 200,
            "height": 100,
            "detections": [
                {
                    "label": "bottle",
                    "name": "bottle",
                    "class_id": 39,
                    "score": 0.8,
                    "box": [50.0, 25.0, 150.0, 75.0],
                    "box_fractions": [0.25, 0.25, 0.75, 0.75],
                }
            ],
        }
        assert (second["width"], second["height"]) == (100, 200)

    def test_a_table_in_korean(self, data: Path) -> None:
        result = invoke(photo(data, "a.jpg"))
        assert result.exit_code == 0
        assert "병" in result.stdout
        assert "80%" in result.stdout

    def test_only_the_chosen_classes(self, data: Path) -> None:
        assert "80%" in invoke(photo(data, "a.jpg"), "--classes", "컵, 병").stdout
        none = invoke(photo(data, "a.jpg"), "--classes", "cup", "--lang", "en").stdout
        assert "nothing found" in " ".join(none.split())  # the path may be as wide as the line
        refused = invoke(photo(data, "a.jpg"), photo(data, "b.jpg"), "--classes", "botle", "--lang", "en")
        assert refused.exit_code == 1
        assert refused.stderr.count("botle") == 1
        assert "Similar: bottle" in refused.stderr

    def test_nothing_found_is_said(self, data: Path) -> None:
        assert "nothing found" in invoke(photo(data, "a.jpg"), "--confidence", "0.95", "--lang", "en").stdout

    def test_a_bad_photo_does_not_stop_the_others(self, data: Path) -> None:
        fake = data / "fake.jpg"
        fake.write_bytes(b"%PDF-1.7")
        result = invoke(fake, data / "gone.jpg", photo(data, "good.jpg"), "--json", "--lang", "en")
        assert result.exit_code == 1
        documents = [json.loads(line) for line in result.stdout.splitlines()]
        assert [each.get("error", {}).get("code") for each in documents] == ["not_a_photo", "unreadable_file", None]
        assert documents[0]["error"]["message"].startswith("This looks like PDF.")
        assert len(documents[2]["detections"]) == 1

    def test_a_folder_stands_for_the_photos_in_it(self, data: Path) -> None:
        (data / "photos").mkdir()
        (data / "empty").mkdir()
        paths = [photo(data / "photos", name) for name in ("a.jpg", "b.JPG")]
        result = invoke(data / "empty", data / "photos", "--json", "--lang", "en")
        assert result.exit_code == 1
        first, *others = [json.loads(line) for line in result.stdout.splitlines()]
        assert first["error"]["message"] == "This folder has no JPEG, PNG, WebP or HEIC photos."
        assert [each["file"] for each in others] == [str(path) for path in paths]

    def test_failures_without_json_go_to_standard_error(self, data: Path) -> None:
        result = invoke(data / "gone.jpg", "--lang", "en")
        assert result.exit_code == 1
        assert "gone.jpg" in result.stderr
        assert result.stdout == ""

    def test_annotated_copies_of_equal_names_do_not_overwrite_each_other(self, data: Path) -> None:
        (data / "other").mkdir()
        paths = photo(data, "a.jpg"), photo(data / "other", "a.jpg")
        assert invoke(*paths, "--out", data / "out").exit_code == 0
        drawn = sorted((data / "out").iterdir())
        assert [path.name for path in drawn] == ["a-1.jpg", "a-2.jpg"]
        with Image.open(drawn[0]) as picture:
            assert picture.size == (200, 100)


class TestModels:
    def test_any_onnx_file_in_the_folder_has_its_name(self, data: Path) -> None:
        (data / "models" / "yolox_nano.onnx").rename(data / "models" / "mine.onnx")
        result = invoke(photo(data, "a.jpg"), "--model", "mine", "--json")
        assert json.loads(result.stdout)["model"] == "mine"

    def test_an_unknown_one_is_an_error_that_names_the_known(self, data: Path) -> None:
        result = invoke(photo(data, "a.jpg"), "--model", "nobody", "--lang", "en")
        assert result.exit_code == 1
        assert "yolox_nano" in result.stderr

    def test_a_missing_one_is_not_fetched_when_that_is_switched_off(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("BUNRI_VISION__FETCH", "false")
        result = invoke(photo(data, "a.jpg"), "--model", "yolov5n", "--lang", "en")
        assert result.exit_code == 1
        assert "bunri models pull yolov5n" in result.stderr
