"""Weights are found, fetched whole or not at all, and added once they are seen to run."""

import hashlib
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from tests.platform.vision.graphs import always, nothing_seen

from bunri.platform.vision.errors import (
    ModelBroken,
    ModelDownloadFailed,
    ModelMissing,
    ModelNotPublished,
    ModelNotRecognised,
    ModelNotWritten,
    ModelUnknown,
)
from bunri.platform.vision.registry import ModelCard
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.store import ModelStore

GRAPH = always(nothing_seen())
CLASSIFIER = always(np.zeros((1, 1000), np.float32))


class Releases(BaseHTTPRequestHandler):
    """A server of release files with the ways in which such servers fail."""

    def do_GET(self) -> None:
        match self.path:
            case "/moved.onnx":
                self.send_response(302)
                self.send_header("Location", "/good.onnx")
                self.end_headers()
            case "/good.onnx":
                self._send(GRAPH, len(GRAPH))
            case "/classifier.onnx":
                self._send(CLASSIFIER, len(CLASSIFIER))
            case "/page.onnx":
                self._send(b"<html>sign in</html>", 20)
            case "/cut.onnx":
                self._send(GRAPH[:100], len(GRAPH))
            case "/endless.onnx":
                self._send(bytes(100_000), None)
            case _:
                self.send_error(404)

    def _send(self, body: bytes, length: int | None) -> None:
        self.send_response(200)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # its name in the base class
        """Quiet."""


@contextmanager
def serving() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Releases)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def releases() -> Iterator[str]:
    with serving() as url:
        yield url


def card(url: str | None, **more: object) -> ModelCard:
    about = {"page": "https://example.org", "licence": "Apache-2.0", "input": 64, "head": "yolov8"}
    return ModelCard.model_validate({"url": url, "classes": "COCO-80", "confidence": 0.3, **about, **more})


def store(tmp_path: Path, *others: Path, **registry: ModelCard) -> ModelStore:
    return ModelStore(tmp_path / "models", others, registry)


def ignore(_done: int, _total: int | None) -> None:
    """No progress to show."""


class TestFinding:
    def test_the_data_directory_comes_before_other_folders(self, tmp_path: Path) -> None:
        other = tmp_path / "other"
        other.mkdir()
        (other / "mine.onnx").write_bytes(GRAPH)
        models = store(tmp_path, other)
        assert models.find("mine") == other / "mine.onnx"
        (tmp_path / "models").mkdir()
        (tmp_path / "models" / "mine.onnx").write_bytes(GRAPH)
        assert models.find("mine") == tmp_path / "models" / "mine.onnx"

    def test_a_known_model_without_weights_is_missing_and_says_where_it_would_go(self, tmp_path: Path) -> None:
        with pytest.raises(ModelMissing) as caught:
            store(tmp_path, tiny=card(None)).find("tiny")
        assert caught.value.data == {"name": "tiny", "folder": str(tmp_path / "models")}

    @pytest.mark.parametrize("name", ["nobody", "../secret", "/etc/passwd", "", "a" * 80, "tiny\n"])
    def test_other_names_are_unknown_and_never_paths(self, tmp_path: Path, name: str) -> None:
        (tmp_path / "secret.onnx").write_bytes(GRAPH)
        with pytest.raises(ModelUnknown) as caught:
            store(tmp_path, tiny=card(None)).find(name)
        assert caught.value.data["known"] == "tiny"

    def test_lists_what_is_here_and_what_could_be(self, tmp_path: Path) -> None:
        models = store(tmp_path, tiny=card(None))
        models.folder.mkdir()
        (models.folder / "mine.onnx").write_bytes(GRAPH)
        assert [(each.name, bool(each.card), bool(each.path)) for each in models.list()] == [
            ("mine", False, True),
            ("tiny", True, False),
        ]

    def test_opens_with_the_cards_threshold_unless_the_operator_set_one(self, tmp_path: Path) -> None:
        output = nothing_seen()
        output[0, :5, 0] = [32, 32, 16, 16, 0.28]
        models = store(tmp_path, tiny=card(None))
        models.folder.mkdir()
        (models.folder / "tiny.onnx").write_bytes(always(output))
        grey = np.zeros((64, 64, 3), np.uint8)
        assert models.open("tiny", VisionSettings()).detect(grey) == []
        assert len(models.open("tiny", VisionSettings(confidence=0.2)).detect(grey)) == 1


