"""Reads the rule table of this release from the TOML files in ``data/``."""

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from bunri.domains.recycling.rows import KINDS, Document


def shipped_document() -> Document:
    """The rule table in the package, as a document (rows.py)."""
    return read(resources.files("bunri.domains.recycling") / "data")


def read(folder: Traversable) -> Document:
    """All TOML files of ``folder`` and its subfolders, in the order of their names, as one document."""
    document: Document = {kind: [] for kind in KINDS}
    for file in _files(folder):
        for kind, rows in tomllib.loads(file.read_text("utf-8")).items():
            document.setdefault(kind, []).extend(_plain(row) for row in _rows(kind, rows))
    return document


def _files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry)
        elif entry.name.endswith(".toml"):
            yield entry


def _rows(kind: str, rows: Any) -> Iterator[dict[str, Any]]:
    """The rows of one kind. ``[[item]]`` is a list already; the short tables ``[step]``, ``[class]``, ``[material]``,
    ``[division]`` and ``[vocabulary]`` are keyed by slug."""
    if isinstance(rows, list):
        yield from rows
    else:
        for slug, value in rows.items():
            yield {"slug": slug, **(value if kind == "step" else {_SHORT[kind]: value})}


_SHORT = {"class": "items", "material": "item", "division": "items", "vocabulary": "words"}


def _plain(value: Any) -> Any:
    """``value`` with dates as ISO strings, so that a row is the same before and after it was stored as JSON."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
