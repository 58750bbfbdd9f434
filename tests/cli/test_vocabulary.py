"""``bunri models pull`` and ``measure`` of image–text models from the outside, with a toy model that knows shapes."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from tests.platform.vision.vocabulary.hub import Hub, serving
from tests.platform.vision.vocabulary.shapes import THINGS, rendered
from tests.platform.vision.vocabulary.toys import CARD, TOY, TOY_HASHES
from typer.testing import CliRunner, Result

from bunri.cli.models import models
from bunri.domains.recycling.sentences import load_sentences
from bunri.platform.vision.vocabulary.cards import cards
from bunri.platform.vision.vocabulary.measured import MEASURED_FILE
from bunri.platform.vision.vocabulary.namer import read_ready
from bunri.platform.vision.vocabulary.state import read_state
from bunri.platform.vision.vocabulary.store import Described, VocabularyStore

NAME = "clip_vit_b32"
ROWS = {"drink-can": "red circle", "glass-jar": "green square", "newspaper": "blue ring", "pillow": "yellow triangle"}
"""What the toy model knows, as if it were rows of the table."""


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(models, [*(str(argument) for argument in arguments)])


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BUNRI_DATA", str(tmp_path))
    monkeypatch.setenv("BUNRI_VISION__OPEN_VOCABULARY", NAME)
    monkeypatch.setenv("COLUMNS", "140")
    monkeypatch.delenv("BUNRI_MODELS_DIR", raising=False)
    return tmp_path


@pytest.fixture
def hub(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """Has the toy's files where CLIP's are; the operator says their hashes."""
    with serving() as found:
        card = cards()[NAME]
        for part, path in (("vision", "vision.onnx"), ("text", "text.onnx"), ("tokenizer", "tokenizer.json")):
            name = card.files[part].path  # type: ignore[index]  # parts by name
            found.files[f"/{card.repository}/resolve/{card.revision}/{name}"] = (TOY / path).read_bytes()
        monkeypatch.setenv("BUNRI_VISION__OPEN_VOCABULARY_URL", found.url)
        yield found


class TestPulling:
    def test_another_file_than_the_makers_is_refused_with_a_sentence(self, data: Path, hub: Hub) -> None:
        result = invoke("pull", NAME, "--lang", "en")
        assert result.exit_code == 1
        assert "MIT: free to use" in result.stderr
        assert "bytes" in result.stderr
        assert read_state(data / "models" / NAME, NAME).phase == "failed"

    def test_in_the_background_it_says_nothing(self, data: Path, hub: Hub) -> None:
        hub.files.clear()
        command = [sys.executable, "-m", "bunri", "models", "pull", NAME, "--background"]  # apart: it makes itself low
        done = subprocess.run(command, capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (1, "", "")

    def test_what_is_here_is_listed(self, data: Path) -> None:
        made(data, NAME)
        rows = {line.split()[1]: line for line in invoke("list").stdout.splitlines() if "│" in line}
        assert "✓" in rows[NAME]
        assert "✓" not in rows["siglip2_base"]
        assert "Apache-2.0" in rows["siglip2_base"]


def made(data: Path, name: str) -> Path:
    """The toy as the model ``name``, prepared with ROWS for what it knows."""
    folder = data / "models" / name
    shutil.copytree(TOY, folder)
    described: Described = {row: {"en": [f"a photo of a {thing}."]} for row, thing in ROWS.items()}
    store = VocabularyStore(data / "models", "http://127.0.0.1:9", hashes=TOY_HASHES, registry={name: CARD})
    return store.pull(name, described, lambda _done, _total: None)


@pytest.fixture
def photos(data: Path) -> Path:
    chance = np.random.default_rng(17)
    for row, thing in ROWS.items():
        (data / "photos" / row).mkdir(parents=True)
        for number in range(12):
            picture = rendered(thing, chance, side=160)
            cv2.imwrite(str(data / "photos" / row / f"{number}.png"), picture)
    return data / "photos"


class TestMeasuring:
    def test_says_how_often_it_is_right_and_keeps_what_its_scores_are_worth(self, data: Path, photos: Path) -> None:
        folder = made(data, NAME)
        result = invoke("measure", photos, "--lang", "en")
        assert result.exit_code == 0, result.stderr
        assert "drink-can" in result.stdout
        assert "of a share is to be believed" in result.stdout
        kept = json.loads((folder / MEASURED_FILE).read_text())
        ready = read_ready(folder)
        assert ready
        assert kept["of"] == ready.version
        assert kept["photos"] == 48
        assert kept["right"] >= 40
        assert kept["reliability"] >= 0.8

    def test_folders_may_be_named_after_materials(self, data: Path, photos: Path) -> None:
        made(data, NAME)
        shutil.move(photos / "drink-can", photos / "metal")
        found = json.loads(invoke("measure", photos, "--json", "--no-keep").stdout)
        assert found["labels"]["metal"]["right"] >= 9
        assert not (data / "models" / NAME / MEASURED_FILE).exists()

    def test_exported_labels_are_read(self, data: Path, photos: Path) -> None:
        made(data, NAME)
        lines = ["picture,position,kind,box,item,material"]
        for row in ROWS:
            lines += [f"{row}/{number}.png,0,confirmed,,{row},metal" for number in range(12)]
        (photos / "labels.csv").write_text("\n".join([*lines, ""]), "utf-8")
        assert json.loads(invoke("measure", photos, "--json").stdout)["photos"] == 48

    def test_what_cannot_be_read_is_named_and_left_out(self, data: Path, photos: Path) -> None:
        made(data, NAME)
        (photos / "pillow" / "broken.png").write_bytes(b"no picture")
        result = invoke("measure", photos, "--json")
        assert "broken.png" in result.stderr
        assert json.loads(result.stdout)["photos"] == 48

    @pytest.mark.parametrize(
        ("spoil", "said"),
        [
            ("model", "bunri models pull"),
            ("names", "no folder in it is named"),
            ("few", "takes at least 30"),
        ],
    )
    def test_what_is_missing_is_a_sentence(self, data: Path, photos: Path, spoil: str, said: str) -> None:
        if spoil != "model":
            made(data, NAME)
        for row in list(ROWS)[1:]:
            shutil.rmtree(photos / row)
        if spoil == "names":
            (photos / "drink-can").rename(photos / "cans")
        result = invoke("measure", photos, "--lang", "en")
        assert result.exit_code == 1
        assert said in result.stderr


def test_the_toy_knows_what_is_shown_here() -> None:
    assert set(ROWS.values()) <= set(THINGS)
    assert set(ROWS) <= set(load_sentences().rows)
