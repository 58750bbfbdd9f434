"""The adapter does what ``transformers`` does, on models of each interface with random weights.

``parity/`` was made by ``training/vocabulary.py``, with PyTorch, ``transformers`` and ``tokenizers``.
"""

import shutil
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from bunri.platform.vision.vocabulary.cards import Interface
from bunri.platform.vision.vocabulary.model import OnnxVocabulary
from bunri.platform.vision.vocabulary.picture import prepared
from bunri.platform.vision.vocabulary.preparing import take_apart
from bunri.platform.vision.vocabulary.protocol import OpenVocabulary
from bunri.platform.vision.vocabulary.words import Words

PARITY = Path(__file__).parent / "parity"
SIDE = 32
REAL_SIDE = 224
EVERY = 509
SENTENCES = (
    "a photo of a clear plastic bottle.",
    "A Photo of an EMPTY drink can, crushed.",
    "투명 페트병 사진",
    "깨진 유리 조각 사진",
    "café: 100 % naïve — “quoted”",
    "a photo of " + "a very long sentence about waste " * 20,
)


class Made(NamedTuple):
    folder: Path
    interface: Interface
    expected: Any

    @property
    def pictures(self) -> list[Any]:
        """BGR, as bunri's photos are."""
        return [self.expected[f"picture_{number}"][:, :, ::-1] for number in range(3)]


@pytest.fixture(params=["siglip", "clip", "both"])
def made(request: pytest.FixtureRequest, tmp_path: Path) -> Made:
    folder = shutil.copytree(PARITY / request.param, tmp_path / "model")
    if request.param == "both":
        take_apart(folder / "both.onnx", folder, "tiny")
    interface: Interface = "siglip" if request.param == "siglip" else "clip"
    return Made(folder, interface, np.load(folder / "expected.npz"))


def test_pictures_are_prepared_alike(made: Made) -> None:
    found = prepared(made.pictures, made.interface, SIDE)
    np.testing.assert_allclose(found, made.expected["pixels"], atol=1e-5)
    real = prepared(made.pictures, made.interface, REAL_SIDE)
    np.testing.assert_allclose(real.reshape(3, -1)[:, ::EVERY], made.expected["real_pixels"], atol=1e-5)


def test_sentences_become_the_same_tokens(made: Made) -> None:
    ids, mask = Words(made.folder / "tokenizer.json", made.interface, "tiny").numbers(SENTENCES)
    np.testing.assert_array_equal(ids, made.expected["tokens"])
    assert mask.shape == ids.shape
    assert mask[-1].all()
    assert not mask[0].all()


def test_embeddings_are_the_same(made: Made) -> None:
    model: OpenVocabulary = OnnxVocabulary(made.folder, "tiny", made.interface, SIDE)
    np.testing.assert_allclose(model.embed_pictures(made.pictures), made.expected["images"], atol=1e-5)
    np.testing.assert_allclose(model.embed_texts(SENTENCES), made.expected["texts"], atol=1e-5)


def test_what_is_embedded_alone_is_embedded_alike(made: Made) -> None:
    model = OnnxVocabulary(made.folder, "tiny", made.interface, SIDE)
    alone = np.concatenate([model.embed_pictures([picture]) for picture in made.pictures])
    np.testing.assert_allclose(alone, made.expected["images"], atol=1e-5)
    assert np.ptp(alone, axis=0).max() > 0.05  # or any picture would do
