"""The names of a graph's classes: what its metadata say, what was said when it was added, or COCO's."""

import ast
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from bunri.platform.vision import coco

ADDED: Final = "bunri.classes"
"""The metadata key of names that were said when a model was added; it counts more than all others."""
_KEYS: Final = (ADDED, "names", "class_names", "classes", "labels", "id2label", "categories")
"""Ultralytics, then how others spell it."""
_MOST: Final = 100_000
"""Characters: more are no names."""


def named_classes(metadata: Mapping[str, str]) -> tuple[str, ...] | None:
    """The names that the metadata give in one of their spellings, in the order of their numbers; None without them."""
    for key in _KEYS:
        names = _read(metadata.get(key, "")[:_MOST])
        if names:
            return names
    return None


def class_names(count: int | None, named: Sequence[str] | None) -> tuple[str, ...] | None:
    """A name for each of ``count`` classes, or for those that are named; None when neither is known.

    DETRs count COCO's by their ids up to 90, some of which were never used, and may have a last class for nothing.
    """
    if count is None:
        return tuple(named) if named else None
    if count == coco.IDS and (named is None or tuple(named) == coco.CLASSES):
        return coco.BY_ID
    if named and len(named) >= count - 1:
        return (*named, *numbers(len(named), count))[:count]
    return coco.CLASSES if count == len(coco.CLASSES) else numbers(0, count)


def numbers(first: int, end: int) -> tuple[str, ...]:
    """What nameless classes are called."""
    return tuple(f"class {number}" for number in range(first, end))


def _read(written: str) -> tuple[str, ...] | None:
    """``{0: 'can'}``, ``['can']``, the same as JSON (also ``{"can": 0}``), or one name a line or between commas."""
    if written == coco.NAME:
        return coco.CLASSES
    read = _parsed(written)
    if isinstance(read, dict):
        read = _in_order(read)
    if isinstance(read, list | tuple) and read and all(isinstance(name, str | int | dict) for name in read):
        return tuple(str(name["name"] if isinstance(name, dict) and "name" in name else name) for name in read)
    if read is None and written[:1] not in tuple("[{(<_") and ("," in written or "\n" in written):
        parts = [part.strip() for part in written.split("\n" if "\n" in written else ",")]
        return tuple(part for part in parts if part) or None
    return None


def _parsed(written: str) -> Any:
    for parse in (ast.literal_eval, json.loads):
        try:
            return parse(written)
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            continue
    return None


def _in_order(names: Mapping[Any, Any]) -> list[Any] | None:
    """The values by their numbers, when these are 0, 1, 2 …; or the keys, when the values are."""
    for pairs in (list(names.items()), [(value, key) for key, value in names.items()]):
        try:
            found = {int(number): name for number, name in pairs}
        except (ValueError, TypeError):
            continue
        if sorted(found) == list(range(len(pairs))):
            return [found[number] for number in range(len(pairs))]
    return None
