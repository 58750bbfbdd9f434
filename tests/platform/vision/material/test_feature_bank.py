"""The k-nearest neighbours of each material."""

import numpy as np

from bunri.platform.vision.material.feature_bank import FeatureBank


class TestFeatureBank:
    def test_the_fifth_nearest_of_each_kind_counts(self) -> None:
        near, far = np.eye(2, dtype=np.float32)
        bank = FeatureBank(
            np.zeros(2, np.float32), np.eye(2, dtype=np.float32), [np.stack([near] * 4 + [far]), np.stack([near] * 5)]
        )
        np.testing.assert_allclose(bank.knn_similarity(np.array([[3, 0]], np.float32)), [[0, 1]], atol=1e-6)

    def test_features_in_the_very_middle_are_like_nothing(self) -> None:
        bank = FeatureBank(np.ones(2, np.float32), np.eye(2, dtype=np.float32), [np.ones((5, 2), np.float32)])
        np.testing.assert_array_equal(bank.knn_similarity(np.ones((1, 2), np.float32)), [[0]])
