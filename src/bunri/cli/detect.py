"""``bunri detect``: which of a detector's classes are where in a photo."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import cv2
import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bunri.app.settings import Settings
from bunri.cli.models import errors_told, fetch_missing, open_store, tell
from bunri.cli.options import Data, Lang
from bunri.cli.photos import each_photo, read_photo
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.kit.sentences import sentence
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import Photo, open_photo
from bunri.platform.vision import coco
from bunri.platform.vision.draw import annotate
from bunri.platform.vision.onnx import OnnxDetector
from bunri.platform.vision.protocol import Detection


@dataclass(frozen=True, slots=True)
class Finding:
    """What one photo showed, and how long reading and looking took."""

    photo: Photo
    detections: Sequence[Detection]
    seconds: float


def detect(
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTO…", help="JPEG, PNG, WebP or HEIC, or a folder of them.")
    ],
    model: Annotated[str | None, typer.Option(help="A name from `bunri models list`.")] = None,
    confidence: Annotated[float | None, typer.Option(min=0, max=1, help="Least score.")] = None,
    iou: Annotated[float | None, typer.Option(min=0, max=1, help="Overlap above which two boxes are one.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line.")] = False,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for annotated copies.")] = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Find objects in photos. Ends with 0 when every photo was read, with 1 otherwise."""
    settings = Settings()
    with errors_told(lang):
        detector = _open(settings, model or settings.vision.detector, data, lang)
    failed = False
    for number, path in enumerate(each_photo(photos), start=1):
        try:
            finding = _look(detector, path, confidence, iou)
        except BunriError as error:
            failed = True
            _tell_failure(path, error, lang, as_json)
            continue
        _tell(path, finding, detector, lang, as_json)
        if out is not None:
            _draw(out / f"{path.stem}-{number}.jpg", finding, lang)
    raise typer.Exit(1 if failed else 0)


def _open(settings: Settings, name: str, data: Path | None, lang: Language) -> OnnxDetector:
    store = open_store(settings, data)
    fetch_missing(store, name, lang, allowed=settings.vision.fetch)
    return store.open(name, settings.vision)


def _look(detector: OnnxDetector, path: Path, confidence: float | None, iou: float | None) -> Finding:
    started = time.perf_counter()
    limits = PhotoLimits()
    photo = open_photo(read_photo(path, limits.max_bytes + 1), limits)
    detections = detector.detect(photo.pixels, confidence=confidence, iou=iou)
    return Finding(photo, detections, time.perf_counter() - started)


def _tell(path: Path, finding: Finding, detector: OnnxDetector, lang: Language, as_json: bool) -> None:
    width, height = finding.photo.header.upright
    found = [_described(detection, width, height, lang) for detection in finding.detections]
    if as_json:
        seconds = round(finding.seconds, 4)
        _print_json(file=str(path), model=detector.name, seconds=seconds, width=width, height=height, detections=found)
        return
    took = text("vision.cli.took", lang, model=detector.name, milliseconds=round(finding.seconds * 1000))
    table = Table(
        *(text(f"vision.cli.{column}", lang) for column in ("what", "score", "box")),
        title=escape(str(path)), caption=took, title_justify="left", caption_justify="left",
    )  # fmt: skip
    for each in found:
        table.add_row(each["name"], f"{each['score']:.0%}", ", ".join(f"{side:.0f}" for side in each["box"]))
    Console().print(table if found else f"{escape(str(path))}: {text('vision.cli.nothing', lang)}")


def _described(detection: Detection, width: int, height: int, lang: Language) -> dict[str, Any]:
    """Box in pixels of the whole upright photo, however small it was decoded."""
    return {
        "label": detection.label,
        "name": coco.name(detection.label, lang),
        "score": round(detection.score, 4),
        "box": [round(side * length, 1) for side, length in zip(detection.box, (width, height) * 2, strict=True)],
    }


def _tell_failure(path: Path, error: BunriError, lang: Language, as_json: bool) -> None:
    if as_json:
        _print_json(file=str(path), error={"code": error.code, "message": sentence(error, lang)})
    else:
        tell(error, lang, about=str(path))


def _print_json(**document: object) -> None:
    typer.echo(orjson.dumps(document).decode())


def _draw(path: Path, finding: Finding, lang: Language) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn = annotate(finding.photo.pixels, finding.detections, lang)
    path.write_bytes(cv2.imencode(".jpg", drawn, [cv2.IMWRITE_JPEG_QUALITY, 90])[1].tobytes())
