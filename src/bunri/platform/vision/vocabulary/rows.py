"""Sentences that were embedded once, and which of them a picture is near to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.vocabulary.protocol import Embeddings


@dataclass(frozen=True, slots=True)
class EmbeddedRows:
    """``embeddings``: one for each sentence; ``owners``: the index of its row in ``labels``."""

    labels: tuple[str, ...]
    owners: NDArray[np.int64]
    embeddings: Embeddings

    @classmethod
    def of(cls, rows: Mapping[str, Sequence[str]], embeddings: Embeddings) -> Self:
        """``embeddings`` are of all sentences of ``rows`` in their order."""
        owners = [number for number, sentences in enumerate(rows.values()) for _ in sentences]
        return cls(tuple(rows), np.asarray(owners, np.int64), embeddings)

    def save(self, file: Path) -> None:
        """In half precision, which moves a similarity by less than 0.001. Raises OSError."""
        with file.open("wb") as opened:
            halves = self.embeddings.astype(np.float16)
            np.savez(opened, labels=np.asarray(self.labels), owners=self.owners, embeddings=halves)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Raises OSError, and ValueError, KeyError or zipfile.BadZipFile for another file."""
        with np.load(file, allow_pickle=False) as found:
            embeddings = found["embeddings"].astype(np.float32)
            return cls(tuple(found["labels"].tolist()), found["owners"], embeddings)

    def similarities(self, pictures: Embeddings) -> NDArray[np.float32]:
        """How near each picture is to the nearest sentence of each row: pictures × rows, −1 to 1."""
        near = pictures @ self.embeddings.T
        starts = np.flatnonzero(np.diff(self.owners, prepend=-1))
        return np.asarray(np.maximum.reduceat(near, starts, axis=1), np.float32)


def shares(similarities: NDArray[np.float32], scale: float) -> NDArray[np.float64]:
    """The share of each row, by picture; together 1."""
    powers = np.exp((similarities - similarities.max(axis=1, keepdims=True)).astype(np.float64) * scale)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))
