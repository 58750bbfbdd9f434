"""What is made once of a model's files: two graphs where one of both was published."""

from pathlib import Path
from typing import Final

from bunri.platform.vision.errors import ModelBroken

_HALVES: Final = {
    "vision": (["pixel_values"], ["image_embeds"]),
    "text": (["input_ids", "attention_mask"], ["text_embeds"]),
}


def take_apart(both: Path, folder: Path, name: str) -> None:
    """Writes ``vision.onnx`` and ``text.onnx`` into ``folder``, each half of the graph alone: looking at a photo then
    runs no text encoder. Raises ModelBroken when the graph has no such halves, OSError when it cannot be written."""
    import onnx
    from onnx.utils import Extractor

    try:
        model = onnx.load(both)
        extractor = Extractor(model)
        given = {each.name for each in model.graph.input}
        halves = {
            kind: extractor.extract_model([each for each in inputs if each in given], outputs)
            for kind, (inputs, outputs) in _HALVES.items()
        }
    except OSError:
        raise
    except Exception as error:  # protobuf's and onnx's errors share no base but Exception
        raise ModelBroken(name=name) from error
    for kind, half in halves.items():
        (folder / f"{kind}.onnx").write_bytes(half.SerializeToString())
