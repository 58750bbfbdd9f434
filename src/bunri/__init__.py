"""bunri (분리): a photo of waste becomes advice, with its reason and the nearest bin."""

__version__ = "0.1.0"
