"""An image–text model that is two ONNX graphs and a tokenizer, run by ONNX Runtime."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from bunri.platform.vision.errors import ModelBroken, VisionFailed
from bunri.platform.vision.protocol import Pixels
from bunri.platform.vision.session import open_session
from bunri.platform.vision.vocabulary.cards import Interface
from bunri.platform.vision.vocabulary.picture import prepared
from bunri.platform.vision.vocabulary.protocol import Embeddings
from bunri.platform.vision.vocabulary.words import Words

_OUTPUTS: Final[dict[str, tuple[str, ...]]] = {
    "vision": ("image_embeds", "pooler_output"),
    "text": ("text_embeds", "pooler_output"),
}
"""What exports call an embedding: CLIP's after its projection, SigLIP's, which has none."""
_AT_ONCE: Final = 8
"""Sentences in one run: more take memory and no less time on a CPU."""


class OnnxVocabulary:
    """An ``OpenVocabulary`` (protocol.py) of ``vision.onnx``, ``text.onnx`` and ``tokenizer.json`` in a folder.

    Each graph is opened by its first use. The one for pictures alone takes a quarter of the memory of both, and the
    texts are embedded once (prepare.py): a process that looks at photos never opens them.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        interface: Interface,
        side: int,
        *,
        threads: int = 1,
        provider: str = "CPUExecutionProvider",
    ) -> None:
        self.name = name
        self._folder, self._interface, self._side = folder, interface, side
        self._threads, self._provider = threads, provider
        self._sessions: dict[str, ort.InferenceSession] = {}
        self._words: Words | None = None

    def embed_pictures(self, pictures: Sequence[Pixels]) -> Embeddings:
        if any(pixels.ndim != 3 or not pixels.size for pixels in pictures):
            raise VisionFailed(model=self.name)
        batch = prepared(pictures, self._interface, self._side)
        return self._embedded("vision", {"pixel_values": batch})

    def embed_texts(self, sentences: Sequence[str]) -> Embeddings:
        if self._words is None:
            self._words = Words(self._folder / "tokenizer.json", self._interface, self.name)
        ids, mask = self._words.numbers(sentences)
        parts = [
            self._embedded("text", {"input_ids": ids[at : at + _AT_ONCE], "attention_mask": mask[at : at + _AT_ONCE]})
            for at in range(0, len(sentences), _AT_ONCE)
        ]
        return np.concatenate(parts)

    def close(self) -> None:
        """Gives the memory back; the next use opens the graphs again. Runs that are going on end as they would."""
        self._sessions.clear()
        self._words = None

    def _embedded(self, kind: str, feed: dict[str, NDArray[Any]]) -> Embeddings:
        session = self._session(kind)
        wanted = {each.name for each in session.get_inputs()}
        output = _output(session, kind, self.name)
        try:
            (found,) = session.run([output], {name: value for name, value in feed.items() if name in wanted})
            rows = np.asarray(found, np.float32).reshape(len(next(iter(feed.values()))), -1)
        except Exception as error:  # the runtime's errors share no base but Exception
            raise VisionFailed(model=self.name) from error
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or not lengths.all():
            raise VisionFailed(model=self.name)
        return np.asarray(rows / lengths, np.float32)

    def _session(self, kind: str) -> ort.InferenceSession:
        """Two threads may open one twice at first, and keep one."""
        if kind not in self._sessions:
            file = self._folder / f"{kind}.onnx"
            if not file.is_file():
                raise ModelBroken(name=self.name)
            self._sessions[kind] = open_session(file, self.name, self._threads, self._provider)
        return self._sessions[kind]


def _output(session: ort.InferenceSession, kind: str, name: str) -> str:
    outputs = [each.name for each in session.get_outputs()]
    found = next((wanted for wanted in _OUTPUTS[kind] if wanted in outputs), None)
    if found is None:
        raise ModelBroken(name=name)
    return found
