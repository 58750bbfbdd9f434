"""Writes a folder of labelled pictures: ``images/``, and their labels as COCO, CSV and JSON lines.

Everything is first written below ``.unfinished`` and moved to its final path at the end, the label files last. An
interrupted export leaves its pictures there, and the next one reuses those that are still among the samples. Of the
samples only the names of their files are kept in memory.
"""

import csv
import errno
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol
from uuid import UUID

import orjson

from bunri import __version__
from bunri.domains.waste.records import TrainingSample
from bunri.kit.errors import Conflict, Unavailable
from bunri.kit.ids import parse_id
from bunri.kit.materials import Material


class Format(StrEnum):
    COCO = "coco"
    CSV = "csv"
    JSONL = "jsonl"


NAMES: Final[Mapping[Format, str]] = {
    Format.COCO: "annotations.json",
    Format.CSV: "labels.csv",
    Format.JSONL: "labels.jsonl",
}
UNFINISHED_FOLDER: Final = ".unfinished"
COLUMNS: Final = (
    "picture",
    "position",
    "kind",
    "box",
    "item",
    "material",
    "form",
    "tags",
    "seen",
    "models",
    "said_at",
)


class LabelsFolderNotEmpty(Conflict):
    """``folder`` is not empty."""

    code = "labels_folder_not_empty"


class LabelsUnwritable(Unavailable):
    """The folder cannot be written to, or the disk is full (``folder``, ``reason``)."""

    code = "labels_unwritable"
    retryable = False


class LabelsDiskFull(LabelsUnwritable):
    """No room left on the disk of ``folder``."""

    code = "labels_disk_full"


class LabelWriter(Protocol):
    def add(self, size: tuple[int, int], samples: Sequence[TrainingSample]) -> None:
        """A picture of ``size`` (width, height in pixels) and all its samples."""

    def close(self) -> None: ...


class LabelsFolder:
    """``with LabelsFolder(…)``: what was added is published when the block ends without an error.

    Every method raises LabelsUnwritable when the folder cannot be written to.
    """

    def __init__(self, folder: Path, formats: Sequence[Format], *, force: bool) -> None:
        self._folder, self._formats, self._force = folder, dict.fromkeys(formats), force
        self._draft = folder / UNFINISHED_FOLDER
        self._images, self._previous_images = self._draft / "images", self._draft / "earlier"
        self._writers: list[LabelWriter] = []

    def __enter__(self) -> "LabelsFolder":
        """Raises LabelsFolderNotEmpty; with ``force`` an earlier export is replaced, and other files stay."""
        with self._own_errors():
            self._folder.mkdir(parents=True, exist_ok=True)
            if not self._force and any(entry.name != UNFINISHED_FOLDER for entry in self._folder.iterdir()):
                raise LabelsFolderNotEmpty(folder=self._folder)
            for folder in (self._previous_images, self._images):
                folder.mkdir(parents=True, exist_ok=True)
            for path in self._images.iterdir():
                path.replace(self._previous_images / path.name)
            self._writers = [WRITERS[kind](self._draft / NAMES[kind]) for kind in self._formats]
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._own_errors():
            for writer in self._writers:
                writer.close()
            if kind is None:
                self._publish()

    def earlier(self, job_id: UUID) -> bytes | None:
        """A picture that an interrupted export has fetched already."""
        with self._own_errors():
            try:
                return (self._previous_images / _name(job_id)).read_bytes()
            except FileNotFoundError:
                return None

    def add(self, picture: bytes, size: tuple[int, int], samples: Sequence[TrainingSample]) -> None:
        """Adds a picture of ``size`` (width, height in pixels) and its samples, at least one."""
        name = _name(samples[0].job_id)
        with self._own_errors():
            (self._previous_images / name).unlink(missing_ok=True)
            coming = self._images / f"{name}.coming"
            coming.write_bytes(picture)
            coming.replace(self._images / name)
            for writer in self._writers:
                writer.add(size, samples)

    def _publish(self) -> None:
        """Moves the files to their final paths. Old labels are deleted first and new ones moved last, so that they
        are never beside pictures of another export."""
        images = self._folder / "images"
        for name in NAMES.values():
            (self._folder / name).unlink(missing_ok=True)
        images.mkdir(exist_ok=True)
        for path in images.iterdir():
            if path.suffix == ".webp" and parse_id(path.stem):
                path.unlink()
        for path in self._images.iterdir():
            path.replace(images / path.name)
        for kind in self._formats:
            (self._draft / NAMES[kind]).replace(self._folder / NAMES[kind])
        shutil.rmtree(self._draft)

    @contextmanager
    def _own_errors(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise LabelsDiskFull(folder=self._folder) from error
            raise LabelsUnwritable(folder=self._folder, reason=error.strerror or str(error)) from error


class JsonLinesWriter:
    """Writes each sample as a JSON object on a line."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb")

    def add(self, _: tuple[int, int], samples: Sequence[TrainingSample]) -> None:
        for sample in samples:
            self._file.write(orjson.dumps(row(sample), option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        self._file.close()


class CsvWriter:
    """Writes the same fields as CSV; lists and objects are JSON in their cell."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8", newline="")
        self._csv = csv.DictWriter(self._file, COLUMNS)
        self._csv.writeheader()

    def add(self, _: tuple[int, int], samples: Sequence[TrainingSample]) -> None:
        for sample in samples:
            cells = row(sample).items()
            self._csv.writerow({n: orjson.dumps(v).decode() if isinstance(v, list | dict) else v for n, v in cells})

    def close(self) -> None:
        self._file.close()


