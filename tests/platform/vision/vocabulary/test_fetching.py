"""A file of a hub comes whole or not at all, and what has come of it is not asked for again."""

import resource
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from tests.platform.vision.vocabulary.hub import Hub, serving

from bunri.platform.vision.errors import ModelDownloadFailed, ModelNotWritten
from bunri.platform.vision.vocabulary.cards import PublishedFile
from bunri.platform.vision.vocabulary.fetching import fetch

CONTENT = bytes(number % 251 for number in range(300_000))
RIGHT = sha256(CONTENT).hexdigest()
SHORT = httpx.Timeout(0.5)


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as found:
        found.files["/model.onnx"] = CONTENT
        yield found


def fetched(
    hub: Hub, folder: Path, *, path: str = "/model.onnx", sha: str | None = RIGHT, size: int | None = len(CONTENT)
) -> list[int]:
    """The progress that was told."""
    told: list[int] = []
    file = PublishedFile(path="model.onnx", bytes=size)
    target = folder / "vision.onnx"
    fetch("tiny", hub.url + path, target, file, sha256=sha, progress=told.append, timeout=SHORT)
    return told


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class TestWhole:
    @pytest.mark.parametrize("path", ["/model.onnx", "/moved/model.onnx"])
    def test_it_comes_with_its_progress_and_leaves_nothing_else(self, hub: Hub, tmp_path: Path, path: str) -> None:
        told = fetched(hub, tmp_path, path=path)
        assert (tmp_path / "vision.onnx").read_bytes() == CONTENT
        assert names(tmp_path) == ["vision.onnx"]
        assert told == sorted(told)
        assert told[-1] == len(CONTENT)

    def test_a_hub_need_not_say_how_long_it_is(self, hub: Hub, tmp_path: Path) -> None:
        hub.no_length = True
        fetched(hub, tmp_path, size=None)
        assert (tmp_path / "vision.onnx").read_bytes() == CONTENT


class TestResumed:
    def test_a_connection_that_is_cut_is_taken_up_again_with_the_rest_alone(self, hub: Hub, tmp_path: Path) -> None:
        hub.cut_after["/model.onnx"] = 130_000
        fetched(hub, tmp_path)
        assert (tmp_path / "vision.onnx").read_bytes() == CONTENT
        assert [wanted for _, wanted in hub.asked] == [None, "bytes=130000-", "bytes=260000-"]

    def test_the_next_start_asks_for_the_rest_alone(self, hub: Hub, tmp_path: Path) -> None:
        hub.cut_after["/model.onnx"], hub.answers_left = 100_000, 1
        with pytest.raises(ModelDownloadFailed):
            fetched(hub, tmp_path)
        assert names(tmp_path) == [".vision.onnx.etag", ".vision.onnx.part"]
        hub.cut_after, hub.answers_left = {}, None
        fetched(hub, tmp_path)
        assert (tmp_path / "vision.onnx").read_bytes() == CONTENT
        assert hub.asked[-1] == ("/model.onnx", "bytes=100000-")

    def test_another_file_under_the_same_name_is_fetched_from_its_beginning(self, hub: Hub, tmp_path: Path) -> None:
        (tmp_path / ".vision.onnx.part").write_bytes(b"the file of before")
        (tmp_path / ".vision.onnx.etag").write_text('"before"')
        fetched(hub, tmp_path)
        assert (tmp_path / "vision.onnx").read_bytes() == CONTENT
        assert hub.asked == [("/model.onnx", "bytes=18-")]

    def test_so_is_one_of_a_hub_that_knows_no_ranges(self, hub: Hub, tmp_path: Path) -> None:
        hub.no_ranges = True
        (tmp_path / ".vision.onnx.part").write_bytes(CONTENT[:1000])
        (tmp_path / ".vision.onnx.etag").write_text(hub.tag("/model.onnx"))
        fetched(hub, tmp_path)
        assert (tmp_path / "vision.onnx").read_bytes() == CONTENT

    @pytest.mark.parametrize("tag", ['W/"weak"', ""])
    def test_without_a_strong_tag_nothing_is_resumed(self, hub: Hub, tmp_path: Path, tag: str) -> None:
        hub.tags["/model.onnx"] = tag
        hub.cut_after["/model.onnx"] = 100_000
        with pytest.raises(ModelDownloadFailed):
            fetched(hub, tmp_path)
        assert {wanted for _, wanted in hub.asked} == {None}


class TestRefused:
    def test_another_hash_is_refused_and_nothing_stays(self, hub: Hub, tmp_path: Path) -> None:
        with pytest.raises(ModelDownloadFailed) as caught:
            fetched(hub, tmp_path, sha="0" * 64)
        assert RIGHT[:12] in str(caught.value.data["reason"])
        assert names(tmp_path) == []

    @pytest.mark.parametrize("size", [100, len(CONTENT) + 1])
    def test_so_is_another_size(self, hub: Hub, tmp_path: Path, size: int) -> None:
        with pytest.raises(ModelDownloadFailed):
            fetched(hub, tmp_path, size=size, sha=None)
        assert names(tmp_path) == []

    def test_what_the_hub_does_not_have_is_told(self, hub: Hub, tmp_path: Path) -> None:
        with pytest.raises(ModelDownloadFailed) as caught:
            fetched(hub, tmp_path, path="/gone.onnx")
        assert "404" in str(caught.value.data["reason"])
        assert not (tmp_path / "vision.onnx").exists()

    def test_a_hub_that_says_nothing_more_is_left_and_what_came_is_kept(self, hub: Hub, tmp_path: Path) -> None:
        hub.hangs.add("/model.onnx")
        hub.cut_after["/model.onnx"] = 0
        with pytest.raises(ModelDownloadFailed):
            fetched(hub, tmp_path)
        assert not (tmp_path / "vision.onnx").exists()

    def test_no_network_is_told(self, tmp_path: Path) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
            with pytest.raises(ModelDownloadFailed):
                fetched(Hub(url=url), tmp_path)
        assert names(tmp_path) == []

    def test_a_full_disk_is_told_and_given_its_room_back(self, hub: Hub, tmp_path: Path) -> None:
        with at_most(100_000), pytest.raises(ModelNotWritten):
            fetched(hub, tmp_path)
        assert names(tmp_path) == []


@contextmanager
def at_most(size: int) -> Iterator[None]:
    """No file may grow beyond ``size``: to who writes that is a disk without room (Python ignores the signal)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
