"""Classes without e-mail: a code, nicknames, a deck of the class's own scans, and an end."""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.learning.classes import (
    LONGEST_TERM_DAYS,
    MOST_PUPILS,
    MOST_WAITING,
    SEOUL,
    Progress,
    SchoolClass,
    alike,
    new_code,
    read_code,
    shown_code,
)
from bunri.domains.learning.classes_shown import ClassChange, ClassIn, ClassOut, ClassShown, SuggestionOut
from bunri.domains.learning.errors import (
    CardMissing,
    ClassFull,
    ClassMissing,
    CodeInvalid,
    MayNotEdit,
    NicknameTaken,
    TermInvalid,
    TooManyDecks,
    TooManySuggestions,
)
from bunri.domains.learning.records import Deck, DeckKind, Member, Role
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.repository.classes import PlaceInClass
from bunri.domains.learning.service.class_rooms import RoomsOfClasses
from bunri.domains.learning.service.scans import Scans
from bunri.domains.learning.service.shown import ShownCards
from bunri.domains.learning.settings import LearningSettings
from bunri.kit.clock import Clock
from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Transaction

MOST_SHOWN: Final = 50
"""Suggestions that a teacher is shown at a time, the oldest first."""
WEEK: Final = timedelta(days=7)


class Classes:
    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        rooms: RoomsOfClasses,
        scans: Scans,
        shown: ShownCards,
        settings: LearningSettings,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._rooms = rooms
        self._scans = scans
        self._shown = shown
        self._settings = settings
        self._clock = clock

    # ── the teacher's ─────────────────────────────────────────────────────────────────────────────────────────────

    async def make(self, caller: Caller, said: ClassIn, language: Language) -> ClassOut:
        """Raises TermInvalid, TooManyDecks."""
        self._check_term(said.ends_on)
        now = self._clock()
        deck = Deck(new_id(), DeckKind.CLASS, said.name, caller.id, language, now, now)
        made = SchoolClass(new_id(), deck.id, new_code(), said.ends_on, now)
        teacher = Member(deck.id, caller.id, Role.OWNER, caller.name, now)
        async with self._transaction() as repository:
            if await repository.count_decks_owned_by(caller.id) >= self._settings.most_decks:
                raise TooManyDecks(most=self._settings.most_decks)
            await repository.add_deck(deck)
            await repository.add_member(teacher)
            await repository.add_class(made)
        return _out(PlaceInClass(made, deck, teacher, pupils=0, waiting=0))

    async def change(self, caller: Caller, class_id: UUID, said: ClassChange) -> ClassOut:
        """Its name, its end; a new code, after which the old one is good no more. Raises ClassMissing, MayNotEdit,
        TermInvalid."""
        if said.ends_on:
            self._check_term(said.ends_on)
        async with self._transaction() as repository:
            school_class = await taught(repository, class_id, caller)
            if said.ends_on:
                await repository.change_class(class_id, ends_on=said.ends_on)
            if said.new_code:
                await repository.change_class(class_id, code=new_code())
            if said.name:
                await repository.change_deck(school_class.deck_id, name=said.name, updated_at=self._clock())
        return await self.get(caller, class_id)

    async def progress(self, caller: Caller, class_id: UUID) -> list[Progress]:
        """Raises ClassMissing, MayNotEdit."""
        since = (self._clock().astimezone(SEOUL) - WEEK).date()
        async with self._transaction() as repository:
            school_class = await taught(repository, class_id, caller)
            return await repository.progress(school_class.deck_id, since)

    async def remove_pupil(self, caller: Caller, class_id: UUID, person: str) -> None:
        """With what they remember of its cards, and what they suggested; they are out of its room, too. Raises
        ClassMissing, MayNotEdit."""
        async with self._transaction() as repository:
            school_class = await taught(repository, class_id, caller)
            if person != caller.id:
                await repository.remove_members(school_class.deck_id, [person])
        await self._rooms.leave(class_id)

    async def suggestions(self, caller: Caller, class_id: UUID, base_url: str) -> list[SuggestionOut]:
        """Raises ClassMissing, MayNotEdit."""
        async with self._transaction() as repository:
            school_class = await taught(repository, class_id, caller)
            found = await repository.suggestions(school_class.deck_id, MOST_SHOWN)
        return [SuggestionOut(card=await self._shown.card(card, base_url), nickname=name) for card, name in found]

    async def settle(self, caller: Caller, class_id: UUID, card_id: UUID, *, accept: bool) -> None:
        """A card that was suggested is the class's from now on, or is removed; once more does no harm. Raises
        ClassMissing, MayNotEdit, CardMissing."""
        async with self._transaction() as repository:
            school_class = await taught(repository, class_id, caller)
            card = await repository.card(card_id)
            if card is None or card.deck_id != school_class.deck_id:
                raise CardMissing
            if not accept:
                await repository.remove_suggestion(card_id)
            elif await repository.accept_suggestion(card_id):
                await repository.begin_cards(school_class.deck_id, cards=[card_id])

    # ── everybody's ───────────────────────────────────────────────────────────────────────────────────────────────

    async def of(self, caller: Caller) -> list[ClassOut]:
        """Those that the caller teaches or is in."""
        async with self._transaction() as repository:
            return [_out(each) for each in await repository.classes_of(caller.id)]

    async def get(self, caller: Caller, class_id: UUID) -> ClassOut:
        """Raises ClassMissing."""
        async with self._transaction() as repository:
            return _out(await _place(repository, class_id, caller))

    async def shown(self, code: str) -> ClassShown:
        """What a code leads to, before one decides. Raises CodeInvalid."""
        async with self._transaction() as repository:
            school_class = await _open(repository, code, self._clock())
            deck = await repository.deck(school_class.deck_id)
        if deck is None:
            raise CodeInvalid
        return ClassShown(name=deck.name, ends_on=school_class.ends_on)

    async def join(self, caller: Caller, code: str, nickname: str) -> ClassOut:
        """Under a nickname that nobody in the class has; once more does no harm. Raises CodeInvalid, NicknameTaken,
        ClassFull."""
        async with self._transaction() as repository:
            school_class = await _open(repository, code, self._clock())
            await repository.deck(school_class.deck_id, lock=True)  # two with one nickname take turns
            members = await repository.members(school_class.deck_id)
            if all(each.person != caller.id for each in members):
                if any(alike(each.name) == alike(nickname) for each in members):
                    raise NicknameTaken
                if len(members) > MOST_PUPILS:
                    raise ClassFull(most=MOST_PUPILS)
                await repository.add_member(
                    Member(school_class.deck_id, caller.id, Role.LEARNER, nickname, self._clock())
                )
                await repository.begin_cards(school_class.deck_id, people=[caller.id])
        return await self.get(caller, school_class.id)

    async def suggest(self, caller: Caller, class_id: UUID, job_id: UUID, position: int) -> None:
        """A scan of the caller's waits for the teacher, who alone sees it until then; the teacher's own waits for
        nobody. Once more does no harm. Raises ClassMissing, ScanUnanswered, TooManyCards, TooManySuggestions."""
        async with self._transaction() as repository:
            school_class = await repository.school_class(class_id)
            member = await repository.member(school_class.deck_id, caller.id) if school_class else None
            deck = await repository.deck(school_class.deck_id) if school_class else None
            if member is None or deck is None:
                raise ClassMissing
            if await repository.count_suggestions(deck.id, caller.id) >= MOST_WAITING:
                raise TooManySuggestions(most=MOST_WAITING)
        await self._scans.put_into(deck, caller, job_id, position, pending=not member.role.may_edit)

    async def enter_room(self, caller: Caller, class_id: UUID) -> UUID:
        """The caller is in the class's room of the chat, under their nickname; its teacher opens it that way. Raises
        ClassMissing, and what ``ChatPublic.enter_class_room`` does."""
        async with self._transaction() as repository:
            place = await _place(repository, class_id, caller)
        await self._rooms.enter(place)
        if not place.school_class.has_room and place.member.role == Role.OWNER:
            async with self._transaction() as repository:
                await repository.change_class(class_id, has_room=True)
        return class_id

    async def leave(self, caller: Caller, class_id: UUID) -> None:
        """Its teacher ends it for everybody, before its last day; anybody else leaves it. Raises ClassMissing."""
        async with self._transaction() as repository:
            place = await _place(repository, class_id, caller)
            if place.member.role == Role.OWNER:
                await repository.remove_deck(place.deck.id)
            else:
                await repository.remove_members(place.deck.id, [caller.id])
        await self._rooms.leave(class_id)

    # ── its end ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def end(self) -> None:
        """Classes whose term is over go with everything: cards, pictures, nicknames, and what each pupil remembered.
        One after the other, so that a worker that dies leaves no class in part."""
        today = self._clock().astimezone(SEOUL).date()
        more = True
        while more:
            async with self._transaction() as repository:
                over = await repository.claim_class_over(today)
                more = over is not None
                if over:
                    await repository.remove_deck(over.deck_id)

    def _check_term(self, ends_on: date) -> None:
        today = self._clock().astimezone(SEOUL).date()
        if not today <= ends_on <= today + timedelta(days=LONGEST_TERM_DAYS):
            raise TermInvalid(days=LONGEST_TERM_DAYS)


