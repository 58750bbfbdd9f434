"""How the material model is made: from a folder of pictures to the ONNX file in the package (docs/model-card.md)."""
