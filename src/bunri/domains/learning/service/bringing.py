"""Some cards of a file, put into their decks in one transaction: new ones added, known ones changed, and what was
remembered of them taken over."""

import asyncio
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid5

from bunri.domains.learning.anki.brought import BroughtCard, BroughtReview
from bunri.domains.learning.anki.cards import one_line
from bunri.domains.learning.anki.reading import Reading
from bunri.domains.learning.anki.report import Report
from bunri.domains.learning.errors import DeckMediaFull, PersonMediaFull, TooManyDecks
from bunri.domains.learning.records import Card, Deck, DeckKind, Learner, Member, Origin, Review, Role
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import Happened, Memory, replay
from bunri.domains.learning.service.decks import editable
from bunri.domains.learning.service.media import Pictures
from bunri.domains.learning.service.shown import media_in
from bunri.domains.learning.settings import LearningSettings
from bunri.domains.learning.transfers import Import, ImportFormat
from bunri.kit.clock import Clock
from bunri.kit.errors import BunriError, Unavailable
from bunri.kit.ids import new_id, parse_id
from bunri.kit.languages import text
from bunri.platform.db import Transaction
from bunri.platform.photos.errors import DecodersBusy

_SPACE: Final = UUID("6b1c3c0e-5a52-5d0c-9d7e-2f1f7a8f6d11")
"""Of ids that follow from where something came from (RFC 9562 §5.5): the same again has the same id."""
_SHOWN: Final = re.compile(r"!\[([^\]]*)\]\(media:#(\d{1,4})\)")
_ANY_PICTURE: Final = re.compile(r"\]\(media:(?=([^)]{0,100}))")
_TRIES: Final = 5
_PAUSE_S: Final = 2.0
SAME_MS: Final = 50
"""Milliseconds within which a card is not reviewed twice: a package moves reviews of one moment apart."""


class LeaseLost(Exception):
    """Another worker has taken the import over, or it was removed."""


@dataclass(slots=True)
class _Batch:
    """What one transaction does to a deck."""

    added: list[Card]
    changed: list[Card]
    all: dict[UUID, BroughtCard]
    """The cards of the file by ours."""
    suspended: list[UUID]


class _There:
    """Cards that are in a deck already, by what a file may know them by: the key that they came with; their own id; or
    the id of their note, and which of its cards they are."""

    def __init__(self, cards: Sequence[Card]) -> None:
        self.by_key = {card.origin_id: card for card in cards if card.origin == Origin.IMPORT and card.origin_id}
        self._by_id = {card.id: card for card in cards}
        self._by_note: dict[UUID, list[Card]] = defaultdict(list)
        for card in cards:
            self._by_note[card.note_id].append(card)

    def of(self, key: str) -> Card | None:
        if key in self.by_key:
            return self.by_key[key]
        name, _, order = key.partition(":")
        own = parse_id(name)
        if own is None:
            return None
        siblings = self._by_note.get(own, [])
        if order.isdecimal() and len(order) < 4 and int(order) < len(siblings):
            return siblings[int(order)]
        return self._by_id.get(own)


