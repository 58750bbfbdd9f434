"""A model is fetched and prepared whole or not at all; what is here is not fetched again."""

import fcntl
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import httpx
import numpy as np
import pytest
from tests.platform.vision.vocabulary.hub import Hub, serving

from bunri.platform.vision.errors import ModelBroken, ModelDownloadFailed, ModelNotWritten, ModelUnknown
from bunri.platform.vision.vocabulary.cards import VocabularyCard
from bunri.platform.vision.vocabulary.model import OnnxVocabulary
from bunri.platform.vision.vocabulary.namer import read_ready
from bunri.platform.vision.vocabulary.rows import EmbeddedRows
from bunri.platform.vision.vocabulary.state import read_state
from bunri.platform.vision.vocabulary.store import Described, VocabularyStore, read_fetched

PARITY = Path(__file__).parent / "parity"
DESCRIBED: Described = {
    "can": {"ko": ["캔 사진", "빈 캔 사진"], "en": ["a photo of a can."]},
    "cup": {"ko": ["컵 사진"], "en": ["a photo of a cup.", "a photo of a mug."]},
}
FILES = {"siglip": ("vision", "text", "tokenizer"), "both": ("both", "tokenizer")}


def path_of(part: str) -> str:
    return "tokenizer.json" if part == "tokenizer" else f"{part}.onnx"


def card(kind: str, *, pinned: bool = True, **more: object) -> VocabularyCard:
    files = {}
    for part in FILES[kind]:
        content = (PARITY / kind / path_of(part)).read_bytes()
        known = {"bytes": len(content), "sha256": sha256(content).hexdigest()} if pinned else {}
        files[part] = {"path": path_of(part), **known}
    about = {"repository": f"makers/{kind}", "revision": "abc", "page": "https://example.org", "licence": "MIT"}
    interface = "siglip" if kind == "siglip" else "clip"
    sizes = {"side": 32, "scale": 100, "memory_mb": 0, "languages": ["ko", "en"]}
    return VocabularyCard.model_validate({"interface": interface, **about, **sizes, "files": files, **more})


@pytest.fixture
def hub() -> Iterator[Hub]:
    with serving() as found:
        for kind, parts in FILES.items():
            for part in parts:
                found.files[f"/makers/{kind}/resolve/abc/{path_of(part)}"] = (
                    PARITY / kind / path_of(part)
                ).read_bytes()
        yield found


def store(hub: Hub, tmp_path: Path, **registry: VocabularyCard) -> VocabularyStore:
    return VocabularyStore(tmp_path, hub.url, registry=registry, timeout=httpx.Timeout(2), free=lambda _: 10**10)


def ignore(_done: int, _total: int) -> None:
    """No progress to show."""


class TestPulling:
    @pytest.mark.parametrize("kind", FILES)
    def test_it_is_fetched_and_its_sentences_are_embedded(self, hub: Hub, tmp_path: Path, kind: str) -> None:
        told: list[tuple[int, int]] = []
        models = store(hub, tmp_path, tiny=card(kind))
        folder = models.pull("tiny", DESCRIBED, lambda done, total: told.append((done, total)))
        ready = read_ready(folder)
        assert ready
        rows = EmbeddedRows.load(folder / ready.rows)
        assert rows.labels == ("can", "cup")
        assert rows.owners.tolist() == [0, 0, 0, 1, 1, 1]
        model = OnnxVocabulary(folder, "tiny", ready.interface, ready.side)
        expected = model.embed_texts(["캔 사진", "빈 캔 사진", "a photo of a can."])
        np.testing.assert_allclose(rows.embeddings[:3], expected, atol=1e-3)
        assert read_state(folder, "tiny").phase == "ready"
        assert told[-1][0] == told[-1][1] == card(kind).bytes
        assert all(file.pinned for file in read_fetched(folder).values())

    def test_only_sentences_in_its_languages_are_embedded(self, hub: Hub, tmp_path: Path) -> None:
        folder = store(hub, tmp_path, tiny=card("siglip", languages=["en"])).pull("tiny", DESCRIBED, ignore)
        ready = read_ready(folder)
        assert ready
        assert EmbeddedRows.load(folder / ready.rows).owners.tolist() == [0, 1, 1]

    def test_what_is_here_is_not_fetched_again(self, hub: Hub, tmp_path: Path) -> None:
        models = store(hub, tmp_path, tiny=card("siglip"))
        before = read_ready(models.pull("tiny", DESCRIBED, ignore))
        hub.asked.clear()
        assert read_ready(models.pull("tiny", DESCRIBED, ignore)) == before
        assert hub.asked == []

    def test_other_sentences_are_embedded_by_the_model_that_is_here(self, hub: Hub, tmp_path: Path) -> None:
        models = store(hub, tmp_path, tiny=card("siglip"))
        before = read_ready(models.pull("tiny", DESCRIBED, ignore))
        hub.asked.clear()
        folder = models.pull("tiny", {**DESCRIBED, "jar": {"ko": ["병 사진"], "en": ["a photo of a jar."]}}, ignore)
        after = read_ready(folder)
        assert before
        assert after
        assert after.version != before.version
        assert [file.name for file in folder.glob("rows-*")] == [after.rows]
        assert hub.asked == []

    def test_files_that_were_carried_there_are_taken(self, hub: Hub, tmp_path: Path) -> None:
        (tmp_path / "tiny").mkdir()
        for part in FILES["siglip"]:
            (tmp_path / "tiny" / path_of(part)).write_bytes((PARITY / "siglip" / path_of(part)).read_bytes())
        assert read_ready(store(hub, tmp_path, tiny=card("siglip")).pull("tiny", DESCRIBED, ignore))
        assert hub.asked == []

    def test_what_is_left_of_an_attempt_is_fetched_by_the_next(self, hub: Hub, tmp_path: Path) -> None:
        models = store(hub, tmp_path, tiny=card("siglip"))
        hub.answers_left = 1
        with pytest.raises(ModelDownloadFailed):
            models.pull("tiny", DESCRIBED, ignore)
        assert read_state(tmp_path / "tiny", "tiny").model_dump(include={"phase", "reason", "licence"}) == {
            "phase": "failed",
            "reason": "model_download_failed",
            "licence": "MIT",
        }
        hub.answers_left = None
        hub.asked.clear()
        models.pull("tiny", DESCRIBED, ignore)
        assert [path.rpartition("/")[2] for path, _ in hub.asked] == ["text.onnx", "tokenizer.json"]


