"""What every open-vocabulary model provides."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol, TypeAlias

from bunri.platform.vision.protocol import Pixels

if TYPE_CHECKING:  # as in vision.protocol: NumPy is loaded where models run
    import numpy as np
    from numpy.typing import NDArray

Embeddings: TypeAlias = "NDArray[np.float32]"
"""n × dimensions, each row of length 1: the product of two rows is the cosine of their angle, −1 to 1."""


class OpenVocabulary(Protocol):
    """Puts pictures and sentences into one space, in which a picture is near to sentences that tell what it shows.

    Thread-safe; slow: call it from a thread. Both methods raise ModelBroken for files that are not what they should be
    and VisionFailed when the runtime fails.
    """

    name: str

    def embed_pictures(self, pictures: Sequence[Pixels]) -> Embeddings:
        """One row for each upright BGR picture, of any size."""
        ...

    def embed_texts(self, sentences: Sequence[str]) -> Embeddings:
        """One row for each sentence; what is longer than the model reads is cut."""
        ...
