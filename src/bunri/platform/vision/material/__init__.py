"""The material model that ships with bunri: which of ten materials a crop shows, with calibrated probabilities."""

from bunri.platform.vision.material.calibration import Calibration
from bunri.platform.vision.material.classifier import MATERIALS, MaterialClassifier

__all__ = ["MATERIALS", "Calibration", "MaterialClassifier"]