class TestRefusing:
    def test_an_unknown_model(self, hub: Hub, tmp_path: Path) -> None:
        with pytest.raises(ModelUnknown):
            store(hub, tmp_path).pull("nobody", DESCRIBED, ignore)

    def test_another_file_than_the_pinned_one(self, hub: Hub, tmp_path: Path) -> None:
        path = "/makers/siglip/resolve/abc/text.onnx"
        hub.files[path] = hub.files[path][:-1] + b"x"
        with pytest.raises(ModelDownloadFailed):
            store(hub, tmp_path, tiny=card("siglip")).pull("tiny", DESCRIBED, ignore)
        assert read_ready(tmp_path / "tiny") is None

    def test_a_file_whose_hash_is_right_and_which_is_no_model(self, hub: Hub, tmp_path: Path) -> None:
        path = "/makers/siglip/resolve/abc/text.onnx"
        hub.files[path] = b"no model"
        with pytest.raises(ModelBroken):
            store(hub, tmp_path, tiny=card("siglip", pinned=False)).pull("tiny", DESCRIBED, ignore)
        assert read_ready(tmp_path / "tiny") is None
        assert read_state(tmp_path / "tiny", "tiny").reason == "model_broken"

    def test_a_disk_without_room_before_anything_is_fetched(self, hub: Hub, tmp_path: Path) -> None:
        models = VocabularyStore(tmp_path, hub.url, registry={"tiny": card("siglip")}, free=lambda _: 10**6)
        with pytest.raises(ModelNotWritten):
            models.pull("tiny", DESCRIBED, ignore)
        assert hub.asked == []
        assert read_state(tmp_path / "tiny", "tiny").reason == "model_not_written"

    def test_a_second_process_at_the_same_time(self, hub: Hub, tmp_path: Path) -> None:
        (tmp_path / "tiny").mkdir()
        with (tmp_path / "tiny" / ".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            with pytest.raises(ModelDownloadFailed):
                store(hub, tmp_path, tiny=card("siglip")).pull("tiny", DESCRIBED, ignore)
        assert hub.asked == []


class TestNotPinned:
    def test_what_came_first_is_remembered_and_another_file_is_refused(self, hub: Hub, tmp_path: Path) -> None:
        models = store(hub, tmp_path, tiny=card("siglip", pinned=False))
        folder = models.pull("tiny", DESCRIBED, ignore)
        assert not any(file.pinned for file in read_fetched(folder).values())
        (folder / "text.onnx").unlink()
        path = "/makers/siglip/resolve/abc/text.onnx"
        hub.files[path] = hub.files[path][:-1] + b"x"
        with pytest.raises(ModelDownloadFailed):
            models.pull("tiny", DESCRIBED, ignore)

    def test_the_operator_may_say_which_hash_it_is(self, hub: Hub, tmp_path: Path) -> None:
        tiny = card("siglip", pinned=False)
        hashes = {"text": "0" * 64}
        models = VocabularyStore(tmp_path, hub.url, hashes=hashes, registry={"tiny": tiny}, free=lambda _: 10**10)
        with pytest.raises(ModelDownloadFailed) as caught:
            models.pull("tiny", DESCRIBED, ignore)
        assert str(caught.value.data["url"]).endswith("text.onnx")
