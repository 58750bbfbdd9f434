"""What people type when they ask for a thing to throw away, with the items of the table that are right."""

import csv
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Typed:
    """Words in a language; ``items`` is empty where no row of the table is about the thing."""

    language: str
    words: str
    items: frozenset[str]


def typed(name: str) -> list[Typed]:
    """The list ``name`` of the folder ``typed``."""
    with (Path(__file__).parent / "typed" / name).open(encoding="utf-8", newline="") as file:
        return [
            Typed(row["language"], row["words"], frozenset(row["items"].split("|")) - {"-"})
            for row in csv.DictReader(file, delimiter="\t")
        ]