class CocoWriter:
    """Writes COCO object detection: categories are materials, boxes are pixels of the picture (x, y, width, height).

    An item without a box gets the whole picture as its box, and is marked by ``whole_picture``. Annotations are written
    to a file of their own until all images are written.
    """

    def __init__(self, path: Path) -> None:
        info = {"description": "What people said is in photos of waste", "version": __version__}
        head = {"info": info, "licenses": [], "categories": CATEGORIES}
        self._file = path.open("wb")
        self._annotations_path = path.with_suffix(".annotations")
        self._annotations_file = self._annotations_path.open("w+b")
        self._images = self._annotations = 0
        self._file.write(orjson.dumps(head)[:-1] + b',"images":[')

    def add(self, size: tuple[int, int], samples: Sequence[TrainingSample]) -> None:
        self._images += 1
        image = {"id": self._images, "width": size[0], "height": size[1], "file_name": picture_of(samples[0])}
        self._file.write((b",\n" if self._images > 1 else b"\n") + orjson.dumps(image))
        for sample in samples:
            self._annotations += 1
            annotation = {"id": self._annotations, "image_id": self._images, **_annotation(sample, size)}
            self._annotations_file.write((b",\n" if self._annotations > 1 else b"\n") + orjson.dumps(annotation))

    def close(self) -> None:
        with self._file, self._annotations_file:
            self._file.write(b'],"annotations":[')
            self._annotations_file.seek(0)
            shutil.copyfileobj(self._annotations_file, self._file)
            self._file.write(b"]}\n")
        self._annotations_path.unlink()


WRITERS: Final[Mapping[Format, type[CocoWriter | CsvWriter | JsonLinesWriter]]] = {
    Format.COCO: CocoWriter,
    Format.CSV: CsvWriter,
    Format.JSONL: JsonLinesWriter,
}
CATEGORIES: Final = [
    {"id": number, "name": material, "supercategory": "waste"} for number, material in enumerate(Material, 1)
]
_CATEGORY: Final = {material: number for number, material in enumerate(Material, 1)}


def row(sample: TrainingSample) -> dict[str, object]:
    """The fields of an sample; ``box`` in fractions of the picture."""
    own = {name: getattr(sample, name) for name in COLUMNS if name not in ("picture", "said_at")}
    found = {"picture": picture_of(sample), **own, "said_at": sample.created_at.isoformat()}
    return {name: found[name] for name in COLUMNS}


def picture_of(sample: TrainingSample) -> str:
    """The path of the sample's picture, relative to the export's folder."""
    return f"images/{_name(sample.job_id)}"


def _name(job_id: UUID) -> str:
    return f"{job_id}.webp"


def _annotation(sample: TrainingSample, size: tuple[int, int]) -> dict[str, object]:
    x1, y1, x2, y2 = sample.box or (0.0, 0.0, 1.0, 1.0)
    width, height = round((x2 - x1) * size[0], 2), round((y2 - y1) * size[1], 2)
    return {
        "category_id": _CATEGORY[Material(sample.material)],
        "bbox": [round(x1 * size[0], 2), round(y1 * size[1], 2), width, height],
        "area": round(width * height, 2),
        "iscrowd": 0,
        "whole_picture": sample.box is None,
        "item": sample.item,
        "tags": sample.tags,
        "kind": sample.kind,
    }
