"""The rule table as it ships: TOML files beside this module, for people to review."""

import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from bunri.domains.recycling.rows import KINDS, Document


def shipped() -> Document:
    """The document that this release brings with it."""
    return read(resources.files("bunri.domains.recycling") / "data")


def read(folder: Traversable) -> Document:
    """All TOML files of ``folder`` and its subfolders, by name, as one document."""
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
    """``[[item]]`` is a list already; the short tables ``[step]``, ``[class]`` and ``[material]`` are keyed by slug."""
    if isinstance(rows, list):
        yield from rows
    else:
        for slug, value in rows.items():
            yield {"slug": slug, **(value if kind == "step" else {_SHORT[kind]: value})}


_SHORT = {"class": "items", "material": "item"}


def _plain(value: Any) -> Any:
    """TOML's dates as JSON writes them, so that a row is the same before and after the database."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
