"""TrashNet, and which of its photos show the same thing."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MATERIALS: Final = ("cardboard", "glass", "metal", "paper", "plastic", "trash")
SAME_BY_EYE: Final = (
    ("cardboard/cardboard72.jpg", "cardboard/cardboard386.jpg"),
    ("cardboard/cardboard15.jpg", "cardboard/cardboard361.jpg"),
    ("metal/metal11.jpg", "metal/metal221.jpg"),
    ("paper/paper89.jpg", "paper/paper474.jpg"),
)
"""Pairs that near-duplicate-groups.json misses, found by hand among the nearest pairs of different groups."""


@dataclass(frozen=True, slots=True)
class LabelledPhoto:
    """A photo labelled with its thing. ``name`` is its path in the data set; photos of one ``thing`` may match each
    other."""

    name: str
    path: Path
    thing: str

    @property
    def material(self) -> str:
        return self.name.partition("/")[0]


def trashnet(folder: Path) -> list[LabelledPhoto]:
    """Every photo of the set, sorted by name. Raises FileNotFoundError when it is not there."""
    groups = json.loads((folder / "near-duplicate-groups.json").read_text())
    things = things_of([*groups, *SAME_BY_EYE])
    names = sorted(
        f"{path.parent.name}/{path.name}" for material in MATERIALS for path in (folder / material).glob("*")
    )
    return [LabelledPhoto(name, folder / name, things.get(name, name)) for name in names]


def things_of(groups: list[list[str] | tuple[str, ...]]) -> dict[str, str]:
    """Photo → the name of its thing; groups that share a photo show one thing."""
    things: dict[str, str] = {}
    for group in groups:
        joined = {things.get(name, name) for name in group}
        first = min(joined)
        things |= {name: first for name, thing in things.items() if thing in joined}
        things |= dict.fromkeys(group, first)
    return things
