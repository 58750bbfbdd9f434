"""What the model is measured and calibrated on is what the classifier sees: the same views, the same answer."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bunri.platform.vision import material
from bunri.platform.vision.material import MaterialClassifier
from bunri.platform.vision.material.classifier import SIDE, tta_views
from bunri.platform.vision.material.feature_bank import FeatureBank
from training import measure


class TestLooks:
    def test_each_look_comes_with_its_mirror_image(self) -> None:
        shown = tta_views(np.random.default_rng(1).integers(0, 256, (90, 301, 3), np.uint8))
        assert shown.shape == (2, SIDE, SIDE, 3)
        np.testing.assert_array_equal(shown[0, :, ::-1], shown[1])

    def test_channels_are_red_first(self) -> None:
        blue = np.full((SIDE, SIDE, 3), (255, 0, 0), np.uint8)
        np.testing.assert_array_equal(tta_views(blue)[0, 0, 0], (0, 0, 255))

    def test_measuring_and_classifying_agree(self) -> None:
        picture = np.full((300, 400, 3), 120, np.uint8)
        cv2.circle(picture, (120, 140), 40, (40, 60, 200), -1)
        classifier = MaterialClassifier()
        shipped = Path(material.__file__).parent
        logits, features = measure.seen(shipped / "material.onnx", [picture])
        similarity = FeatureBank.load(shipped / "feature_bank.npz").knn_similarity(features)
        measured = classifier.calibration.probabilities(logits, similarity)[0]
        assert list(classifier.classify([picture])[0].values()) == pytest.approx(measured.tolist(), abs=1e-6)
