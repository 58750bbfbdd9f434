"""From the names that people use to a model's own labels."""

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from difflib import get_close_matches

from bunri.domains.detection.errors import ClassUnknown
from bunri.kit.languages import LANGUAGES
from bunri.platform.vision import coco


def chosen(wanted: str, labels: Sequence[str], model: str) -> frozenset[str]:
    """The labels among ``labels`` that ``wanted`` names, by commas, in any of our languages.

    Raises ClassUnknown for the first name that means none of them.
    """
    known = _by_name(labels)
    found: set[str] = set()
    for name in filter(None, (part.strip() for part in wanted.split(","))):
        if _folded(name) not in known:
            near = get_close_matches(_folded(name), known, n=3, cutoff=0.5)
            raise ClassUnknown(name=name[:40], model=model, near=", ".join(near) or "–")
        found |= known[_folded(name)]
    return frozenset(found)


def _by_name(labels: Sequence[str]) -> dict[str, set[str]]:
    """Every name of every label; two labels may share one."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    for label in labels:
        for name in (label, *(coco.name(label, language) for language in LANGUAGES)):
            known[_folded(name)].add(label)
    return dict(known)


def _folded(name: str) -> str:
    """Alike for upper and lower case, for spaces, and for Hangul in parts, as some systems write it."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())