class Bringing:
    """Of one import, by the worker that holds it. ``name``: its owner's, among those who learn a deck."""

    def __init__(
        self,
        transaction: Transaction[LearningRepository],
        pictures: Pictures,
        learner: Learner,
        held: Import,
        settings: LearningSettings,
        clock: Clock,
        *,
        name: str,
    ) -> None:
        self._name = name
        self._transaction = transaction
        self._pictures = pictures
        self._learner = learner
        self._held = held
        self._settings = settings
        self._clock = clock
        self._decks = dict(held.decks)
        self._counts = Counter(held.counts)
        self._report = Report()
        self._report.merge(dict(held.report))
        self._kept: dict[tuple[UUID, str], UUID | None] = {}
        """Pictures of decks by the names of their files; None: it cannot be kept."""

    async def take(self, cards: Sequence[BroughtCard], position: int, progress: int, reading: Reading) -> None:
        """The next ``cards`` of the file; ``position`` says how many of it are done then.

        Raises LeaseLost, TooManyDecks, DeckMissing, MayNotEdit, and what is raised by something that is away."""
        by_deck: dict[UUID, list[BroughtCard]] = defaultdict(list)
        for card in cards:
            by_deck[await self._deck_of(card, cards)].append(card)
        for deck_id, some in by_deck.items():
            await self._keep_pictures(deck_id, some, reading)
        async with self._transaction() as repository:
            await repository.lock_person(self._held.owner)
            for deck_id, some in by_deck.items():
                await self._put(repository, deck_id, some)
            await self._say(repository, position=position, progress=progress)

    async def finish(self, read: Report) -> None:
        """Adds what the reading process left out. Raises LeaseLost."""
        self._report.merge(read.document())
        lost = {"empty", "card_broken", "deck_full", "no_template", "row_short"}
        self._counts["left_out"] = sum(self._report.counts.get(kind, 0) for kind in lost)
        async with self._transaction() as repository:
            await self._say(repository)

    async def _say(self, repository: LearningRepository, **values: int) -> None:
        held = await repository.change_import(
            self._held,
            decks=self._decks,
            counts=dict(self._counts),
            report=self._report.document(),
            lease_until=self._clock() + self._settings.import_lease,
            **values,
        )
        if not held:
            raise LeaseLost

    # ── which deck ────────────────────────────────────────────────────────────────────────────────────────────────

    async def _deck_of(self, card: BroughtCard, cards: Sequence[BroughtCard]) -> UUID:
        held = self._held
        if held.deck_id:
            self._decks[""] = str(held.deck_id)
            return held.deck_id
        name = "" if held.deck_name else card.deck
        if name not in self._decks:
            keys = [each.key for each in cards if held.deck_name or each.deck == name]
            self._decks[name] = str(await self._find_or_make(name, keys))
        return UUID(self._decks[name])

    async def _find_or_make(self, name: str, keys: Sequence[str]) -> UUID:
        """The deck that the same file went into before, else a new one."""
        held, now = self._held, self._clock()
        title = held.deck_name or one_line(name) or text("learning.imported_deck", self._learner.language)
        async with self._transaction() as repository:
            await repository.lock_person(held.owner)
            found = None
            if not held.deck_name:
                found = await repository.deck_with_brought(held.owner, keys)
                found = found or await repository.deck_of_same_file(held, name)
            if found is None:
                if await repository.count_decks_owned_by(held.owner) >= self._settings.most_decks:
                    raise TooManyDecks(most=self._settings.most_decks)
                deck = Deck(new_id(), DeckKind.OWN, title, held.owner, self._learner.language, now, now)
                await repository.add_deck(deck)
                await repository.add_member(Member(deck.id, held.owner, Role.OWNER, self._name, now))
                found = deck.id
            self._decks[name] = str(found)
            await self._say(repository)
        return found

    # ── pictures ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _keep_pictures(self, deck_id: UUID, cards: Sequence[BroughtCard], reading: Reading) -> None:
        for card in cards:
            for number in card.pictures:
                if (deck_id, number) not in self._kept:
                    self._kept[deck_id, number] = await self._keep(deck_id, number, reading)
                if self._kept[deck_id, number] is None:
                    self._report.add("picture_broken", card.front)

    async def _keep(self, deck_id: UUID, number: str, reading: Reading) -> UUID | None:
        picture = await asyncio.to_thread(reading.picture(number).read_bytes)
        for turn in range(_TRIES):
            try:
                kept = await self._pictures.keep(deck_id, self._held.owner, picture)
            except DecodersBusy:
                if turn == _TRIES - 1:
                    raise
                await asyncio.sleep(_PAUSE_S)
            except (DeckMediaFull, PersonMediaFull):
                self._report.add("pictures_full")
                return None
            except BunriError as error:
                if isinstance(error, Unavailable):
                    raise
                await self._check_deck(deck_id)
                return None
            else:
                self._counts["pictures"] += 1
                return kept
        return None

    async def _check_deck(self, deck_id: UUID) -> None:
        """Raises DeckMissing, MayNotEdit: then it was not the picture's fault."""
        async with self._transaction() as repository:
            await editable(repository, deck_id, self._held.owner)

    # ── cards ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _put(self, repository: LearningRepository, deck_id: UUID, cards: Sequence[BroughtCard]) -> None:
        deck, _ = await editable(repository, deck_id, self._held.owner)
        batch = await self._compared(repository, deck, cards)
        await repository.add_many_cards(batch.added)
        for card in batch.changed:
            await repository.save_card(card)
        ids = list(batch.all)
        await repository.begin_some(deck_id, ids)
        await repository.change_deck(deck_id, updated_at=self._clock())
        await self._remember(repository, batch)
        if batch.suspended:
            await repository.suspend(self._held.owner, batch.suspended, True)

    async def _compared(self, repository: LearningRepository, deck: Deck, cards: Sequence[BroughtCard]) -> _Batch:
        own = [found for card in cards if (found := parse_id(card.key.partition(":")[0]))]
        there_before = _There(await repository.brought_cards(deck.id, [card.key for card in cards], own))
        room = self._settings.most_cards - await repository.count_cards(deck.id)
        position = await repository.next_position(deck.id)
        there = await self._pictures_there(repository, deck.id, cards)
        batch = _Batch([], [], {}, [])
        for brought in cards:
            before = there_before.of(brought.key)
            if before is None and len(batch.added) >= room:
                self._report.add("deck_full", brought.front)
                continue
            card = self._made(brought, deck, before, there, position + len(batch.added))
            there_before.by_key[brought.key] = card
            if card.id not in batch.all:
                self._count(batch, before, card)
            batch.all[card.id] = brought
            if brought.suspended and before is None:
                batch.suspended.append(card.id)
        return batch

    def _count(self, batch: _Batch, before: Card | None, card: Card) -> None:
        if before is None:
            batch.added.append(card)
            self._counts["added"] += 1
        elif replace(card, updated_at=before.updated_at) != before:
            batch.changed.append(card)
            self._counts["updated"] += 1
        else:
            self._counts["unchanged"] += 1

    async def _pictures_there(
        self, repository: LearningRepository, deck_id: UUID, cards: Sequence[BroughtCard]
    ) -> set[UUID]:
        """Those of the deck that a table or a card from before names."""
        named = {parse_id(each) for card in cards for each in media_in(card.front, card.back)}
        kept = {each for (deck, _), each in self._kept.items() if deck == deck_id and each}
        found = await repository.media_by_id([each for each in named | kept if each])
        return {each.id for each in found.values() if each.deck_id == deck_id}

    def _made(self, brought: BroughtCard, deck: Deck, before: Card | None, there: set[UUID], position: int) -> Card:
        now = self._clock()
        front, back = (self._with_pictures(side, brought, deck.id, there) for side in (brought.front, brought.back))
        values: dict[str, Any] = {
            "kind": brought.kind,
            "front": front,
            "back": back,
            "choices": tuple(brought.choices),
            "accepted": tuple(brought.accepted),
            "media": tuple(UUID(each) for each in media_in(front, back)),
            "updated_at": now,
        }
        tags = tuple(dict.fromkeys([*(before.tags if before else ()), *self._tags(brought, deck)]))[:20]
        if before:
            return replace(before, **values, tags=tags)
        return Card(
            id=new_id(),
            deck_id=deck.id,
            note_id=uuid5(_SPACE, f"{deck.id} {brought.note}"),
            created_at=now,
            position=position,
            guid=brought.guid,
            tags=tags,
            item=brought.item,
            material=brought.material,
            origin=Origin.IMPORT,
            origin_id=brought.key,
            author=self._held.owner,
            **values,
        )

    def _tags(self, brought: BroughtCard, deck: Deck) -> list[str]:
        """Where all decks of a package become one, each of its names becomes a tag."""
        together = self._held.deck_id or self._held.deck_name
        ours = self._held.format == ImportFormat.JSON
        if ours or not together or _letters(brought.deck) in ("", "default", _letters(deck.name)):
            return brought.tags
        return [re.sub(r"[\s,]+", "_", brought.deck)[:40], *brought.tags]

    def _with_pictures(self, side: str, brought: BroughtCard, deck_id: UUID, there: set[UUID]) -> str:
        """Nothing in it looks like a picture that is none of the deck's."""

        def shown(found: re.Match[str]) -> str:
            place = int(found[2])
            kept = self._kept.get((deck_id, brought.pictures[place])) if place < len(brought.pictures) else None
            return f"![{found[1]}](media:{kept})" if kept in there else (found[1] or "(…)")

        side = _SHOWN.sub(shown, side)
        return _ANY_PICTURE.sub(lambda found: found[0] if parse_id(found[1].strip()) in there else "] (media:", side)

    # ── what is remembered of them ────────────────────────────────────────────────────────────────────────────────

    async def _remember(self, repository: LearningRepository, batch: _Batch) -> None:
        person, now = self._held.owner, self._clock()
        new = {card.id for card in batch.added}
        known = await repository.logs_of(person, [each for each in batch.all if each not in new])
        moments = {card_id: {_ms(review.reviewed_at) for review in log} for card_id, log in known.items()}
        reviews = [
            review
            for card_id, brought in batch.all.items()
            for review in _reviews(self._learner, card_id, brought, now, with_memory=card_id in new)
            if not _is_among(moments.get(card_id), review)
        ]
        cards = {review.id: review.card_id for review in reviews}
        touched = Counter[UUID]()
        for start in range(0, len(reviews), 1000):
            touched.update(cards[each] for each in await repository.add_many_reviews(reviews[start : start + 1000]))
        self._counts["reviews"] += touched.total()
        logs = await repository.logs_of(person, list(touched))
        await repository.save_memories(person, await asyncio.to_thread(_replayed, logs, self._learner))


