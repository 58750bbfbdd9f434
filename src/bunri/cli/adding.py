"""``bunri models add``: what is said of a model that does not say it itself, and what of it is not used."""

from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import typer

from bunri.kit.languages import Language, text
from bunri.platform.photos.errors import UnreadableFile
from bunri.platform.vision import coco
from bunri.platform.vision.heads import HeadName
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.store import ModelStore


def add_model(store: ModelStore, path: Path, head: str | None, classes: str | None) -> Path:
    """Where it is now.

    Raises typer.BadParameter for a head that there is not, UnreadableFile, and what ``ModelStore.add`` raises.
    """
    if head is not None and head not in get_args(HeadName):
        raise typer.BadParameter(f"{head}: {', '.join(get_args(HeadName))}", param_hint="--head")
    told: HeadName | None = head  # type: ignore[assignment]  # it is one of them
    return store.add(path, head=told, classes=_names(classes) if classes else None)


def notes(added: OnnxDetector, lang: Language) -> Iterator[str]:
    """Sentences about what is left out or costs time."""
    if added.rest:
        yield text(f"vision.rest.{added.rest}", lang, name=added.name)
    if added.batch > 1:
        yield text("vision.rest.batch", lang, name=added.name, batch=added.batch)


def _names(classes: str) -> list[str]:
    """COCO-80, or the lines of a file."""
    if classes == coco.NAME:
        return list(coco.CLASSES)
    try:
        lines = Path(classes).read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(reason=f"{classes}: {error}") from error
    return [line.strip() for line in lines if line.strip()]
