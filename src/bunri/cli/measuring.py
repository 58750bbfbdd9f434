"""``bunri models measure``: how often an image–text model is right on photos whose answer is known."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import numpy as np
import typer
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from bunri.app.settings import Settings
from bunri.cli.models import print_error
from bunri.cli.photos import SUFFIXES, read_photo, shown
from bunri.domains.recycling.files import shipped_document
from bunri.kit.errors import BunriError, Missing
from bunri.kit.languages import Language, text
from bunri.kit.materials import Material
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.vision.errors import ModelMissing, TooFewPictures
from bunri.platform.vision.vocabulary.measured import (
    LEAST_PHOTOS,
    MEASURED_FILE,
    Judged,
    Worth,
    bounds,
    fit,
    right_rows,
)
from bunri.platform.vision.vocabulary.namer import OpenedModel, read_ready
from bunri.platform.vision.vocabulary.place import Place
from bunri.platform.vision.vocabulary.state import write_json


class NothingLabelled(Missing):
    """A folder without labels.csv in which no folder is named after an item or a material. ``data``: ``folder``."""

    code = "nothing_labelled"


class Labelled(NamedTuple):
    """A photo and what it shows: the slug of an item, or a material."""

    photo: Path
    label: str


def measure_vocabulary(
    data: Path,
    settings: Settings,
    folder: Path,
    name: str | None,
    lang: Language,
    *,
    keep: bool,
    as_json: bool,
) -> None:
    """Prints how often the model is right by label, and what its scores are worth; keeps the latter beside the model.

    Raises ModelMissing, NothingLabelled, TooFewPictures, ModelBroken, VisionFailed.
    """
    place = Place(name, data / "models" / name) if name else Place.of(data, settings.vision)
    ready = read_ready(place.folder) if place else None
    if place is None or ready is None:
        raise ModelMissing(name=place.name if place else "open_vocabulary", folder=str(data / "models"))
    photos = labelled(folder)
    model = OpenedModel(place.folder, place.name, ready, settings.vision.threads_each, settings.vision.provider)
    with closing(DecoderPool(settings.decoders)) as decoders:
        seen, judged = judge(model, photos, decoders, lang)
    if len(seen) < LEAST_PHOTOS:
        raise TooFewPictures(found=len(seen), least=LEAST_PHOTOS)
    worth = fit(judged, ready.version)
    if keep:
        write_json(place.folder / MEASURED_FILE, worth.model_dump())
    ranks = judged.ranks()
    if as_json:
        typer.echo(json.dumps({"model": place.name, **worth.model_dump(), "labels": counts(seen, ranks)}))
    else:
        print_worth(place.name, worth, counts(seen, ranks), lang)


def labelled(folder: Path) -> list[Labelled]:
    """The photos of ``folder`` and what they show: by ``labels.csv`` of an export, else by the names of its folders.

    Raises NothingLabelled.
    """
    found = list(_exported(folder) if (folder / "labels.csv").is_file() else _sorted(folder))
    if not found:
        raise NothingLabelled(folder=str(folder))
    return found


def _exported(folder: Path) -> Iterator[Labelled]:
    """Of ``bunri waste export-labels``: pictures of one thing, whose item or at least material people said."""
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    of_picture: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        of_picture.setdefault(row["picture"], []).append(row)
    for picture, things in of_picture.items():
        label = things[0]["item"] or things[0]["material"]
        if len(things) == 1 and label:
            yield Labelled(folder / picture, label)


def _sorted(folder: Path) -> Iterator[Labelled]:
    known = {*accepted_rows(), *(material.value for material in Material)}
    for inner in sorted(path for path in folder.iterdir() if path.is_dir() and path.name in known):
        for photo in sorted(inner.rglob("*")):
            if photo.suffix.lower() in SUFFIXES:
                yield Labelled(photo, inner.name)


def accepted_rows() -> dict[str, set[str]]:
    """For each item and each material the rows that are a right answer."""
    accepted: dict[str, set[str]] = {}
    for item in shipped_document()["item"]:
        accepted[item["slug"]] = {item["slug"]}
    for item in shipped_document()["item"]:
        accepted.setdefault(item["material"], set()).add(item["slug"])
    return accepted


def judge(
    model: OpenedModel, photos: Sequence[Labelled], decoders: DecoderPool, lang: Language
) -> tuple[list[Labelled], Judged]:
    """The photos that could be read, and how near each is to each row. What cannot be read is named and left out, and
    so is what is of no row."""
    accepted, seen, limits = accepted_rows(), list[Labelled](), PhotoLimits()
    near, right = list[NDArray[np.float32]](), list[NDArray[np.bool_]]()
    for each in photos:
        rows = right_rows(model.rows.labels, accepted.get(each.label, set()))
        if not rows.any():
            continue
        try:
            pixels = decoders.picture(read_photo(each.photo, limits.max_bytes + 1), limits).result().pixels
        except BunriError as error:
            print_error(error, lang, shown(each.photo))
            continue
        seen.append(each)
        near.append(model.rows.similarities(model.model.embed_pictures([pixels]))[0])
        right.append(rows)
    width = len(model.rows.labels)
    return seen, Judged(np.asarray(near, np.float32).reshape(-1, width), np.asarray(right, np.bool_).reshape(-1, width))


def counts(seen: Sequence[Labelled], ranks: NDArray[np.int64]) -> dict[str, dict[str, int]]:
    """By label: photos, how often the first answer was right, and how often one of the first three."""
    found: dict[str, dict[str, int]] = {}
    for each, rank in zip(seen, ranks.tolist(), strict=True):
        count = found.setdefault(each.label, {"photos": 0, "right": 0, "in_three": 0})
        count["photos"] += 1
        count["right"] += rank == 0
        count["in_three"] += rank < 3  # three choices are offered
    return dict(sorted(found.items()))


def print_worth(name: str, worth: Worth, by_label: Mapping[str, Mapping[str, int]], lang: Language) -> None:
    table = Table(*(text(f"vision.vocabulary.{column}", lang) for column in ("label", "photos", "right", "in_three")))
    for label, count in by_label.items():
        of = count["photos"]
        table.add_row(label, str(of), _share(count["right"], of), _share(count["in_three"], of))
    table.add_row("", str(worth.photos), _share(worth.right, worth.photos), _share(worth.in_three, worth.photos))
    console = Console(highlight=False)
    console.print(table)
    percent = round(100 * worth.reliability)
    console.print(text("vision.vocabulary.worth", lang, name=name, percent=percent, scale=f"{worth.scale:g}"))


def _share(hits: int, of: int) -> str:
    low, high = bounds(hits, of)
    return f"{hits / of:.0%} ({low:.0%}–{high:.0%})"
