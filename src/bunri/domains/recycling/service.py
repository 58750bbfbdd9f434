"""Use cases of recycling. No transaction is open while a language model writes."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Final

from bunri.domains.recycling import schemas
from bunri.domains.recycling.advice import advice_of, disposal_of, parts_of, prompt_context
from bunri.domains.recycling.collection_days import DayRow, building_key
from bunri.domains.recycling.errors import RegionMissing, RuleItemMissing, RulesMissing
from bunri.domains.recycling.identifying import divisions, meanings, named_items
from bunri.domains.recycling.offline import PackedItems, PackedItemsCache
from bunri.domains.recycling.public import (
    Advice,
    CollectionDay,
    Collections,
    Disposal,
    Facts,
    Kind,
    Match,
    Meaning,
    RecyclingPublic,
    TableRule,
)
from bunri.domains.recycling.ranking import RuleDecision, decide, guess_categories
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.domains.recycling.rows import NOT_WASTE, UNKNOWN_ITEM, ItemRow, KindRow, RegionRow
from bunri.domains.recycling.table import RuleTable, build
from bunri.domains.recycling.writer import Writer, builtin
from bunri.kit.languages import Language
from bunri.kit.materials import Material, Tag

TABLE_TTL_S = 1.0
"""Seconds for which the table in memory is used before the database is asked whether another one is active."""
_LOOKED_AT: Final = 10
"""Items found by words among which the one that they name is sought, however few were asked for."""
_NEAR: Final = 4
"""Regions that are named where the one asked for does not exist."""


class RecyclingService:
    """Implements RecyclingPublic. A process has one: it keeps the active rule table in memory.

    Raises RulesMissing as long as no table was loaded.
    """

    def __init__(
        self, transaction: Callable[[], AbstractAsyncContextManager[RecyclingRepository]], writer: Writer
    ) -> None:
        self._transaction = transaction
        self._writer = writer
        self._table: RuleTable | None = None
        self._checked_at = 0.0
        self._packed = PackedItemsCache()

    async def table(self) -> RuleTable:
        """The active table. The database is asked for its version at most once in TABLE_TTL_S."""
        if self._table and time.monotonic() - self._checked_at < TABLE_TTL_S:
            return self._table
        async with self._transaction() as repository:
            return await self._active_table(repository)

    async def _active_table(self, repository: RecyclingRepository) -> RuleTable:
        version = await repository.active_version()
        if version is None:
            raise RulesMissing
        if self._table is None or self._table.version != version:
            self._table = build(await repository.get_document(version))
        self._checked_at = time.monotonic()
        return self._table

    async def version(self) -> str:
        return (await self.table()).version

    async def advise(self, facts: Sequence[Facts], language: Language, region: str | None) -> list[Advice]:
        table = await self.table()
        return list(await asyncio.gather(*(self._advise(table, each, language, region) for each in facts)))

    async def advise_at_once(
        self, facts: Sequence[Facts], language: Language, region: str | None
    ) -> list[Advice] | None:
        return await self.advise(facts, language, region) if self._writer.at_once else None

    async def _advise(self, table: RuleTable, facts: Facts, language: Language, region: str | None) -> Advice:
        decision = decide(table, facts, region)
        written = await self._writer.write(prompt_context(table, decision, facts, language))
        advice = advice_of(table, decision, written, language)
        return advice.model_copy(update={"guess_categories": guess_categories(table, facts, decision, region)})

    async def search(self, words: str, language: Language, limit: int) -> list[Match]:
        async with self._transaction() as repository:
            table = await self._active_table(repository)
            found = await repository.search(words, max(limit, _LOOKED_AT))
        scores = {each.item: each.score for each in found if each.item in table.items}
        named = named_items(table, words, scores)
        best = sorted(scores, key=lambda slug: slug not in named)  # stable: what is named comes before what is near
        return [_match(table, table.items[slug], scores[slug], slug in named, language) for slug in best[:limit]]

    async def meanings(self, labels: Sequence[str], language: Language) -> dict[str, tuple[Meaning, ...]]:
        table = await self.table()
        known = {label: meanings(table, label) for label in labels}
        return {
            label: tuple(_meaning(item, share, language) for item, share in meant)
            for label, meant in known.items()
            if meant is not None
        }

    async def kinds(self, language: Language) -> list[Kind]:
        table = await self.table()
        return [_kind(table, kind, language) for kind in table.kinds]

    async def items(self) -> list[str]:
        table = await self.table()
        return [each.slug for each in table.items.values() if each.category != NOT_WASTE and each.slug != UNKNOWN_ITEM]

    async def divisions(self, language: Language) -> dict[Material, tuple[Meaning, ...]]:
        return {
            material: tuple(_meaning(item, share, language) for item, share in things)
            for material, things in divisions(await self.table()).items()
        }

    async def rules_for(self, items: Sequence[str], language: Language, region: str | None) -> list[TableRule]:
        table = await self.table()
        return [_table_rule(table, table.items[slug], language, region) for slug in items if slug in table.items]

    async def local_items(self, region: str | None) -> list[str]:
        table = await self.table()
        around = {each.slug for each in table.region_chain(table.region(region))}
        named = (slug for each in table.overrides if each.region in around and not each.tags for slug in each.items)
        return list(dict.fromkeys(slug for slug in named if slug in table.items))

    async def collection_days(self, region: str | None, building: str | None) -> Collections:
        table = await self.table()
        around = [each.slug for each in table.region_chain(table.region(region))]
        key = building_key(building)
        async with self._transaction() as repository:
            rows = await repository.collection_days(around, key)
        own = [row for row in rows if key and row.building == key and row.region == around[0]]
        districts = ([row for row in rows if row.region == slug and not row.building] for slug in around)
        chosen = own or next((found for found in districts if found), [])
        return _collections(chosen, of_building=bool(own))

    async def item(
        self, slug: str, language: Language, region: str | None = None, tags: Sequence[Tag] = ()
    ) -> schemas.ItemDetails:
        """One item, what the table says of it, and what would change that. Raises RuleItemMissing, RegionMissing."""
        table = await self.table()
        return _details(table, _item(table, slug), language, _region(table, region, language), tags)

    async def all_items(self, language: Language, region: str | None = None) -> PackedItems:
        """All items, packed, as they stand in ``region``, in the order of slugs. Raises RegionMissing."""
        table = await self.table()
        slug = _region(table, region, language)
        return await self._packed.get((table.version, language, slug), lambda: _all_items(table, language, slug))

    async def rules(
        self,
        language: Language,
        *,
        region: str | None = None,
        item: str | None = None,
        tags: Sequence[Tag] = (),
        after: str | None = None,
        limit: int = 50,
    ) -> list[schemas.Rule]:
        """The rules of ``region`` for things with ``tags``: ``limit`` items after the slug ``after``, in the order of
        slugs, or ``item`` alone. Raises RuleItemMissing, RegionMissing."""
        table = await self.table()
        region_slug = _region(table, region, language)
        chosen = [_item(table, item)] if item else sorted(table.items.values(), key=lambda each: each.slug)
        page = [each for each in chosen if after is None or each.slug > after][:limit]
        return [_rule(table, each, language, region_slug, tags) for each in page]

    async def categories(self, language: Language) -> list[schemas.Category]:
        table = await self.table()
        return [
            schemas.Category(
                slug=each.slug,
                name=each.name.of(language),
                place=each.place.of(language),
                why=each.why.of(language),
                bin_kinds=list(each.bins),
            )
            for each in table.categories.values()
        ]

    async def region(self, named: str, language: Language) -> str:
        """The slug of the region of that slug or name, in any spelling. Raises RegionMissing."""
        return _known_region(await self.table(), named, language).slug

    async def regions(self, language: Language) -> list[schemas.Region]:
        table = await self.table()
        return [
            schemas.Region(
                slug=each.slug,
                name=each.name.of(language),
                within=each.within,
                rules=sum(override.region == each.slug for override in table.overrides),
            )
            for each in table.regions.values()
        ]


def _item(table: RuleTable, slug: str) -> ItemRow:
    if slug not in table.items:
        raise RuleItemMissing(slug=slug)
    return table.items[slug]


def _region(table: RuleTable, named: str | None, language: Language) -> str | None:
    return _known_region(table, named, language).slug if named else None


def _known_region(table: RuleTable, named: str, language: Language) -> RegionRow:
    region = table.region(named)
    if region is None:
        near = (f"{each.slug} ({each.name.of(language)})" for each in table.near_regions(named)[:_NEAR])
        raise RegionMissing(name=named[:80], near=", ".join(near))
    return region


def _rule(table: RuleTable, item: ItemRow, language: Language, region: str | None, tags: Sequence[Tag]) -> schemas.Rule:
    facts = Facts(label=item.slug, tags=tuple(tags))
    decision = decide(table, facts, region)
    return schemas.Rule(
        item=item.slug,
        name=item.name.of(language),
        material=item.material,
        form=_form(item),
        disposal=_disposal(table, decision, facts, language),
        parts=list(parts_of(table, decision, language)),
    )


def _collections(rows: Sequence[DayRow], *, of_building: bool) -> Collections:
    if not rows:
        return Collections()
    newest = max(rows, key=lambda row: row.changed_at)
    return Collections(
        days=tuple(
            CollectionDay(material=row.material, weekday=row.weekday, begins=row.begins, ends=row.ends) for row in rows
        ),
        of_building=of_building,
        source=None if of_building else newest.source,
        changed_at=newest.changed_at,
    )


def _table_rule(table: RuleTable, item: ItemRow, language: Language, region: str | None) -> TableRule:
    rule = _rule(table, item, language, region, ())
    others = tuple(name for name in getattr(item.also, language) if name != rule.name)
    return TableRule(item=rule.item, name=rule.name, also=others, material=rule.material, disposal=rule.disposal)


def _details(
    table: RuleTable, item: ItemRow, language: Language, region: str | None, tags: Sequence[Tag]
) -> schemas.ItemDetails:
    rule = _rule(table, item, language, region, tags)
    others = [name for name in getattr(item.also, language) if name != rule.name]
    changes = _changes(table, item, language, region, tags)
    return schemas.ItemDetails(**rule.model_dump(), synonyms=others, changes=changes)


def _all_items(table: RuleTable, language: Language, region: str | None) -> schemas.ItemList:
    stored = []
    for _, item in sorted(table.items.items()):
        details = _details(table, item, language, region, ())
        states = {
            change.tag: _rule(table, item, language, region, (change.tag,)).disposal for change in details.changes
        }
        stored.append(schemas.StoredItem(**details.model_dump(), names=list(item.names()), states=states))
    return schemas.ItemList(version=table.version, items=stored)


def _disposal(table: RuleTable, decision: RuleDecision, facts: Facts, language: Language) -> Disposal:
    return disposal_of(table, decision, builtin(prompt_context(table, decision, facts, language)), language)


def _changes(
    table: RuleTable, item: ItemRow, language: Language, region: str | None, tags: Sequence[Tag]
) -> list[schemas.Change]:
    """The tags that would change the advice on their own and are commonly true of ``item``, and those it has; and the
    category of each together with ``tags``."""
    changes = []
    for tag in Tag:
        alone = decide(table, Facts(label=item.slug, tags=(tag,)), region)
        if alone.conditions and (tag in tags or alone.conditions[0].offer.names(item)):
            category = decide(table, Facts(label=item.slug, tags=(*tags, tag)), region).category
            name, category_name = alone.conditions[0].name.of(language), category.name.of(language)
            changes.append(schemas.Change(tag=tag, name=name, category=category.slug, category_name=category_name))
    return changes


def _match(table: RuleTable, item: ItemRow, score: float, sure: bool, language: Language) -> Match:
    return Match(
        item=item.slug,
        name=item.name.of(language),
        category=item.category,
        category_name=table.categories[item.category].name.of(language),
        material=item.material,
        form=_form(item),
        score=round(min(1.0, score), 3),
        sure=sure,
    )


def _meaning(item: ItemRow, share: float, language: Language) -> Meaning:
    return Meaning(
        item=item.slug, name=item.name.of(language), material=item.material, form=_form(item), prior=round(share, 3)
    )


def _kind(table: RuleTable, kind: KindRow, language: Language) -> Kind:
    item = table.kind_item(kind)
    return Kind(
        value=kind.slug,
        name=kind.name.of(language),
        item=item.slug,
        material=item.material,
        form=_form(item),
        category=item.category,
        hazard=kind.hazard,
    )


def _form(item: ItemRow) -> str | None:
    return item.forms[0] if item.forms else None


if TYPE_CHECKING:
    _: type[RecyclingPublic] = RecyclingService
