"""What the shipped network remembers: features of training pictures, and of views that show none of the classes."""

from pathlib import Path

import numpy as np

from training.measure import Floats

AXES = 64
"""Of 1280: the main ones of the training pictures. Neighbours are as good on them, and they travel."""


def remember(path: Path, pictures: Floats, labels: list[int], nothings: Floats) -> None:
    """Write ``feature_bank.npz``: features of pictures with labels and of views without a thing, a byte a number."""
    mean = pictures.mean(0)
    _, _, axes = np.linalg.svd(pictures - mean, full_matrices=False)
    axes = axes[:AXES].T * np.sign(axes[:AXES].sum(1))
    points = (np.concatenate([pictures, nothings]) - mean) @ axes
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    kinds = [*labels, *[max(labels) + 1] * len(nothings)]
    np.savez_compressed(
        path,
        mean=mean.astype(np.float16),
        axes=axes.astype(np.float16),
        points=np.round(points * (127 / np.abs(points).max())).astype(np.int8),
        kinds=np.array(kinds, np.uint8),
    )
