"""Statements about people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, func, insert, or_, select, update

from bunri.domains.auth import models, records
from bunri.domains.auth.emails import key_of
from bunri.kit.languages import Language
from bunri.platform.db import Repository

_Row = models.Person

PERSON_COLUMNS: Final = (
    _Row.id,
    _Row.name,
    _Row.language,
    _Row.email,
    _Row.password_hash,
    _Row.roles,
    _Row.created_at,
    _Row.account_since,
    _Row.disabled_at,
    _Row.erase_at,
    _Row.merged_into,
)


def person_of(values: Sequence[Any]) -> records.Person:
    """From the values of PERSON_COLUMNS."""
    names = (column.key for column in PERSON_COLUMNS)
    row = dict(zip(names, values, strict=True))
    return records.Person(**{**row, "language": cast("Language", row["language"]), "roles": tuple(row["roles"])})


class PersonRepository(Repository):
    async def add_person(self, person: records.Person) -> None:
        values = {
            "id": person.id,
            "name": person.name,
            "language": person.language,
            "roles": list(person.roles),
            "created_at": person.created_at,
            "seen_at": person.created_at,
        }
        await self._session.execute(insert(_Row).values(values))

    async def person_by_id(self, person_id: UUID) -> records.Person | None:
        return await self._person(_Row.id == person_id)

    async def person_by_email(self, email: str) -> records.Person | None:
        """Whose address it is, however it is written."""
        return await self._person(_Row.email_key == key_of(email))

    async def lock_person(self, person_id: UUID) -> records.Person | None:
        """The person, whom nobody else changes until the transaction ends."""
        return await self._person(_Row.id == person_id, lock=True)

    async def _person(self, *where: ColumnElement[bool], lock: bool = False) -> records.Person | None:
        statement = select(*PERSON_COLUMNS).where(*where)
        row = (await self._session.execute(statement.with_for_update() if lock else statement)).one_or_none()
        return person_of(row) if row else None

    async def make_account(self, person_id: UUID, now: datetime) -> None:
        """A guest has a way to sign in from now on; an account stays what it is."""
        since = func.coalesce(_Row.account_since, now)
        await self._session.execute(update(_Row).where(_Row.id == person_id).values(account_since=since))

    async def set_email(self, person_id: UUID, email: str) -> None:
        await self._update(person_id, email=email, email_key=key_of(email))

    async def set_password(self, person_id: UUID, password_hash: str) -> None:
        await self._update(person_id, password_hash=password_hash)

    async def rename(self, person_id: UUID, name: str) -> None:
        await self._update(person_id, name=name)

    async def set_language(self, person_id: UUID, language: Language) -> None:
        await self._update(person_id, language=language)

    async def set_roles(self, person_id: UUID, roles: Sequence[str]) -> None:
        await self._update(person_id, roles=list(roles))

    async def set_disabled(self, person_id: UUID, at: datetime | None) -> None:
        await self._update(person_id, disabled_at=at)

    async def set_erasure(self, person_id: UUID, at: datetime | None) -> None:
        """When everything of the person will be removed; None: it will not."""
        await self._update(person_id, erase_at=at)

    async def set_merged(self, person_id: UUID, into: UUID) -> None:
        await self._update(person_id, merged_into=into)

    async def note_seen(self, person_id: UUID, now: datetime) -> None:
        await self._update(person_id, seen_at=now)

    async def _update(self, person_id: UUID, **values: Any) -> None:
        await self._session.execute(update(_Row).where(_Row.id == person_id).values(**values))

    async def remove_person(self, person_id: UUID) -> None:
        """With all sessions, requests and codes."""
        await self._session.execute(delete(_Row).where(_Row.id == person_id))

    async def to_be_erased(self, now: datetime, limit: int) -> list[UUID]:
        """Whose time to change their mind is over."""
        due = select(_Row.id).where(_Row.erase_at <= now).order_by(_Row.erase_at).limit(limit)
        return list((await self._session.execute(due)).scalars())

    async def unused_guests(self, before: datetime, limit: int) -> list[UUID]:
        """Guests who have not been seen since ``before``, and have no session left."""
        session = select(models.Session.id).where(models.Session.person_id == _Row.id).exists()
        unused = select(_Row.id).where(_Row.account_since.is_(None), _Row.seen_at < before, ~session)
        return list((await self._session.execute(unused.order_by(_Row.seen_at).limit(limit))).scalars())

    async def find_people(
        self, *, words: str = "", person_id: UUID | None = None, role: str | None = None, limit: int
    ) -> list[records.FoundPerson]:
        """Whose address or name has ``words`` in it, who is ``person_id`` and has ``role``, as far as these are given;
        the newest first. Guests who have become somebody else are nobody."""
        statement = select(*PERSON_COLUMNS, _HAS_SECOND_FACTOR).where(_Row.merged_into.is_(None))
        if words:
            pattern = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            statement = statement.where(_Row.email.ilike(pattern) | _Row.name.ilike(pattern))
        if person_id:
            statement = statement.where(_Row.id == person_id)
        if role:
            statement = statement.where(_Row.roles.contains([role]))
        rows = await self._session.execute(statement.order_by(_Row.created_at.desc(), _Row.id.desc()).limit(limit))
        return [records.FoundPerson(person_of(row[:-1]), bool(row[-1])) for row in rows]


_HAS_SECOND_FACTOR: Final = or_(
    exists().where(models.Totp.person_id == _Row.id, models.Totp.confirmed_at.is_not(None)),
    exists().where(models.Passkey.person_id == _Row.id),
)
