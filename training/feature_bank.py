"""Writes the feature bank of the material model: features of training pictures and of negatives."""

from pathlib import Path

import numpy as np

from training.measure import Floats

AXES = 64
"""Principal axes of the 1280 features that are kept: neighbours are found as well on them, in a smaller file."""


def write_feature_bank(path: Path, pictures: Floats, labels: list[int], negatives: Floats) -> None:
    """Writes ``path``: features of pictures with their labels, and of negatives, one byte for each number."""
    mean = pictures.mean(0)
    _, _, axes = np.linalg.svd(pictures - mean, full_matrices=False)
    axes = axes[:AXES].T * np.sign(axes[:AXES].sum(1))
    points = (np.concatenate([pictures, negatives]) - mean) @ axes
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    kinds = [*labels, *[max(labels) + 1] * len(negatives)]
    np.savez_compressed(
        path,
        mean=mean.astype(np.float16),
        axes=axes.astype(np.float16),
        points=np.round(points * (127 / np.abs(points).max())).astype(np.int8),
        kinds=np.array(kinds, np.uint8),
    )
