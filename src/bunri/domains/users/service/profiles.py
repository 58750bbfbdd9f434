"""What people say of themselves, and what the other domains may know of it."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import available_timezones

from bunri.domains.auth.public import AuthPublic, Caller, TokenExpired
from bunri.domains.users import unsubscribing
from bunri.domains.users.errors import TimeZoneUnknown
from bunri.domains.users.public import SEOUL, MailKind, Profile, ProfileChanged, UsersPublic
from bunri.domains.users.records import ProfileRecord
from bunri.domains.users.repository import UsersRepository
from bunri.domains.users.schemas import Me, MeIn
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction


class Profiles:
    """Implements ``users.public.UsersPublic``. ``key`` signs the addresses that take somebody off a kind of mail,
    ``public_url`` is where they lead; None: there are none."""

    def __init__(
        self,
        transaction: Transaction[UsersRepository],
        auth: AuthPublic,
        key: str,
        public_url: str | None,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._auth = auth
        self._key = key
        self._public_url = public_url.rstrip("/") if public_url else None
        self._clock = clock

    async def me(self, caller: Caller) -> Me:
        """Raises TokenExpired for somebody who is gone."""
        async with self._transaction() as repository:
            profile = await repository.profile(caller.id)
        return await self._me(caller, profile)

    async def change(self, caller: Caller, said: MeIn) -> Me:
        """Raises TimeZoneUnknown, and what auth raises for a session that is over."""
        changes = said.model_dump(exclude_unset=True)
        if (zone := changes.get("time_zone")) and zone not in _time_zones():
            raise TimeZoneUnknown(name=zone)
        if name := changes.pop("username", None):
            await self._auth.rename(caller, name)
        if language := changes.pop("language", None):
            await self._auth.set_language(caller, language)
        async with self._transaction() as repository:
            await repository.lock_owner(caller.id)
            profile = await repository.profile(caller.id)
            if changes:
                profile = self._changed(profile, changes)
                await repository.save(profile)
                await repository.add_event(ProfileChanged(owner=caller.id))
        return await self._me(caller, profile)

    def _changed(self, profile: ProfileRecord, changes: Mapping[str, Any]) -> ProfileRecord:
        told = {**changes}
        if "mails" in told:
            told["mails"] = tuple(sorted(set(told["mails"] or ())))
        if "teaches" in told:
            told["teaches_said_at"] = self._clock()
        return replace(profile, **told)

    async def _me(self, caller: Caller, profile: ProfileRecord) -> Me:
        person = await self._auth.person(caller.id)
        if person is None:
            raise TokenExpired
        return Me(
            id=person.id,
            username=person.name,
            hash=person.hash,
            kind=person.kind,
            email=person.email,
            has_password=person.has_password,
            roles=person.roles,
            created_at=person.created_at,
            language=person.language,
            region=profile.region,
            building=profile.building,
            time_zone=profile.time_zone or SEOUL,
            reminder_hour=profile.reminder_hour,
            mails=list(profile.mails),
            teaches=profile.teaches,
            avatar_url=f"/api/v1/users/avatars/{profile.avatar}" if profile.avatar else None,
        )

    # ── for the other domains ─────────────────────────────────────────────────────────────────────────────────────

    async def profile(self, owner: str) -> Profile:
        async with self._transaction() as repository:
            found = await repository.profile(owner)
        return Profile(
            owner=owner,
            region=found.region,
            building=found.building,
            time_zone=found.time_zone or SEOUL,
            reminder_hour=found.reminder_hour,
            mails=frozenset(found.mails),
            teaches=found.teaches,
        )

    async def unsubscribe_url(self, owner: str, kind: MailKind) -> str | None:
        if self._public_url is None:
            return None
        return f"{self._public_url}{unsubscribing.PATH}?token={unsubscribing.token_of(self._key, owner, kind)}"

    async def unsubscribe(self, token: str) -> MailKind:
        """Of which kind its owner gets no mails any more; once more does no harm. Raises UnsubscribeInvalid."""
        owner, kind = unsubscribing.read_token(self._key, token)
        async with self._transaction() as repository:
            await repository.lock_owner(owner)
            profile = await repository.profile(owner)
            if kind in profile.mails:
                await repository.save(replace(profile, mails=tuple(each for each in profile.mails if each != kind)))
        return kind


@cache
def _time_zones() -> frozenset[str]:
    """The names that the system, or the package tzdata, knows."""
    return frozenset(available_timezones())


if TYPE_CHECKING:
    _: type[UsersPublic] = Profiles
