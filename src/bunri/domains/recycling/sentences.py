"""What pictures of each item look like, in words: for models that compare pictures with sentences."""

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from bunri.domains.recycling.files import shipped_document
from bunri.domains.recycling.rows import Document
from bunri.kit.languages import LANGUAGES, Language

NOT_WASTE: Final = "not-waste"
"""The item that stands for pictures of nothing to throw away (people, floors): it means no waste."""
MOST: Final = 4
"""Sentences about one item in one language: each costs every picture a comparison, and the first start some seconds."""
_AROUND: Final[Mapping[Language, str]] = {"en": "a photo of {}.", "ko": "{} 사진"}
_SEVERAL: Final = (" or ", " and ", "/", "(", ",", "·")
"""In a name that means several things, or explains itself: its other names are better sentences."""

Described = Mapping[Language, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Sentences:
    """``version`` changes with any of them."""

    rows: Mapping[str, Described]
    """By item; pictures of nothing are described as NOT_WASTE."""
    version: str


def load_sentences() -> Sentences:
    """Those of this release. Raises KeyError for an item that the rule table does not have."""
    file = resources.files("bunri.domains.recycling") / "sentences.toml"
    return sentences_of(shipped_document(), tomllib.loads(file.read_text("utf-8")))


def sentences_of(document: Document, written: Mapping[str, Any]) -> Sentences:
    """Sentences of all items of a rule table: those ``written``, and such of their names for the others."""
    items = {item["slug"]: item for item in document["item"]}
    own = {slug: described for slug, described in written["rows"].items() if items[slug]}
    rows = {
        slug: {
            language: _around(own.get(slug, {}).get(language) or _names(item, language), language)
            for language in LANGUAGES
        }
        for slug, item in items.items()
        if slug not in written["without"]
    }
    rows[NOT_WASTE] = {language: _around(written["rejects"][language], language, most=None) for language in LANGUAGES}
    canonical = json.dumps(rows, ensure_ascii=False, sort_keys=True)
    return Sentences(rows, hashlib.sha256(canonical.encode()).hexdigest()[:16])


def _around(described: Sequence[str], language: Language, most: int | None = MOST) -> tuple[str, ...]:
    return tuple(_AROUND[language].format(words) for words in list(dict.fromkeys(described))[:most])


def _names(item: Mapping[str, Any], language: Language) -> list[str]:
    return list(_plain_names(item, language)) or [item["name"][language]]


def _plain_names(item: Mapping[str, Any], language: Language) -> Iterator[str]:
    for name in (item["name"][language], *item.get("also", {}).get(language, [])):
        if not any(mark in name for mark in _SEVERAL):
            yield name.lower()
