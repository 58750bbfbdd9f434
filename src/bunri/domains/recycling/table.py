"""The rule table, ready to be asked. Its version is a hash of its content."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from bunri.domains.recycling.checks import check
from bunri.domains.recycling.files import shipped
from bunri.domains.recycling.rows import (
    Category,
    Condition,
    Document,
    Item,
    Override,
    Region,
    Source,
    parse,
    spellings,
)
from bunri.domains.recycling.words import Term, keystrokes, term
from bunri.kit.materials import Material

NOT_WASTE: Final = "not_waste"
"""The category of what nobody throws away: a person, a bus."""


@dataclass(frozen=True, slots=True)
class RuleTable:
    """Everything the rules know, by slug. Orders are the files': the first of equals wins."""

    version: str
    document: Document = field(repr=False)
    sources: Mapping[str, Source]
    categories: Mapping[str, Category]
    conditions: tuple[Condition, ...]
    items: Mapping[str, Item]
    regions: Mapping[str, Region]
    overrides: tuple[Override, ...]
    classes: Mapping[str, Mapping[str, float]]
    defaults: Mapping[Material, str]
    terms: tuple[Term, ...]
    places: Mapping[str, str]
    """Keystrokes of a region's slug and names → its slug."""

    def region(self, named: str | None) -> Region | None:
        """The region that somebody named in any of its spellings, or None."""
        slug = self.places.get(keystrokes(named)) if named else None
        return self.regions[slug] if slug else None

    def surroundings(self, region: Region | None) -> tuple[Region, ...]:
        """The region and all that it lies within, nearest first."""
        chain: list[Region] = []
        while region:
            chain.append(region)
            region = self.regions[region.within] if region.within else None
        return tuple(chain)


def load_table() -> RuleTable:
    """The table that this release brings with it, checked. Raises BadRules."""
    document = shipped()
    check(document)
    return build(document)


def build(document: Document) -> RuleTable:
    """The table that ``document`` describes. Raises BadRules for whatever cannot be parsed."""
    rows = parse(document)
    return RuleTable(
        version=version_of(document),
        document=document,
        sources=_by_slug(rows.source),
        categories=_by_slug(rows.category),
        conditions=rows.condition,
        items=_by_slug(rows.item),
        regions=_by_slug(rows.region),
        overrides=rows.override,
        classes=MappingProxyType({row.slug: MappingProxyType(row.items) for row in rows.class_}),
        defaults=MappingProxyType({row.slug: row.item for row in rows.material}),
        terms=tuple(term(item.slug, name) for item in rows.item for name in item.names()),
        places=MappingProxyType(
            {keystrokes(name): region.slug for region in rows.region for name in spellings(region)}
        ),
    )


def version_of(document: Document) -> str:
    """The table's version: the first 16 hex digits of the SHA-256 of its canonical JSON."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _by_slug(rows: Sequence[Any]) -> Mapping[str, Any]:
    return MappingProxyType({row.slug: row for row in rows})
