"""A class goes to another teacher: by a link that one of them accepts, and the teacher confirms."""

import hashlib
import secrets
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.auth.public import AuthPublic, Caller, Kind, public_tag
from bunri.domains.learning.classes import ClassHandover, SchoolClass
from bunri.domains.learning.classes_shown import HandoverAccepted, HandoverLink, HandoverOut, HandoverShown
from bunri.domains.learning.errors import (
    HandoverInvalid,
    HandoverNeedsAccount,
    HandoverToOneself,
    HandoverUnaccepted,
    TooManyDecks,
)
from bunri.domains.learning.records import Deck, Member, Role
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.class_rooms import RoomsOfClasses
from bunri.domains.learning.service.classes import taught
from bunri.domains.learning.settings import LearningSettings
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction

GOOD_FOR: Final = timedelta(days=7)
"""Accepted and confirmed within it."""

log = structlog.get_logger(__name__)


class ClassHandovers:
    """Whoever has the link can accept it, once: so the class is theirs only when its teacher has seen who it was."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        rooms: RoomsOfClasses,
        auth: AuthPublic,
        settings: LearningSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._rooms = rooms
        self._auth = auth
        self._settings = settings
        self._clock = clock

    # ── who hands it over ─────────────────────────────────────────────────────────────────────────────────────────

    async def offer(self, caller: Caller, class_id: UUID) -> HandoverLink:
        """A new link; the one before is good no more, also when it was accepted. Raises ClassMissing, MayNotEdit."""
        token, expires_at = secrets.token_urlsafe(24), self._clock() + GOOD_FOR
        async with self._transaction() as repository:
            await taught(repository, class_id, caller)
            await repository.put_handover(ClassHandover(class_id, _hash(token), expires_at))
        return HandoverLink(token=token, path=f"/learn/class/take#{token}", expires_at=expires_at)

    async def get(self, caller: Caller, class_id: UUID) -> HandoverOut:
        """Raises ClassMissing, MayNotEdit."""
        async with self._transaction() as repository:
            await taught(repository, class_id, caller)
            found = await repository.handover(class_id, self._clock())
        if found is None:
            return HandoverOut(expires_at=None, person=None, name=None, tag=None)
        tag = public_tag(found.person) if found.person else None
        return HandoverOut(expires_at=found.expires_at, person=found.person, name=found.name, tag=tag)

    async def withdraw(self, caller: Caller, class_id: UUID) -> None:
        """Raises ClassMissing, MayNotEdit."""
        async with self._transaction() as repository:
            await taught(repository, class_id, caller)
            await repository.remove_handover(class_id)

    async def confirm(self, caller: Caller, class_id: UUID, person: str) -> None:
        """``person`` teaches the class from now on, and looks after its room; the caller is in neither any more.

        Raises ClassMissing, MayNotEdit, HandoverUnaccepted: also where ``person`` is gone meanwhile."""
        if await self._auth.person(person) is None:
            raise HandoverUnaccepted
        async with self._transaction() as repository:
            school_class = await taught(repository, class_id, caller, lock=True)
            found = await repository.handover(class_id, self._clock())
            if found is None or found.person is None or found.person != person:
                raise HandoverUnaccepted
            await repository.remove_handover(class_id)
            await self._hand_over(repository, school_class.deck_id, caller.id, person, found.name or "")
        log.info("class.handed_over", class_id=str(class_id), old=caller.id, new=person)
        await self._rooms.leave(class_id)

    async def _hand_over(self, repository: LearningRepository, deck_id: UUID, old: str, new: str, name: str) -> None:
        now = self._clock()
        await repository.change_deck(deck_id, owner=new, updated_at=now)
        await repository.hand_over_pictures(deck_id, old, new)
        await repository.add_member(Member(deck_id, new, Role.OWNER, name, now))
        await repository.change_member(deck_id, new, role=Role.OWNER, name=name)  # who was a pupil of it
        await repository.begin_cards(deck_id, people=[new])
        await repository.remove_members(deck_id, [old])

    # ── who takes it over ─────────────────────────────────────────────────────────────────────────────────────────

    async def shown(self, token: str) -> HandoverShown:
        """What a link hands over, before one decides. Raises HandoverInvalid."""
        async with self._transaction() as repository:
            school_class, deck = await self._offered(repository, token)
            members = await repository.members(deck.id)
        teacher = next((each.name for each in members if each.role == Role.OWNER), "")
        pupils = sum(each.role != Role.OWNER for each in members)
        return HandoverShown(name=deck.name, ends_on=school_class.ends_on, teacher=teacher, pupils=pupils)

    async def accept(self, caller: Caller, token: str) -> HandoverAccepted:
        """The class is the caller's once its teacher has confirmed it; once more does no harm.

        Raises HandoverInvalid, HandoverNeedsAccount, HandoverToOneself, TooManyDecks."""
        if caller.kind != Kind.ACCOUNT:
            raise HandoverNeedsAccount
        async with self._transaction() as repository:
            _, deck = await self._offered(repository, token)
            if deck.owner == caller.id:
                raise HandoverToOneself
            if await repository.count_decks_owned_by(caller.id) >= self._settings.most_decks:
                raise TooManyDecks(most=self._settings.most_decks)
            if not await repository.accept_handover(_hash(token), caller.id, caller.name, self._clock()):
                raise HandoverInvalid
        return HandoverAccepted(name=caller.name, tag=public_tag(caller.id))

    async def _offered(self, repository: LearningRepository, token: str) -> tuple[SchoolClass, Deck]:
        """Raises HandoverInvalid."""
        found = await repository.handover_of_token(_hash(token), self._clock())
        school_class = await repository.school_class(found.class_id) if found else None
        deck = await repository.deck(school_class.deck_id) if school_class else None
        if school_class is None or deck is None:
            raise HandoverInvalid
        return school_class, deck

    async def forget(self) -> None:
        """Links that are over."""
        async with self._transaction() as repository:
            await repository.remove_handovers_over(self._clock())


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
