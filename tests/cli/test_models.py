"""``bunri models`` from the outside."""

from pathlib import Path

import numpy as np
import pytest
from tests.platform.vision.graphs import always
from tests.platform.vision.test_store import serving
from typer.testing import CliRunner, Result

from bunri.cli.models import models

GRAPH = always(np.zeros((1, 84, 84), np.float32))


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

    def test_junk_is_refused(self, data: Path) -> None:
        (data / "junk.onnx").write_bytes(b"junk")
        result = invoke("add", data / "junk.onnx")
        assert result.exit_code == 1
        assert "ONNX" in result.stderr
