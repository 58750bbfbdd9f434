"""The labelled pictures: their targets, licences and side of the split.

Groups, not pictures, are split: near-duplicates, views of one product, crops of one photo and runs of one camera
stay together.
"""

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bunri.platform.vision.material import MATERIALS

Side = Literal["train", "tune", "test"]
"""``tune``: for choosing the epoch and calibrating. ``test``: for reporting alone."""

MISLABELLED = {"glass115", "metal91", "glass176", "plastic152", "glass389", "plastic332"}
"""TrashNet has each of these pictures under two labels."""

FOOD_IN_TRASH = {"trash7", "trash26", "trash101"}
"""Apple cores and the like, seen by eye."""

TRASHNET = {
    "glass": "glass",
    "metal": "metal",
    "paper": "paper",
    "cardboard": "cardboard",
    "plastic": "plastic",
    "trash": "other",
}

TACO: dict[str, dict[str, float]] = {
    "glass": {"glass": 1}, "metal": {"metal": 1}, "paper": {"paper": 1}, "cardboard": {"cardboard": 1},
    "plastic": {"plastic": 1}, "food": {"food": 1}, "shoe": {"textile": 1},
    # Materials between the classes get a mixed target.
    "film": {"plastic": 0.5, "other": 0.5}, "styrofoam": {"other": 0.6, "plastic": 0.4},
    "paper_cup": {"paper": 0.6, "other": 0.4}, "tissue": {"other": 0.6, "paper": 0.4},
    "paper_or_cardboard": {"paper": 0.5, "cardboard": 0.5},
}  # fmt: skip

OWN: dict[str, dict[str, float]] = {
    "paper_pack": {"carton": 1}, "plastic": {"plastic": 1}, "trash": {"other": 1},
    "film": {"plastic": 0.5, "other": 0.5}, "pouch": {"plastic": 0.5, "other": 0.5},
    "paper_towel": {"other": 0.6, "paper": 0.4}, "envelope_padded": {"paper": 0.5, "other": 0.5},
}  # fmt: skip

PHONE = ("datacluster-bottles", "noman-bd", "bearlogic", "pushin-pill")
"""Sources of photos by phone, each of other homes, streets and cameras."""

WEB = {
    "aluminium": "metal", "carton": "carton", "glass": "glass", "organic-waste": "food", "other-plastics": "plastic",
    "paper-and-cardboard": "paper|cardboard", "plastic": "plastic", "textiles": "textile", "wood": "other",
}  # fmt: skip
"""For measuring only. Paper and cardboard are one class there, so either answer is right; wood has no class."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One picture. ``target`` are probabilities over MATERIALS; ``right`` the answers that count as right."""

    path: Path
    source: str
    side: Side
    target: tuple[float, ...]
    right: tuple[int, ...]

    @property
    def label(self) -> int:
        return int(np.argmax(self.target))


def training_samples(data: Path) -> list[Sample]:
    """All pictures whose licence allows training, sorted, so that seeds give the same choices everywhere."""
    more = data / "more-photos"
    found = [
        *_trashnet(data / "trashnet"),
        *_clothing(more / "clothing"),
        *_grocery(more / "grocery"),
        *_electronics(more / "electronics"),
        *_taco(more / "taco", licensed=True),
        *_own(more / "own"),
    ]
    return sorted(found, key=lambda sample: str(sample.path))


def phone_samples(data: Path) -> list[Sample]:
    """Photos by phone of PHONE, whose licences allow training, too. The material model saw none of them. Things of no
    class are other; loose tablets and blisters lie in folders called medicine."""
    found = []
    for source in PHONE:
        for path in sorted((data / "more-photos" / source).glob("*/*.jpg")):
            kind = path.parent.name
            found.append(_sample(path, source, "train", {kind if kind in MATERIALS else "other": 1}))
    return found


def taco_elsewhere(data: Path) -> list[Sample]:
    """Litter crops that may be measured but not trained on, without photos that training may have seen."""
    return list(_taco(data / "more-photos/taco", licensed=False))


def web_samples(data: Path) -> list[Sample]:
    """The development test: another source, other classes, no licence."""
    found = []
    for folder, names in WEB.items():
        right = tuple(MATERIALS.index(name) for name in names.split("|"))
        target = _target({MATERIALS[index]: 1 / len(right) for index in right})
        found += [
            Sample(path, "web", "test", target, right) for path in sorted((data / "waste-web" / folder).iterdir())
        ]
    return found


def shop_samples(data: Path) -> list[Sample]:
    """Bottles in shops, for measuring only: another source without a licence."""
    paths = sorted((data / "vn-store").glob("*/*.jpg"))
    return [_sample(path, "vn-store", "test", {path.parent.name: 1}) for path in paths if path.parent.name in MATERIALS]


