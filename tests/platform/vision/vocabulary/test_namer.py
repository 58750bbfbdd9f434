"""The whole way from sentences to rows, by a toy model that knows coloured shapes (training/toy_vocabulary.py)."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.platform.vision.vocabulary.shapes import THINGS, noise, rendered
from tests.platform.vision.vocabulary.toys import CARD, DESCRIBED, TOY, TOY_HASHES

from bunri.platform.vision.vocabulary.measured import MEASURED_FILE, UNMEASURED, Worth
from bunri.platform.vision.vocabulary.namer import LEAST, RowNamer, read_ready
from bunri.platform.vision.vocabulary.state import READY_FILE, write_json
from bunri.platform.vision.vocabulary.store import VocabularyStore


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    shutil.copytree(TOY, folder / "toy")
    store = VocabularyStore(folder, "http://127.0.0.1:9", hashes=TOY_HASHES, registry={"toy": CARD})
    return store.pull("toy", DESCRIBED, lambda _done, _total: None)


@pytest.fixture
def folder(prepared: Path, tmp_path: Path) -> Path:
    return shutil.copytree(prepared, tmp_path / "toy")


@pytest.fixture
def namer(folder: Path) -> Iterator[RowNamer]:
    found = RowNamer(folder, "toy")
    yield found
    found.close()


class TestNaming:
    def test_it_names_shapes_that_it_never_saw(self, namer: RowNamer) -> None:
        chance, right = np.random.default_rng(99), 0
        for thing in THINGS * 5:
            found = namer.name_picture(rendered(thing, chance, side=int(chance.integers(40, 200))))
            right += next(iter(found), None) == thing
        assert right >= 0.8 * 5 * len(THINGS)

    def test_an_empty_ground_is_nothing_to_throw_away(self, namer: RowNamer) -> None:
        found = namer.name_picture(noise(np.random.default_rng(5)))
        assert next(iter(found)) == "not-waste"

    def test_it_is_believed_by_half_before_it_was_measured(self, namer: RowNamer) -> None:
        chance = np.random.default_rng(3)
        for thing in THINGS:
            found = list(namer.name_picture(rendered(thing, chance)).values())
            assert found == sorted(found, reverse=True)
            assert all(share >= LEAST for share in found)
            assert sum(found) <= UNMEASURED + 1e-3


class TestArriving:
    def test_a_model_that_is_not_here_says_nothing_until_it_comes(self, prepared: Path, tmp_path: Path) -> None:
        namer = RowNamer(tmp_path / "later", "toy")
        picture = rendered("red circle", np.random.default_rng(1))
        assert not namer.here
        assert namer.name_picture(picture) == {}
        shutil.copytree(prepared, tmp_path / "later")
        assert namer.here
        assert "red circle" in namer.name_picture(picture)

    def test_what_was_measured_changes_what_it_says_and_its_version(self, folder: Path, namer: RowNamer) -> None:
        picture, before, ready = rendered("red circle", np.random.default_rng(1)), namer.version, read_ready(folder)
        assert ready
        worth = Worth(of=ready.version, scale=20, reliability=0.9, photos=40, right=39, in_three=40)
        half = namer.name_picture(picture)["red circle"]
        write_json(folder / MEASURED_FILE, worth.model_dump())
        assert namer.name_picture(picture)["red circle"] == pytest.approx(half * 0.9 / UNMEASURED, abs=1e-3)
        assert namer.version != before

    def test_what_was_measured_of_another_model_does_not_count(self, folder: Path, namer: RowNamer) -> None:
        before = namer.version
        worth = Worth(of="another", scale=20, reliability=0.9, photos=40, right=39, in_three=40)
        write_json(folder / MEASURED_FILE, worth.model_dump())
        assert namer.version == before

    @pytest.mark.parametrize("file", ["vision.onnx", "rows"])
    def test_broken_files_are_as_none_until_they_change(self, folder: Path, namer: RowNamer, file: str) -> None:
        ready = read_ready(folder)
        assert ready
        path = folder / (ready.rows if file == "rows" else file)
        content, picture = path.read_bytes(), rendered("red circle", np.random.default_rng(1))
        path.write_bytes(b"broken")
        assert namer.here
        assert namer.name_picture(picture) == {}
        assert not namer.here
        path.write_bytes(content)
        os.utime(folder / READY_FILE, ns=(1, 1))
        assert namer.name_picture(picture)

    def test_after_closing_it_opens_again(self, namer: RowNamer) -> None:
        picture = rendered("red circle", np.random.default_rng(1))
        before = namer.name_picture(picture)
        namer.close()
        assert namer.name_picture(picture) == before

    def test_it_closes_itself_when_no_photo_comes(self, folder: Path) -> None:
        namer = RowNamer(folder, "toy", closed_after_s=0.05)
        picture = rendered("red circle", np.random.default_rng(1))
        before = namer.name_picture(picture)
        timer = namer._timer
        assert timer
        timer.join()
        assert namer._opened is None
        assert namer.name_picture(picture) == before
        namer.close()
