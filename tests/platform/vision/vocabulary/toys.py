"""The toy model that knows coloured shapes (training/toy_vocabulary.py): its card, its files and its sentences."""

from hashlib import sha256
from pathlib import Path
from typing import Final

from tests.platform.vision.vocabulary.shapes import THINGS, sentences

from bunri.platform.vision.vocabulary.cards import VocabularyCard
from bunri.platform.vision.vocabulary.store import Described

TOY: Final = Path(__file__).parent / "toy"
_FILES: Final = {"vision": "vision.onnx", "text": "text.onnx", "tokenizer": "tokenizer.json"}
TOY_HASHES: Final = {part: sha256((TOY / path).read_bytes()).hexdigest() for part, path in _FILES.items()}
CARD: Final = VocabularyCard.model_validate(
    {
        "interface": "clip",
        **{"repository": "toy", "revision": "1", "page": "https://example.org", "licence": "MIT"},
        **{"languages": ["en"], "side": 32, "scale": 20, "memory_mb": 0},
        "files": {part: {"path": path} for part, path in _FILES.items()},
    }
)
DESCRIBED: Final[Described] = {
    **{thing: {"en": sentences(thing)[:2]} for thing in THINGS},
    "not-waste": {"en": ["a photo of an empty floor.", "nothing on the floor"]},
}