async def _place(repository: LearningRepository, class_id: UUID, caller: Caller) -> PlaceInClass:
    """Raises ClassMissing."""
    places = await repository.classes_of(caller.id)
    found = next((each for each in places if each.school_class.id == class_id), None)
    if found is None:
        raise ClassMissing
    return found


async def taught(repository: LearningRepository, class_id: UUID, caller: Caller, *, lock: bool = False) -> SchoolClass:
    """A class of the caller's; with ``lock`` nobody else comes in, or hands it over, until the transaction ends. Raises
    ClassMissing, MayNotEdit."""
    school_class = await repository.school_class(class_id)
    if school_class and lock:
        await repository.deck(school_class.deck_id, lock=True)
    member = await repository.member(school_class.deck_id, caller.id) if school_class else None
    if school_class is None or member is None:
        raise ClassMissing
    if member.role != Role.OWNER:
        raise MayNotEdit
    return school_class


async def _open(repository: LearningRepository, code: str, now: datetime) -> SchoolClass:
    """Raises CodeInvalid."""
    school_class = await repository.class_of_code(read_code(code))
    if school_class is None or school_class.ends_on < now.astimezone(SEOUL).date():
        raise CodeInvalid
    return school_class


def _out(place: PlaceInClass) -> ClassOut:
    """The code is the teacher's to give away."""
    school_class, deck, member = place.school_class, place.deck, place.member
    teaches = member.role == Role.OWNER
    return ClassOut(
        id=school_class.id,
        deck_id=deck.id,
        name=deck.name,
        role=member.role,
        nickname=member.name,
        code=shown_code(school_class.code) if teaches else None,
        ends_on=school_class.ends_on,
        pupils=place.pupils if teaches else None,
        waiting=place.waiting if teaches else None,
        room_id=school_class.id if school_class.has_room else None,
    )
