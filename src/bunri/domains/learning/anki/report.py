"""What of a file could not be kept, counted by its kind, with a few examples."""

from dataclasses import dataclass, field
from typing import Any, Final

EXAMPLES: Final = 5
LONGEST: Final = 60
LOST: Final = (
    "beside_typed",
    "card_broken",
    "deck_full",
    "embedded",
    "empty",
    "formula",
    "image_occlusion",
    "long_log",
    "no_template",
    "note_type",
    "picture_broken",
    "picture_elsewhere",
    "picture_inside",
    "picture_missing",
    "pictures_full",
    "row_short",
    "script",
    "sound",
    "too_long",
)
"""The kinds. Each has its sentence in the catalogues (``learning.left_out``)."""


@dataclass(slots=True)
class Report:
    counts: dict[str, int] = field(default_factory=dict)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, example: str = "", count: int = 1) -> None:
        self.counts[kind] = self.counts.get(kind, 0) + count
        shown = self.examples.setdefault(kind, [])
        example = " ".join(example.replace("\x00", "").split())[:LONGEST]
        if example and example not in shown and len(shown) < EXAMPLES:
            shown.append(example)

    def document(self) -> dict[str, Any]:
        return {
            kind: {"count": count, "examples": self.examples.get(kind, [])}
            for kind, count in sorted(self.counts.items())
        }

    def merge(self, document: dict[str, Any]) -> None:
        """Adds what ``document`` of another one says; kinds that there are not are left out."""
        for kind, found in document.items():
            if kind in LOST:
                self.add(kind, count=int(found["count"]))
                for example in list(found["examples"])[:EXAMPLES]:
                    self.add(kind, str(example), count=0)