class TestPulling:
    def test_fetches_checks_and_reports_progress(self, tmp_path: Path, releases: str) -> None:
        sha256, seen = hashlib.sha256(GRAPH).hexdigest(), list[tuple[int, int | None]]()
        models = store(tmp_path, tiny=card(f"{releases}/moved.onnx", sha256=sha256, bytes=len(GRAPH)))
        path = models.pull("tiny", lambda done, total: seen.append((done, total)))
        assert path == models.find("tiny")
        assert path.read_bytes() == GRAPH
        assert seen[-1] == (len(GRAPH), len(GRAPH))
        assert [file.name for file in models.folder.iterdir()] == ["tiny.onnx"]

    def test_a_mirror_may_be_named(self, tmp_path: Path, releases: str) -> None:
        models = store(tmp_path, tiny=card(None))
        with pytest.raises(ModelNotPublished):
            models.pull("tiny", ignore)
        assert models.pull("tiny", ignore, url=f"{releases}/good.onnx").is_file()

    @pytest.mark.parametrize(
        ("file", "more", "reason"),
        [
            ("missing.onnx", {}, "404"),
            ("cut.onnx", {}, "peer closed connection"),
            ("good.onnx", {"sha256": "0" * 64}, "SHA-256"),
            ("good.onnx", {"bytes": 100}, "> 100 bytes"),
            ("endless.onnx", {"bytes": 50_000}, "> 50000 bytes"),
        ],
    )
    def test_a_bad_answer_leaves_nothing_behind(
        self, tmp_path: Path, releases: str, file: str, more: dict[str, object], reason: str
    ) -> None:
        models = store(tmp_path, tiny=card(f"{releases}/{file}", **more))
        with pytest.raises(ModelDownloadFailed) as caught:
            models.pull("tiny", ignore)
        assert reason in str(caught.value.data["reason"])
        assert list(models.folder.iterdir()) == []

    def test_nobody_answering_is_a_failed_download(self, tmp_path: Path) -> None:
        with serving() as gone:
            pass
        with pytest.raises(ModelDownloadFailed):
            store(tmp_path, tiny=card(f"{gone}/good.onnx")).pull("tiny", ignore)

    @pytest.mark.parametrize(("file", "error"), [("page.onnx", ModelBroken), ("classifier.onnx", ModelNotRecognised)])
    def test_what_is_no_detector_does_not_replace_one(
        self, tmp_path: Path, releases: str, file: str, error: type[Exception]
    ) -> None:
        models = store(tmp_path, tiny=card(f"{releases}/good.onnx"))
        models.pull("tiny", ignore)
        with pytest.raises(error):
            models.pull("tiny", ignore, url=f"{releases}/{file}")
        assert models.find("tiny").read_bytes() == GRAPH
        assert len(list(models.folder.iterdir())) == 1

    def test_only_the_registry_can_be_pulled(self, tmp_path: Path) -> None:
        with pytest.raises(ModelUnknown):
            store(tmp_path).pull("tiny", ignore)


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestWriting:
    def test_replaces_what_is_there_in_one_step(self, tmp_path: Path) -> None:
        models = store(tmp_path)
        models.write("mine", always(nothing_seen(classes=3)))
        assert models.write("mine", GRAPH).read_bytes() == GRAPH
        assert [file.name for file in models.folder.iterdir()] == ["mine.onnx"]

    def test_a_full_disk_leaves_what_was_there(self, tmp_path: Path) -> None:
        models = store(tmp_path)
        models.write("mine", GRAPH)
        with full_disk(1000), pytest.raises(ModelNotWritten) as caught:
            models.write("mine", GRAPH)
        assert caught.value.data["folder"] == str(models.folder)
        assert [file.name for file in models.folder.iterdir()] == ["mine.onnx"]
        assert models.find("mine").read_bytes() == GRAPH

    def test_what_does_not_run_is_not_kept(self, tmp_path: Path) -> None:
        models = store(tmp_path)
        with pytest.raises(ModelBroken):
            models.write("mine", b"junk")
        assert list(models.folder.iterdir()) == []


class TestAdding:
    def test_copies_a_file_that_runs(self, tmp_path: Path) -> None:
        mine = tmp_path / "my-cans.onnx"
        mine.write_bytes(GRAPH)
        models = store(tmp_path)
        assert models.add(mine) == models.find("my-cans")
        assert mine.exists()

    @pytest.mark.parametrize(("name", "content"), [("a b.onnx", GRAPH), ("x.onnx", b"junk"), ("gone.onnx", None)])
    def test_refuses_what_does_not(self, tmp_path: Path, name: str, content: bytes | None) -> None:
        file = tmp_path / name
        if content is not None:
            file.write_bytes(content)
        models = store(tmp_path)
        with pytest.raises(ModelBroken):
            models.add(file)
        assert models.list() == []
