"""Statements about people who learn."""

from dataclasses import asdict
from typing import Any, Final, cast

from sqlalchemy import Select, Table, bindparam, func, select, true, update
from sqlalchemy.dialects.postgresql import insert

from bunri.domains.learning import models, records
from bunri.platform.db import Repository

_Person = models.PersonRow
_PEOPLE: Final = cast("Table", _Person.__table__)
# Made once, because every request needs them.
_LEARNER: Final = select(_PEOPLE).where(_PEOPLE.c.person == bindparam("person"))
_LOCK: Final = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("name"), 0)))
_LOCKED: Final = _LEARNER.join_from(_PEOPLE, _LOCK.subquery("locked"), true())


class LearnerRepository(Repository):
    async def lock_person(self, person: str) -> None:
        """Nobody else changes what ``person`` remembers until the transaction ends: reviews of one person come one
        after the other, from however many devices."""
        await self._session.execute(_LOCK, {"name": _lock(person)})

    async def locked_learner(self, person: str) -> records.Learner | None:
        """With the lock of ``lock_person``, where there is such a learner; as they were before it was waited for."""
        return await self._learner(_LOCKED, {"person": person, "name": _lock(person)})

    async def learner(self, person: str) -> records.Learner | None:
        return await self._learner(_LEARNER, {"person": person})

    async def _learner(self, statement: Select[Any], said: dict[str, str]) -> records.Learner | None:
        row = (await self._session.execute(statement, said)).mappings().one_or_none()
        if row is None:
            return None
        parameters = tuple(row["parameters"]) if row["parameters"] else None
        return records.Learner(**{**row, "parameters": parameters})

    async def add_learner(self, learner: records.Learner) -> None:
        """Leaves one who is there already as they are."""
        await self._session.execute(insert(_Person).values(_values(learner)).on_conflict_do_nothing())

    async def change_learner(self, person: str, **values: Any) -> None:
        await self._session.execute(update(_Person).where(_Person.person == person).values(values))


def _lock(person: str) -> str:
    return f"learning {person}"


def _values(learner: records.Learner) -> dict[str, Any]:
    return {**asdict(learner), "parameters": list(learner.parameters) if learner.parameters else None}
