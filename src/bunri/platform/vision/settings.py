"""What an operator may set about vision models: ``BUNRI_VISION__*``."""

import os
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from bunri.platform.vision.cores import cores


def _from_environment() -> Path | None:
    folder = os.environ.get("BUNRI_MODELS_DIR")
    return Path(folder) if folder else None


NAME: Final = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
"""What a model may be called: a file name without its ending, never a path."""
_MOST_THREADS: Final = 64


class VisionSettings(BaseModel):
    model_config = ConfigDict(frozen=True)

    detector: str = Field("yolox_nano", description="A name of the registry, or of an .onnx file in a models folder.")
    models_dir: Path | None = Field(
        default_factory=_from_environment,
        description="A second folder of weights, only read; BUNRI_MODELS_DIR for short. The first is <data>/models.",
    )
    open_vocabulary: str = Field(
        "auto",
        pattern=rf"^{NAME}$",
        description="The image–text model that names rows: auto (by the machine's memory), off, or a name.",
    )
    open_vocabulary_url: str = Field(
        "https://huggingface.co", description="The hub that it is fetched from, or a mirror with the same paths."
    )
    open_vocabulary_sha256: dict[str, str] = Field(
        default_factory=dict,
        description="SHA-256 of its files by part (vision, text, both, tokenizer), instead of the registry's.",
    )
    fetch: bool = Field(True, description="Fetch weights that are missing; their licence is shown first.")
    confidence: float | None = Field(None, ge=0, le=1, description="Least score; unset: the model's own.")
    iou: float | None = Field(None, ge=0, le=1, description="Overlap above which two boxes are one; unset: 0.45.")
    workers: int = Field(1, ge=1, le=64, description="Photos analysed at the same time in one process.")
    threads: int | None = Field(
        None,
        ge=1,
        le=64,
        description="Threads for one photo; unset: the cores that we may use, shared by the workers.",
    )
    provider: str = Field(
        "CPUExecutionProvider", description="An execution provider of the installed ONNX Runtime; no other stands in."
    )

    @property
    def threads_each(self) -> int:
        """Threads for one photo.

        Workers that each took every core would wait for each other: a network's layers are as slow as the slowest of
        their threads. And threads without a core of their own, beyond a container's quota, stop everybody until the
        next period. So the cores are shared, and each photo has at least one thread.
        """
        return self.threads or max(1, min(_MOST_THREADS, cores() // self.workers))

    def detector_file(self, data: Path) -> Path | None:
        """The weights of the detector on this machine; None: they are not here. Loads nothing."""
        files = (folder / f"{self.detector}.onnx" for folder in (data / "models", self.models_dir) if folder)
        return next((file for file in files if file.is_file()), None)
