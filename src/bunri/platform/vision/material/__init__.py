"""The material model that ships with bunri: which of ten materials a crop shows, and how sure it is of that."""

from bunri.platform.vision.material.calibration import Calibration
from bunri.platform.vision.material.classifier import MATERIALS, MaterialClassifier

__all__ = ["MATERIALS", "Calibration", "MaterialClassifier"]
