"""An image–text model that is not what it should be is refused, and gives its memory back when it is closed."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.platform.vision.graphs import always

from bunri.platform.vision.errors import ModelBroken, ProviderMissing, VisionFailed
from bunri.platform.vision.vocabulary.model import OnnxVocabulary
from bunri.platform.vision.vocabulary.preparing import take_apart

PARITY = Path(__file__).parent / "parity"
GREY = np.full((40, 30, 3), 90, np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return shutil.copytree(PARITY / "siglip", tmp_path / "model")


def opened(folder: Path, provider: str = "CPUExecutionProvider") -> OnnxVocabulary:
    return OnnxVocabulary(folder, "tiny", "siglip", 32, provider=provider)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda file: file.unlink(),
        lambda file: file.write_bytes(file.read_bytes()[:2000]),
        lambda file: file.write_bytes(always(np.zeros((1, 4), np.float32))),
    ],
    ids=["missing", "cut", "another graph"],
)
@pytest.mark.parametrize("kind", ["vision", "text"])
def test_a_graph_that_is_not_what_it_should_be_is_refused(
    folder: Path, kind: str, spoil: Callable[[Path], object]
) -> None:
    spoil(folder / f"{kind}.onnx")
    with pytest.raises(ModelBroken):
        opened(folder).embed_pictures([GREY]) if kind == "vision" else opened(folder).embed_texts(["a can"])


@pytest.mark.parametrize(
    "content", ["", "{}", '{"version": "1.0", "model": {"type": "BPE", "vocab": {}, "merges": []}}']
)
def test_so_is_a_tokenizer(folder: Path, content: str) -> None:
    (folder / "tokenizer.json").write_text(content, "utf-8")
    with pytest.raises(ModelBroken):
        opened(folder).embed_texts(["a can"])


def test_a_tokenizer_of_the_other_interface_is_refused(folder: Path) -> None:
    shutil.copyfile(PARITY / "clip" / "tokenizer.json", folder / "tokenizer.json")
    with pytest.raises(ModelBroken):
        opened(folder).embed_texts(["a can"])


def test_a_graph_of_both_without_its_halves_is_refused(folder: Path) -> None:
    with pytest.raises(ModelBroken):
        take_apart(folder / "vision.onnx", folder, "tiny")


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3), (5, 5)])
def test_a_picture_without_pixels_or_colour_is_refused(folder: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(VisionFailed):
        opened(folder).embed_pictures([np.zeros(shape, np.uint8)])


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (700, 900)])
@pytest.mark.parametrize("interface", ["siglip", "clip"])
def test_pictures_of_every_shape_are_embedded(interface: str, shape: tuple[int, int]) -> None:
    model = OnnxVocabulary(PARITY / interface, "tiny", "clip" if interface == "clip" else "siglip", 32)
    assert np.isfinite(model.embed_pictures([np.full((*shape, 3), 90, np.uint8)])).all()


def test_another_provider_does_not_stand_in(folder: Path) -> None:
    with pytest.raises(ProviderMissing):
        opened(folder, "NoSuchProvider").embed_pictures([GREY])


def test_after_closing_it_opens_again(folder: Path) -> None:
    model = opened(folder)
    before = model.embed_pictures([GREY])
    model.close()
    np.testing.assert_array_equal(model.embed_pictures([GREY]), before)
