"""The rule table in memory, indexed by slug. Its version is a hash of its content."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Any

from bunri.domains.recycling.checks import check
from bunri.domains.recycling.files import shipped_document
from bunri.domains.recycling.rows import (
    CategoryRow,
    ConditionRow,
    Document,
    ItemRow,
    KindRow,
    OverrideRow,
    RegionRow,
    SourceRow,
    parse,
    spellings,
)
from bunri.domains.recycling.words import Term, Vocabulary, terms, vocabulary
from bunri.kit.keystrokes import keystrokes
from bunri.kit.materials import Material


@dataclass(frozen=True, slots=True)
class RuleTable:
    """All rows of the rules by slug, in the order of the files: of equal candidates the first wins."""

    version: str
    document: Document = field(repr=False)
    sources: Mapping[str, SourceRow]
    categories: Mapping[str, CategoryRow]
    conditions: tuple[ConditionRow, ...]
    items: Mapping[str, ItemRow]
    regions: Mapping[str, RegionRow]
    overrides: tuple[OverrideRow, ...]
    classes: Mapping[str, Mapping[str, float]]
    defaults: Mapping[Material, str]
    kinds: tuple[KindRow, ...]
    divisions: Mapping[Material, Mapping[str, float]]
    terms: tuple[Term, ...]
    vocabulary: Vocabulary
    region_slugs: Mapping[str, str]
    """Keystrokes of a region's slug and names → its slug."""

    def region(self, name: str | None) -> RegionRow | None:
        """The region of that slug or name, in any spelling, or None."""
        slug = self.region_slugs.get(keystrokes(name)) if name else None
        return self.regions[slug] if slug else None

    def near_regions(self, name: str) -> list[RegionRow]:
        """All regions, those first of which a name is typed most like ``name``."""
        wanted = keystrokes(name)
        likeness: dict[str, float] = {}
        for typed, slug in self.region_slugs.items():
            likeness[slug] = max(likeness.get(slug, 0.0), SequenceMatcher(None, typed, wanted).ratio())
        return [self.regions[slug] for slug in sorted(likeness, key=lambda slug: (-likeness[slug], slug))]

    def kind_item(self, kind: KindRow) -> ItemRow:
        """The item whose rule holds for ``kind``."""
        return self.items[kind.slug] if kind.slug in self.items else self.items[self.defaults[Material(kind.slug)]]

    def region_chain(self, region: RegionRow | None) -> tuple[RegionRow, ...]:
        """The region and all regions around it, smallest first."""
        chain: list[RegionRow] = []
        while region:
            chain.append(region)
            region = self.regions[region.within] if region.within else None
        return tuple(chain)


def load_table() -> RuleTable:
    """The rule table of this release, checked. Raises BadRules."""
    document = shipped_document()
    check(document)
    return build(document)


def build(document: Document) -> RuleTable:
    """The table of ``document``. Raises BadRules for rows that cannot be parsed."""
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
        kinds=rows.kind,
        divisions=MappingProxyType({row.slug: MappingProxyType(row.items) for row in rows.division}),
        terms=tuple(_terms(rows.item)),
        vocabulary=vocabulary({row.slug: row.words for row in rows.vocabulary}),
        region_slugs=MappingProxyType(
            {keystrokes(name): region.slug for region in rows.region for name in spellings(region)}
        ),
    )


def _terms(items: Sequence[ItemRow]) -> Iterator[Term]:
    """Every name, and the singular of each English plural unless it is a name itself: tablets are pills, a tablet is
    not."""
    names = [(item.slug, name) for item in items for name in item.names()]
    taken = {keystrokes(name) for _, name in names}
    for slug, name in names:
        written, *singular = terms(slug, name)
        yield written
        yield from (each for each in singular if each.keys not in taken)


def version_of(document: Document) -> str:
    """The table's version: the first 16 hex digits of the SHA-256 of its canonical JSON."""
    canonical = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]


def _by_slug(rows: Sequence[Any]) -> Mapping[str, Any]:
    return MappingProxyType({row.slug: row for row in rows})
