"""Every SQL statement of recycling."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any, Final

from sqlalchemy import ARRAY, Text, bindparam, delete, func, insert, select, text, update

from bunri.domains.recycling import models
from bunri.domains.recycling.collection_days import DayRow
from bunri.domains.recycling.models import CollectionDayRow, RuleRow, SearchTerm, Version
from bunri.domains.recycling.rows import Document
from bunri.domains.recycling.table import RuleTable
from bunri.domains.recycling.words import Term, forms
from bunri.kit.materials import Material
from bunri.platform.db import Repository

_Day = CollectionDayRow
_DAY: Final = tuple(_Day.__table__.columns)
_LOADING: Final = 0x72756C6573  # "rules": two loads at once wait for each other


@dataclass(frozen=True, slots=True)
class SearchHit:
    """An item found by words; a score of 1 means that the words are its name."""

    item: str
    score: float


class RecyclingRepository(Repository):
    outbox = models.outbox

    async def active_version(self) -> str | None:
        return await self._session.scalar(select(Version.version).where(Version.active))

    async def get_document(self, version: str) -> Document:
        """The rows of a version, by kind, in their order."""
        statement = select(RuleRow.kind, RuleRow.body).where(RuleRow.version == version)
        document: Document = {}
        for kind, body in await self._session.execute(statement.order_by(RuleRow.kind, RuleRow.position)):
            document.setdefault(kind, []).append(body)
        return document

    async def load(self, table: RuleTable) -> bool:
        """Makes ``table`` the active version and keeps the others; False when it already was."""
        await self._session.execute(select(func.pg_advisory_xact_lock(_LOADING)))
        if await self.active_version() == table.version:
            return False
        await self._session.execute(update(Version).where(Version.active).values(active=False))
        known = update(Version).where(Version.version == table.version).values(active=True, loaded_at=func.now())
        if not await self._session.scalar(known.returning(Version.version)):
            await self._insert(table)
        await self._session.execute(delete(SearchTerm))
        await self._session.execute(insert(SearchTerm), _terms(table.terms))
        return True

    async def _insert(self, table: RuleTable) -> None:
        values = {"version": table.version, "active": True, "loaded_at": func.now()}
        await self._session.execute(insert(Version).values(values))
        rows = [
            {"version": table.version, "kind": kind, "slug": row["slug"], "position": position, "body": row}
            for kind, kind_rows in table.document.items()
            for position, row in enumerate(kind_rows)
        ]
        await self._session.execute(insert(RuleRow), rows)

    async def search(self, words: str, limit: int) -> list[SearchHit]:
        """Items that ``words`` may mean: exact names first, then names that begin with them, then the most similar."""
        asked = [keys for keys in forms(words) if keys]
        if not asked:
            return []
        values = {
            "asked": ["".join(keys) for keys in asked],
            "asked_spaced": [f" {' '.join(keys)} " for keys in asked],
            "pieces": list(dict.fromkeys(piece for keys in asked for piece in _pieces(keys))),
            "limit": limit,
        }
        rows = await self._session.execute(_SEARCH, values)
        return [SearchHit(row.item, float(row.score)) for row in rows]

    # ── collection days ───────────────────────────────────────────────────────────────────────────────────────────

    async def collection_days(self, regions: Sequence[str], building: str) -> list[DayRow]:
        """Of the building, and of the districts as a whole, in the order of weekdays."""
        statement = (
            select(*_DAY)
            .where(_Day.region.in_(regions), _Day.building.in_({"", building}))
            .order_by(_Day.weekday, _Day.material)
        )
        return [_day_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def replace_collection_days(self, region: str, building: str, rows: Sequence[DayRow]) -> None:
        """Two at once come one after the other."""
        key = func.hashtextextended(f"collection days {region} {building}", 0)
        await self._session.execute(select(func.pg_advisory_xact_lock(key)))
        await self._session.execute(delete(_Day).where(_Day.region == region, _Day.building == building))
        if rows:
            await self._session.execute(insert(_Day), [{**asdict(row), "material": str(row.material)} for row in rows])

    async def collection_days_said_by(self, person: str) -> list[DayRow]:
        statement = select(*_DAY).where(_Day.changed_by == person).order_by(_Day.region, _Day.building, _Day.weekday)
        return [_day_of(row) for row in (await self._session.execute(statement)).mappings()]

    async def hand_over_collection_days(self, old: str, new: str | None) -> None:
        await self._session.execute(update(_Day).where(_Day.changed_by == old).values(changed_by=new))


def _day_of(row: Any) -> DayRow:
    return DayRow(**{**row, "material": Material(row["material"])})


def _terms(terms: Sequence[Term]) -> list[dict[str, object]]:
    unique = {(term.item, term.keys): (position, term) for position, term in reversed(list(enumerate(terms)))}
    return [
        {"item": term.item, "keys": term.keys, "spaced": term.spaced, "glued": term.glued, "position": position}
        for position, term in unique.values()
    ]


def _pieces(keys: Sequence[str]) -> tuple[str, ...]:
    """The whole text, each word and each pair of neighbouring words: the parts of a sentence that may be a name."""
    pairs = [first + second for first, second in pairwise(keys)]
    return ("".join(keys), *keys, *pairs)


# The scores are those of words.find, which chooses among what people say in a photo's note; a half-typed word comes on
# top of them. The trigram index finds the candidates: a name in a sentence is like one of the sentence's pieces.
# Every form of what was asked is compared; of equal hits that of the written form comes first. Keys are letters
# and digits: those that begin with a word lie between it and it with a tilde, a range that the index of keys can find.
_SEARCH: Final = text(
    """
    with asked as (
        select * from unnest(:asked, :asked_spaced) with ordinality as each (word, spaced_word, form)
    ),
    candidates as (
        select terms.* from unnest(:pieces) as piece join recycling.terms on terms.keys % piece
        union
        select terms.* from asked join recycling.terms on keys ~>=~ word and keys ~<~ (word || '~')
    ),
    scored as (
        select item, position, form, keys = word as named,
            case when keys like word || '%' then 1 / form::numeric else 0 end as begun,
            case
                when keys = word then 1.0
                when strpos(spaced_word, spaced) > 0 or (glued and length(keys) >= 5 and strpos(word, keys) > 0)
                    then 0.45 + (0.35 * length(keys) + 0.15 * (strpos(word, keys) + length(keys) - 1)) / length(word)
                when keys like word || '%' then 0.5 + 0.45 * length(word) / length(keys)
                else 0.95 * similarity(keys, word)
            end as score
        from candidates cross join asked
    ),
    best as (
        select distinct on (item) * from scored order by item, named desc, begun desc, score desc, form, position
    )
    select item, score from best
    where score >= 0.25
    order by named desc, begun desc, score desc, form, position
    limit :limit
    """
).bindparams(*(bindparam(name, type_=ARRAY(Text)) for name in ("asked", "asked_spaced", "pieces")))
