"""Consistency checks between the rows of the rule table, run before a table is loaded."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bunri.domains.recycling.rows import (
    NOT_WASTE,
    UNKNOWN_ITEM,
    BadRules,
    CategoryRow,
    ConditionRow,
    Document,
    ItemRow,
    KindRow,
    RegionRow,
    Rows,
    Text,
    parse,
    spellings,
)
from bunri.kit.keystrokes import keystrokes
from bunri.kit.materials import Material

FORMS: Final = frozenset(
    {
        *("appliance", "bag", "book", "bottle", "bowl", "box", "bulb", "can", "carton", "cloth", "cup"),
        *("film", "furniture", "jar", "lid", "piece", "pot", "sheet", "stick", "tray", "tube"),
    }
)


def check(document: Document) -> None:
    """Raises BadRules with a sentence for every mistake in ``document``."""
    rows = parse(document)
    problems = [problem for rule in _RULES for problem in rule(rows)]
    if problems:
        raise BadRules(problems)


def _unique(rows: Rows) -> Iterator[str]:
    for name in Rows.__dataclass_fields__:
        slugs = [row.slug for row in getattr(rows, name)]
        for slug in sorted({slug for slug in slugs if slugs.count(slug) > 1}):
            yield f"{name.rstrip('_')} {slug}: there are two of them"


def _labels(rows: Rows) -> Iterator[str]:
    """A label may be a slug or a class, so no name is both."""
    classes = {guesses.slug for guesses in rows.class_}
    for item in rows.item:
        if item.slug in classes:
            yield f"{item.slug}: a detector's class has that name"


def _sources(rows: Rows) -> Iterator[str]:
    known = {source.slug for source in rows.source}
    for row in rows.with_provenance():
        if row.rule.source not in known:
            yield f"{row.slug}: there is no source {row.rule.source!r}"


def _references(rows: Rows) -> Iterator[str]:
    categories = {row.slug for row in rows.category}
    items = {row.slug for row in rows.item}
    regions = {row.slug for row in rows.region}
    for owner, kind, named, known in (
        *((i.slug, "category", (i.category, *(p.category for p in i.parts)), categories) for i in rows.item),
        *((c.slug, "category", _some(c.category, *c.categories), categories) for c in rows.condition),
        *((c.slug, "item", (*c.items, *c.except_), items) for c in rows.condition),
        *((c.slug, "item", (*c.offer.items, *c.offer.unless), items) for c in rows.condition),
        *((c.slug, "category", c.offer.categories, categories) for c in rows.condition),
        *((o.slug, "category", _some(o.category, *o.categories), categories) for o in rows.override),
        *((o.slug, "item", o.items, items) for o in rows.override),
        *((o.slug, "region", (o.region,), regions) for o in rows.override),
        *((r.slug, "region", _some(r.within), regions) for r in rows.region),
        *((g.slug, "item", tuple(g.items), items) for g in rows.class_),
        *((d.slug, "item", (d.item,), items) for d in rows.material),
        *((d.slug, "item", tuple(d.items), items) for d in rows.division),
        ("the table", "item", (UNKNOWN_ITEM,), items),
    ):
        for name in named:
            if name not in known:
                yield f"{owner}: there is no {kind} {name!r}"


def _moves(rows: Rows) -> Iterator[str]:
    """A row that changes the category brings the steps of the new category; no other row may replace steps."""
    for row in rows.changing():
        if (row.category is None) != (row.steps is None):
            yield f"{row.slug}: `category` and `steps` belong together"
    for override in rows.override:
        if not override.items and not override.categories:
            yield f"{override.slug}: it speaks for no item and no category"


def _drops(rows: Rows) -> Iterator[str]:
    steps = {step.slug for step in rows.step}
    for condition in rows.condition:
        for key in condition.drop:
            if key not in steps:
                yield f"{condition.slug}: there is no shared step {key!r}"


def _circles(rows: Rows) -> Iterator[str]:
    within = {region.slug: region.within for region in rows.region}
    for slug in within:
        outer, seen = within[slug], {slug}
        while outer and outer not in seen:
            seen.add(outer)
            outer = within.get(outer)
        if outer:
            yield f"{slug}: it lies within itself"


def _spellings(rows: Rows) -> Iterator[str]:
    """A word means one item, or search would be a lottery; a place name means one region."""
    yield from _clashes((item.slug, name) for item in rows.item for name in item.names())
    yield from _clashes((region.slug, name) for region in rows.region for name in spellings(region))


def _clashes(names: Iterable[tuple[str, str]]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for slug, name in names:
        keys = keystrokes(name)
        if not keys:
            yield f"{slug}: {name!r} has no letters"
        elif owners.setdefault(keys, slug) != slug:
            yield f"{slug}: {name!r} already means {owners[keys]}"


def _languages(rows: Rows) -> Iterator[str]:
    named: tuple[CategoryRow | ItemRow | ConditionRow | RegionRow | KindRow, ...]
    named = (*rows.category, *rows.item, *rows.condition, *rows.region, *rows.kind)
    for row in named:
        if not _hangul(row.name.ko) and not row.name.ko.isascii():
            yield f"{row.slug}: the Korean name {row.name.ko!r} is not Korean"
        if _hangul(row.name.en):
            yield f"{row.slug}: the English name {row.name.en!r} is Korean"
    for owner, text in _sentences(rows):
        if not _hangul(text.ko):
            yield f"{owner}: {text.ko!r} is not Korean"
        if not text.ko.endswith((".", "?", "!")) or not text.en.endswith((".", "?", "!")):
            yield f"{owner}: {text.ko!r} / {text.en!r} does not end like a sentence"


def _sentences(rows: Rows) -> Iterator[tuple[str, Text]]:
    for step in rows.step:
        yield step.slug, Text(step.ko, step.en)
    for category in rows.category:
        yield category.slug, category.place
    for row in rows.with_provenance():
        if row.why:
            yield row.slug, row.why
        for each in row.steps or ():
            yield row.slug, each.text
    for row in rows.changing():
        for each in row.first:
            yield row.slug, each.text


def _forms(rows: Rows) -> Iterator[str]:
    for item in rows.item:
        for form in item.forms:
            if form not in FORMS:
                yield f"{item.slug}: there is no form {form!r}"


def _shares(rows: Rows) -> Iterator[str]:
    for guesses in rows.class_:
        if abs(sum(guesses.items.values()) - 1) > 0.001 or min(guesses.items.values(), default=0) <= 0:
            yield f"class {guesses.slug}: its shares are not positive or not together 1"
    for material in Material:
        if material not in {default.slug for default in rows.material}:
            yield f"material {material}: no item is meant by it"


def _kinds(rows: Rows) -> Iterator[str]:
    """Whatever a person holds, a kind leads to where it goes."""
    items, usual = {item.slug: item for item in rows.item}, {row.slug: row.item for row in rows.material}
    reached = set()
    for kind in rows.kind:
        item = items.get(kind.slug) or items.get(usual.get(kind.slug, ""))  # type: ignore[call-overload]
        if item is None:
            yield f"kind {kind.slug}: there is no item and no material of that name"
        else:
            reached.add(item.category)
    for category in rows.category:
        if category.slug not in (*reached, NOT_WASTE):
            yield f"category {category.slug}: no kind leads to it"
    for material in sorted({*Material} - {Material.UNKNOWN} - {kind.slug for kind in rows.kind}):
        yield f"material {material}: it is no kind"


def _divisions(rows: Rows) -> Iterator[str]:
    """A division names things of its material that go elsewhere than the usual one, which keeps most of it."""
    items = {item.slug: item for item in rows.item}
    usual = {row.slug: items[row.item] for row in rows.material if row.item in items}
    for row in rows.division:
        if min(row.items.values(), default=0) <= 0 or sum(row.items.values()) >= 0.5:
            yield f"division {row.slug}: its shares are not positive or leave less than half for the usual thing"
        for item in (items[slug] for slug in row.items if slug in items):
            if item.material is not row.slug:
                yield f"division {row.slug}: {item.slug} is of {item.material}"
            if row.slug in usual and item.category == usual[row.slug].category:
                yield f"division {row.slug}: {item.slug} goes where {usual[row.slug].slug} goes"


def _some(*names: str | None) -> tuple[str, ...]:
    return tuple(name for name in names if name)


def _hangul(text: str) -> bool:
    return any("가" <= letter <= "힣" for letter in text)


_RULES: Final[tuple[Callable[[Rows], Iterator[str]], ...]] = (
    _unique, _labels, _sources, _references, _moves, _drops, _circles, _spellings, _languages, _forms, _shares, _kinds,
    _divisions,
)  # fmt: skip
