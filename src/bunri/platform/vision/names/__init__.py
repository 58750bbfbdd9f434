"""The network that ships with bunri and names things: which of ImageNet's classes a picture shows.

A layer on its features judges the material as well, as a second opinion beside the material model.
"""

from bunri.platform.vision.names.material_layer import MaterialLayer
from bunri.platform.vision.names.namer import LABELS, ThingNamer

__all__ = ["LABELS", "MaterialLayer", "ThingNamer"]
