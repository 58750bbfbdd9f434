"""Vision models: one protocol, with a local ONNX network or a remote model behind it.

Nothing is imported here, so that naming the protocol does not load ONNX Runtime.
"""
