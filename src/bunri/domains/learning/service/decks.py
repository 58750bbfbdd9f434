"""Decks: made, shared, learned together."""

import hashlib
import secrets
from dataclasses import replace
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import DeckMissing, EnteredByCode, MayNotEdit, ShareInvalid, TooManyDecks
from bunri.domains.learning.records import Deck, DeckKind, Member, Role
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schemas import DeckChange, DeckIn, DeckMemberOut, DeckOut, ShareOut
from bunri.domains.learning.settings import LearningSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.platform.db import Transaction


class Decks:
    def __init__(self, transaction: Transaction[LearningRepository], settings: LearningSettings, clock: Clock) -> None:
        self._transaction = transaction
        self._settings = settings
        self._clock = clock

    async def make(self, caller: Caller, said: DeckIn) -> DeckOut:
        """Raises TooManyDecks."""
        now = self._clock()
        deck = Deck(new_id(), DeckKind.OWN, said.name, caller.id, said.language, now, now, said.description)
        async with self._transaction() as repository:
            if await repository.count_decks_owned_by(caller.id) >= self._settings.most_decks:
                raise TooManyDecks(most=self._settings.most_decks)
            await self.add(repository, deck, caller)
        return deck_out(deck, Role.OWNER, 0)

    async def add(self, repository: LearningRepository, deck: Deck, owner: Caller) -> None:
        """A deck and its first person, in the transaction of ``repository``."""
        await repository.add_deck(deck)
        await repository.add_member(Member(deck.id, owner.id, Role.OWNER, owner.name, deck.created_at))

    async def listed(self, caller: Caller) -> list[DeckOut]:
        """What the caller learns, the newest first."""
        async with self._transaction() as repository:
            return [deck_out(*each) for each in await repository.decks_of(caller.id)]

    async def get(self, caller: Caller, deck_id: UUID) -> DeckOut:
        """Raises DeckMissing."""
        async with self._transaction() as repository:
            deck, member = await known(repository, deck_id, caller.id)
            return deck_out(deck, member.role, await repository.count_cards(deck_id))

    async def change(self, caller: Caller, deck_id: UUID, said: DeckChange) -> DeckOut:
        """Raises DeckMissing, MayNotEdit."""
        async with self._transaction() as repository:
            deck, _ = await owned(repository, deck_id, caller.id)
            changes = {name: value for name, value in said.model_dump(exclude_unset=True).items() if value is not None}
            if changes:
                deck = replace(deck, **changes, updated_at=self._clock())
                await repository.change_deck(deck_id, **changes, updated_at=deck.updated_at)
            return deck_out(deck, Role.OWNER, await repository.count_cards(deck_id))

    async def remove(self, caller: Caller, deck_id: UUID) -> None:
        """Its owner removes it for everybody; anybody else stops learning it. Raises DeckMissing."""
        async with self._transaction() as repository:
            _, member = await known(repository, deck_id, caller.id)
            if member.role == Role.OWNER:
                await repository.remove_deck(deck_id)
            else:
                await repository.remove_members(deck_id, [caller.id])

    # ── learned together ──────────────────────────────────────────────────────────────────────────────────────────

    async def share(self, caller: Caller, deck_id: UUID) -> ShareOut:
        """A new link by which others learn the deck; the one before is good no more. Raises DeckMissing, MayNotEdit,
        EnteredByCode."""
        token = secrets.token_urlsafe(24)
        async with self._transaction() as repository:
            deck, _ = await owned(repository, deck_id, caller.id)
            if deck.kind == DeckKind.CLASS:
                raise EnteredByCode
            await repository.change_deck(deck_id, share_hash=_hash(token))
        return ShareOut(token=token, path=f"/learn/join#{token}")

    async def end_share(self, caller: Caller, deck_id: UUID) -> None:
        """Raises DeckMissing, MayNotEdit."""
        async with self._transaction() as repository:
            await owned(repository, deck_id, caller.id)
            await repository.change_deck(deck_id, share_hash=None)

    async def shown(self, token: str) -> DeckOut:
        """What a link leads to, before one decides. Raises ShareInvalid."""
        async with self._transaction() as repository:
            deck = await repository.deck_of_share(_hash(token))
            if deck is None:
                raise ShareInvalid
            return deck_out(deck, Role.LEARNER, await repository.count_cards(deck.id))

    async def join(self, caller: Caller, token: str, name: str | None) -> DeckOut:
        """Learns a deck by its link; once more does no harm. Raises ShareInvalid."""
        async with self._transaction() as repository:
            deck = await repository.deck_of_share(_hash(token))
            if deck is None:
                raise ShareInvalid
            await self.enter(repository, deck.id, caller, name or caller.name)
            member = await repository.member(deck.id, caller.id)
            role = member.role if member else Role.LEARNER
            return deck_out(deck, role, await repository.count_cards(deck.id))

    async def enter(self, repository: LearningRepository, deck_id: UUID, caller: Caller, name: str) -> None:
        """The caller learns the deck from now on, in the transaction of ``repository``."""
        await repository.add_member(Member(deck_id, caller.id, Role.LEARNER, name, self._clock()))
        await repository.begin_cards(deck_id, people=[caller.id])

    async def members(self, caller: Caller, deck_id: UUID) -> list[DeckMemberOut]:
        """For its owner: who learns it. Raises DeckMissing, MayNotEdit."""
        async with self._transaction() as repository:
            await owned(repository, deck_id, caller.id)
            found = await repository.members(deck_id)
        return [
            DeckMemberOut(person=each.person, name=each.name, role=each.role, joined_at=each.joined_at)
            for each in found
        ]

    async def set_role(self, caller: Caller, deck_id: UUID, person: str, role: Role) -> None:
        """The owner lets somebody write into the deck, or no longer. Raises DeckMissing, MayNotEdit."""
        async with self._transaction() as repository:
            await owned(repository, deck_id, caller.id)
            if person != caller.id and role != Role.OWNER:
                await repository.change_member(deck_id, person, role=str(role))

    async def remove_member(self, caller: Caller, deck_id: UUID, person: str) -> None:
        """Raises DeckMissing, MayNotEdit."""
        async with self._transaction() as repository:
            await owned(repository, deck_id, caller.id)
            if person != caller.id:
                await repository.remove_members(deck_id, [person])


async def known(repository: LearningRepository, deck_id: UUID, person: str) -> tuple[Deck, Member]:
    """A deck that ``person`` learns. Raises DeckMissing."""
    deck, member = await repository.deck(deck_id), await repository.member(deck_id, person)
    if deck is None or member is None:
        raise DeckMissing
    return deck, member


async def editable(repository: LearningRepository, deck_id: UUID, person: str) -> tuple[Deck, Member]:
    """A deck that ``person`` may write into. Raises DeckMissing, MayNotEdit."""
    deck, member = await known(repository, deck_id, person)
    if not member.role.may_edit:
        raise MayNotEdit
    return deck, member


async def owned(repository: LearningRepository, deck_id: UUID, person: str) -> tuple[Deck, Member]:
    """Raises DeckMissing, MayNotEdit."""
    deck, member = await known(repository, deck_id, person)
    if member.role != Role.OWNER:
        raise MayNotEdit
    return deck, member


def deck_out(deck: Deck, role: Role, cards: int) -> DeckOut:
    return DeckOut(
        id=deck.id,
        kind=deck.kind,
        name=deck.name,
        description=deck.description,
        language=deck.language,
        region=deck.region,
        role=role,
        cards=cards,
        shared=deck.share_hash is not None,
        updated_at=deck.updated_at,
    )


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
