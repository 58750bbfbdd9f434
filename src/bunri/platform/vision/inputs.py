"""What a graph takes: one picture, in the order and the type of numbers that it declares."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from bunri.platform.vision.errors import ModelBatchFixed, ModelInputsSeveral, ModelInputType, ModelLayout
from bunri.platform.vision.heads import Head
from bunri.platform.vision.protocol import Pixels

Feed = dict[str, NDArray[Any]]
"""A graph's inputs by their names."""
_TYPES: Final[dict[str, type[np.generic]]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(uint8)": np.uint8,
}
_SIZE_TYPES: Final[dict[str, type[np.generic]]] = {
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(float)": np.float32,
}
_MOST_BATCH: Final = 64
Declared = Sequence[int | str | None]


@dataclass(frozen=True, slots=True)
class PictureInput:
    """A graph's picture, and maybe the size for which it shall give its boxes.

    Bytes (``uint8``) are given as they are: then it is the graph that normalises them.
    """

    name: str
    shape: tuple[int | str | None, ...]
    dtype: type[np.generic]
    batch: int
    """Pictures at a time, all but the first blank."""
    channels_last: bool
    size_name: str | None = None
    size_dtype: type[np.generic] = np.int64

    @classmethod
    def of(cls, session: ort.InferenceSession, name: str) -> Self:
        """Raises the kind of ModelNotRecognised that says what is not as any of our heads wants it."""
        inputs = session.get_inputs()
        sizes = [each for each in inputs if len(each.shape) == 2 and each.shape[1] == 2 and each.type in _SIZE_TYPES]
        pictures = [each for each in inputs if each not in sizes]
        if len(pictures) != 1 or len(sizes) > 1:
            shown = ", ".join(f"{each.name} ({_shown(each.shape)})" for each in inputs)
            raise ModelInputsSeveral(name=name, inputs=shown or "0")
        picture, size = pictures[0], sizes[0] if sizes else None
        channels_last, batch = _order(picture.shape, name), picture.shape[0]
        if picture.type not in _TYPES:
            raise ModelInputType(name=name, type=picture.type)
        if isinstance(batch, int) and batch > _MOST_BATCH:
            raise ModelBatchFixed(name=name, batch=batch, shape=_shown(picture.shape))
        return cls(
            picture.name,
            tuple(picture.shape),
            _TYPES[picture.type],
            batch if isinstance(batch, int) and batch > 0 else 1,
            channels_last,
            size.name if size else None,
            _SIZE_TYPES[size.type] if size else np.int64,
        )

    @property
    def sides(self) -> tuple[int | None, int | None]:
        """Height and width that the graph demands; None where it takes any."""
        height, width = self.shape[1:3] if self.channels_last else self.shape[2:]
        return (height if isinstance(height, int) else None, width if isinstance(width, int) else None)

    @property
    def shown(self) -> str:
        """For people."""
        return _shown(self.shape)

    def feed(self, canvas: Pixels, head: Head) -> Feed:
        """A canvas as ``head`` wants its pixels: each channel normalised straight into its place."""
        blob = self._blank(*canvas.shape[:2])
        for channel in range(3):
            source = canvas[:, :, 2 - channel if head.rgb else channel]
            place = blob[0, :, :, channel] if self.channels_last else blob[0, channel]
            if self.dtype is np.uint8:
                place[:] = source
                continue
            np.subtract(source, np.float32(head.mean[channel]), out=place, casting="same_kind")
            place *= np.float32(1 / head.std[channel])
        return self._with_size(blob, *canvas.shape[:2])

    def blank(self, height: int, width: int) -> Feed:
        """Nothing but zeros."""
        return self._with_size(self._blank(height, width), height, width)

    def _blank(self, height: int, width: int) -> NDArray[Any]:
        shape = (height, width, 3) if self.channels_last else (3, height, width)
        return np.zeros((self.batch, *shape), self.dtype)

    def _with_size(self, blob: NDArray[Any], height: int, width: int) -> Feed:
        if self.size_name is None:
            return {self.name: blob}
        return {self.name: blob, self.size_name: np.array([[width, height]] * self.batch, self.size_dtype)}


def _order(shape: Declared, name: str) -> bool:
    """Whether the channels come last. Raises ModelLayout when there are not three of them."""
    if len(shape) == 4 and shape[1] == 3:
        return False
    if len(shape) == 4 and shape[3] == 3:
        return True
    if len(shape) != 4 or isinstance(shape[1], int):
        raise ModelLayout(name=name, shape=_shown(shape))
    return False


def _shown(shape: Declared) -> str:
    return " × ".join("?" if side is None else str(side) for side in shape)