def _is_among(moments: set[int] | None, review: Review) -> bool:
    at = _ms(review.reviewed_at)
    return moments is not None and any(at - late in moments for late in range(SAME_MS))


def _letters(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _replayed(logs: Mapping[UUID, Sequence[Review]], learner: Learner) -> dict[UUID, Memory]:
    return {
        card_id: replay((review.entry for review in log), card_id, learner.scheduling) for card_id, log in logs.items()
    }


def _reviews(
    learner: Learner, card_id: UUID, brought: BroughtCard, now: datetime, *, with_memory: bool
) -> list[Review]:
    """Rows of the log, with ids that are the same each time; what lies ahead is left out."""
    found = [_review(learner, card_id, each, now) for each in brought.reviews]
    if brought.memory and with_memory:
        at = min(datetime.fromtimestamp(brought.memory.last_at / 1000, UTC), now)
        known = brought.memory.model_dump(exclude={"last_at"})
        found.append(
            Review(
                _id_of(learner, card_id, "memory"),
                learner.person,
                card_id,
                Happened.IMPORTED,
                None,
                at,
                learner.day(at),
                at,
                grade=known,
            )
        )
    return [each for each in found if each.reviewed_at <= now]


def _review(learner: Learner, card_id: UUID, said: BroughtReview, now: datetime) -> Review:
    """It counts as received when it happened: what can be taken back is the newest that was reviewed here."""
    at = datetime.fromtimestamp(said.at / 1000, UTC)
    return Review(
        _id_of(learner, card_id, said.key),
        learner.person,
        card_id,
        Happened(said.kind),
        said.rating if said.kind == "review" else None,
        at,
        learner.day(at),
        min(at, now),
        seconds=said.seconds,
    )


def _id_of(learner: Learner, card_id: UUID, key: str) -> UUID:
    return uuid5(_SPACE, f"{learner.person} {card_id} {key}")
