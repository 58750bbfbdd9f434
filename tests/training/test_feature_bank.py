"""The feature bank finds pictures by their own kind."""

from pathlib import Path

import numpy as np
from training.feature_bank import write_feature_bank

from bunri.platform.vision.material.feature_bank import FeatureBank

RNG = np.random.default_rng(7)


class TestWriteFeatureBank:
    def test_pictures_are_nearest_to_their_own_kind(self, tmp_path: Path) -> None:
        centres = 10 * np.eye(4, 80)
        kinds = np.repeat(np.arange(4), 30)
        features = (centres[kinds] + RNG.normal(0, 1, (120, 80))).astype(np.float32)
        write_feature_bank(tmp_path / "feature_bank.npz", features[:90], kinds[:90].tolist(), features[90:])
        found = FeatureBank.load(tmp_path / "feature_bank.npz").knn_similarity(features)
        assert found.shape == (120, 4)
        np.testing.assert_array_equal(found.argmax(1), kinds)