def battery_samples(data: Path) -> list[Sample]:
    """Battery cells, for which the model has no class: every sure answer is wrong."""
    unknown = _target({name: 1 / len(MATERIALS) for name in MATERIALS})
    return [Sample(path, "battery", "test", unknown, ()) for path in sorted((data / "battery-eval").iterdir())]


def targets(samples: list[Sample]) -> NDArray[np.float32]:
    return np.array([sample.target for sample in samples], np.float32)


def _trashnet(folder: Path) -> Iterator[Sample]:
    side_of = _official_sides(folder)
    for name, material in TRASHNET.items():
        for path in sorted((folder / name).glob("*.jpg")):
            if path.stem not in MISLABELLED:
                chosen = "food" if path.stem in FOOD_IN_TRASH else material
                yield _sample(path, "trashnet", side_of.get(path.name) or _side(path.name), {chosen: 1})


def _official_sides(folder: Path) -> dict[str, Side]:
    """TrashNet's own split; a pair of near-duplicates goes where its strictest member is."""
    sides: dict[str, Side] = {}
    for part, side in (("train", "train"), ("val", "tune"), ("test", "test")):
        listed = (folder / f"official-splits/one-indexed-files-notrash_{part}.txt").read_text().split()[::2]
        sides |= dict.fromkeys(listed, side)  # type: ignore[arg-type]
    strictness = ("train", "tune", "test")
    for group in json.loads((folder / "near-duplicate-groups.json").read_text()):
        names = [name.split("/")[-1] for name in group]
        strictest = max((sides.get(name, "train") for name in names), key=strictness.index)
        sides |= dict.fromkeys(names, strictest)
    return sides


def _clothing(folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.glob("*/*.jpg")):
        yield _sample(path, "clothing", _side(path.stem), {"textile": 1})


def _grocery(folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.glob("*/*.jpg")):
        product = re.sub(r"^(train|test|val)_|_\d+$", "", path.stem)
        material = "carton" if path.parent.name.startswith("carton") else "food"
        yield _sample(path, "grocery", _side(product), {material: 1})


def _electronics(folder: Path) -> Iterator[Sample]:
    """Runs of one camera stay together, and with them the turned and brightened copies."""
    for path in sorted(folder.glob("*/*.jpg")):
        number = re.match(r"\d+", path.stem)
        run = str(int(number.group()) // 15) if number else path.stem[:24]
        yield _sample(path, "electronics", _side(f"{path.parent.name}/{run}"), {"electronics": 1})


def _own(folder: Path) -> Iterator[Sample]:
    for path in sorted(folder.glob("*/*.jpg")):
        yield _sample(path, "own", "train", OWN[path.parent.name])


def _taco(folder: Path, *, licensed: bool) -> Iterator[Sample]:
    """Crops by licence. AquaTrash lost the batch of its photos, so equal photo numbers count as the same photo."""
    with (folder / "crops.csv").open(newline="") as table:
        rows = [row for row in csv.DictReader(table) if row["file"].split("/")[0] in TACO]
    trained = {_photo_number(row) for row in rows if _is_free(row)}
    for row in rows:
        path = folder / row["file"]
        if not path.exists() or _is_free(row) != licensed or (not licensed and _photo_number(row) in trained):
            continue
        side = _side(row["taco_image"]) if licensed else "test"
        yield _sample(path, "taco", side, TACO[_kind(row)])


def _kind(row: dict[str, str]) -> str:
    """The kind of a crop. AquaTrash labels cardboard as paper."""
    kind = row["file"].split("/")[0]
    return "paper_or_cardboard" if kind == "paper" and row["taco_category"] == "aquatrash:paper" else kind


def _is_free(row: dict[str, str]) -> bool:
    return row["licence"] == "CC BY 4.0 (default)"


def _photo_number(row: dict[str, str]) -> str:
    return re.search(r"\d{6}", row["taco_image"]).group()  # type: ignore[union-attr]


def _sample(path: Path, source: str, side: Side, shares: dict[str, float]) -> Sample:
    return Sample(path, source, side, _target(shares), tuple(MATERIALS.index(name) for name in shares))


def _target(shares: dict[str, float]) -> tuple[float, ...]:
    return tuple(float(shares.get(name, 0)) for name in MATERIALS)


def _side(group: str) -> Side:
    """The same side on every machine: 76 % train, 12 % tune, 12 % test."""
    share = int(sha256(group.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return "train" if share < 0.76 else "tune" if share < 0.88 else "test"
