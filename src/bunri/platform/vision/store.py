"""Weights on this machine: ``<data>/models`` first, then folders that are only read."""

import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bunri.platform.vision.class_names import ADDED
from bunri.platform.vision.download import Progress, download
from bunri.platform.vision.errors import ModelBroken, ModelMissing, ModelNotPublished, ModelNotWritten, ModelUnknown
from bunri.platform.vision.heads import HeadName
from bunri.platform.vision.onnx import HEAD, OnnxDetector
from bunri.platform.vision.registry import ModelCard, cards
from bunri.platform.vision.settings import NAME, VisionSettings


@dataclass(frozen=True, slots=True)
class Listed:
    """A model by name: its card when the registry has it, its file when it is here."""

    name: str
    card: ModelCard | None
    path: Path | None


class ModelStore:
    """Any ``NAME.onnx`` in a folder is a model called NAME; the registry adds what could be fetched."""

    def __init__(
        self, folder: Path, others: Sequence[Path] = (), registry: Mapping[str, ModelCard] | None = None
    ) -> None:
        self.folder = folder
        self._folders = (folder, *others)
        self._cards = cards() if registry is None else registry

    @classmethod
    def of(cls, data: Path, settings: VisionSettings) -> Self:
        """The store of a data directory."""
        return cls(data / "models", [settings.models_dir] if settings.models_dir else [])

    def list(self) -> list[Listed]:
        """All models that are here or could be fetched, by name."""
        here = {path.stem: path for folder in reversed(self._folders) for path in folder.glob("*.onnx")}
        names = sorted({name for name in here if re.fullmatch(NAME, name)} | set(self._cards))
        return [Listed(name, self._cards.get(name), here.get(name)) for name in names]

    def card(self, name: str) -> ModelCard | None:
        return self._cards.get(name)

    def find(self, name: str) -> Path:
        """The file of a model. Raises ModelUnknown for an unknown name, ModelMissing when it is not here."""
        if re.fullmatch(NAME, name):
            for folder in self._folders:
                if (path := folder / f"{name}.onnx").is_file():
                    return path
        if name in self._cards:
            raise ModelMissing(name=name, folder=str(self.folder))
        raise ModelUnknown(name=name, known=", ".join(listed.name for listed in self.list()))

    def open(self, name: str, settings: VisionSettings) -> OnnxDetector:
        """A detector, ready for use. Raises ModelUnknown, ModelMissing, ModelBroken, ModelNotRecognised."""
        path, card = self.find(name), self._cards.get(name)
        return OnnxDetector(
            path,
            name,
            threads=settings.threads_each,
            provider=settings.provider,
            confidence=card.confidence if settings.confidence is None and card else settings.confidence,
            iou=card.iou if settings.iou is None and card else settings.iou,
            head=card.head if card else None,
            classes=card.names if card else None,
        )

    def pull(self, name: str, progress: Progress, *, url: str | None = None) -> Path:
        """Fetch a model of the registry, from its makers or from a mirror at ``url``; an existing file is replaced.

        Raises ModelUnknown, ModelNotPublished, ModelDownloadFailed, ModelBroken, ModelNotRecognised.
        """
        card = self._cards.get(name)
        if card is None:
            raise ModelUnknown(name=name, known=", ".join(self._cards))
        source = url or card.url
        if source is None:
            raise ModelNotPublished(name=name, page=card.page)
        fetched = download(name, source, self.folder, progress=progress, sha256=card.sha256, max_bytes=card.bytes)
        return self._keep(fetched, name)

    def add(self, path: Path, *, head: HeadName | None = None, classes: Sequence[str] | None = None) -> Path:
        """Copy an ONNX file into the store under its own name, if it runs.

        ``head`` and ``classes`` are noted in the copy, for a graph that leaves them in doubt. Raises ModelNotWritten,
        ModelBroken, ModelNotRecognised.
        """
        name = path.stem
        if not re.fullmatch(NAME, name) or not path.is_file():
            raise ModelBroken(name=path.name)
        notes = {HEAD: head, ADDED: json.dumps(list(classes), ensure_ascii=False) if classes else None}
        said = {key: text for key, text in notes.items() if text}
        return self._made(name, lambda temporary: _copy(path, temporary, said))

    def write(self, name: str, content: bytes) -> Path:
        """Store a model that was made here; one of that name is replaced.

        Raises ModelNotWritten, ModelBroken, ModelNotRecognised.
        """
        return self._made(name, lambda temporary: temporary.write_bytes(content))

    def _made(self, name: str, fill: Callable[[Path], object]) -> Path:
        """A file that ``fill`` has written, in place; nothing when it failed."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".part", dir=self.folder)
            os.close(handle)
            try:
                fill(Path(temporary))
                return self._keep(Path(temporary), name)
            finally:
                Path(temporary).unlink(missing_ok=True)
        except OSError as error:
            reason = error.strerror or str(error)
            raise ModelNotWritten(name=name, folder=str(self.folder), reason=reason) from error

    def _keep(self, temporary: Path, name: str) -> Path:
        """Move a file into place in one step, if it is a model."""
        try:
            card = self._cards.get(name)
            OnnxDetector(temporary, name, head=card.head if card else None, classes=card.names if card else None)
            temporary.chmod(0o644)
            return temporary.replace(self.folder / f"{name}.onnx")
        finally:
            temporary.unlink(missing_ok=True)


def _copy(path: Path, to: Path, notes: Mapping[str, str]) -> None:
    """With ``notes`` among its metadata. Raises ModelBroken when that is no ONNX file."""
    if not notes:
        shutil.copyfile(path, to)
        return
    import onnx  # heavy, and only for who adds a model

    try:
        model = onnx.load(path)
    except OSError:
        raise
    except Exception as error:  # protobuf's errors differ by its implementation
        raise ModelBroken(name=path.stem) from error
    for entry in [entry for entry in model.metadata_props if entry.key in notes]:
        model.metadata_props.remove(entry)
    for key, text in notes.items():
        model.metadata_props.add(key=key, value=text)
    onnx.save(model, to)
