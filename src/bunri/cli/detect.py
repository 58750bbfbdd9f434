"""``bunri detect``: which of a detector's classes are where in a photo."""

import time
from contextlib import closing
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bunri.app.settings import Settings
from bunri.cli.models import errors_printed, fetch_missing, open_store, print_error
from bunri.cli.options import Data, Lang
from bunri.cli.photos import each_photo, read_photo, shown
from bunri.domains.detection.classes import chosen
from bunri.domains.detection.inference import detect_objects
from bunri.domains.detection.public import DetectionOptions, ImageDetections
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.kit.sentences import sentence
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.vision.onnx import OnnxDetector


def detect(
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTO…", help="JPEG, PNG, WebP or HEIC, or a folder of them.")
    ],
    model: Annotated[str | None, typer.Option(help="A name from `bunri models list`.")] = None,
    confidence: Annotated[float | None, typer.Option(min=0, max=1, help="Least score.")] = None,
    iou: Annotated[float | None, typer.Option(min=0, max=1, help="Overlap above which two boxes are one.")] = None,
    classes: Annotated[str | None, typer.Option(help="Only these, by commas: names in Korean or English.")] = None,
    most: Annotated[int, typer.Option("--max", min=1, max=1000, help="The best so many of a photo.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line.")] = False,
    out: Annotated[Path | None, typer.Option(file_okay=False, help="Folder for annotated copies.")] = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Find objects in photos. Ends with 0 when every photo was read, with 1 otherwise."""
    settings = Settings()
    options = DetectionOptions(
        confidence=confidence, iou=iou, classes=classes, max_detections=most, annotate=out is not None
    )
    with errors_printed(lang):
        detector = _open(settings, model or settings.vision.detector, data, lang)
        chosen(classes or "", detector.classes, detector.name)  # an unknown class is reported once, not for each photo
    failed = False
    with closing(DecoderPool(settings.decoders)) as decoders:
        for number, path in enumerate(each_photo(photos), start=1):
            try:
                found = _detect(detector, decoders, path, options, lang)
            except BunriError as error:
                failed = True
                _print_failure(path, error, lang, as_json)
                continue
            _print(path, found, detector.name, lang, as_json)
            if out is not None and found.annotated:
                out.mkdir(parents=True, exist_ok=True)
                (out / f"{path.stem}-{number}.jpg").write_bytes(found.annotated)
    raise typer.Exit(1 if failed else 0)


def _open(settings: Settings, name: str, data: Path | None, lang: Language) -> OnnxDetector:
    store = open_store(settings, data)
    fetch_missing(store, name, lang, allowed=settings.vision.fetch)
    return store.open(name, settings.vision)


def _detect(
    detector: OnnxDetector, decoders: DecoderPool, path: Path, options: DetectionOptions, lang: Language
) -> ImageDetections:
    limits = PhotoLimits()
    data = read_photo(path, limits.max_bytes + 1)
    started = time.perf_counter()
    photo = decoders.picture(data, limits).result()
    decode_ms = round((time.perf_counter() - started) * 1e3, 1)
    return detect_objects(photo, decode_ms, detector, options, lang)


def _print(path: Path, found: ImageDetections, model: str, lang: Language, as_json: bool) -> None:
    if as_json:
        _print_json(file=shown(path), model=model, **found.model_dump(exclude={"file", "annotated"}))
        return
    milliseconds = round(found.timings.decode_ms + found.timings.detect_ms)
    table = Table(
        *(text(f"vision.cli.{column}", lang) for column in ("what", "score", "box")),
        title=escape(shown(path)), caption=text("vision.cli.took", lang, model=model, milliseconds=milliseconds),
        title_justify="left", caption_justify="left",
    )  # fmt: skip
    for each in found.detections:
        table.add_row(each.name, f"{each.score:.0%}", ", ".join(f"{side:.0f}" for side in each.box))
    Console().print(table if found.detections else f"{escape(shown(path))}: {text('vision.cli.nothing', lang)}")


def _print_failure(path: Path, error: BunriError, lang: Language, as_json: bool) -> None:
    if as_json:
        _print_json(file=shown(path), error={"code": error.code, "message": sentence(error, lang)})
    else:
        print_error(error, lang, about=shown(path))


def _print_json(**document: object) -> None:
    typer.echo(orjson.dumps(document).decode())
