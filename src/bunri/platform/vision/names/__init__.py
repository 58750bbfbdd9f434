"""The network that ships with bunri and names things: which of ImageNet's classes a picture shows."""

from bunri.platform.vision.names.namer import LABELS, ThingNamer

__all__ = ["LABELS", "ThingNamer"]
