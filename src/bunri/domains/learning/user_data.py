"""What learning keeps of a person: decks, cards, reviews."""

from typing import Any, Final
from uuid import UUID

from bunri.domains.learning.classes import ClassHandover
from bunri.domains.learning.records import (
    Card,
    Deck,
    Learner,
    Member,
    Review,
    Role,
    WeeklyTest,
    WeeklyTestQuestion,
    media_key,
)
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.service.folding import folded
from bunri.domains.learning.transfers import DeckExport, Import, export_key, import_key
from bunri.kit.user_data import PersonalData
from bunri.platform.db import Transaction
from bunri.platform.storage import Storage

BATCH: Final = 1000
MOST_TESTS: Final = 5200
"""One a week: those of a hundred years."""


class LearningUserData:
    """Implements ``kit.user_data.UserData``."""

    def __init__(self, transaction: Transaction[LearningRepository], storage: Storage) -> None:
        self._transaction = transaction
        self._storage = storage

    async def export(self, owner: str) -> PersonalData:
        objects: list[str] = []
        decks: list[dict[str, Any]] = []
        async with self._transaction() as repository:
            learner = await repository.learner(owner)
            mine = await repository.decks_of(owner)
            imports = await repository.imports_of(owner)
            reminders = await repository.reminders_of(owner)
            taken_away = await repository.deck_exports_of(owner)
            classes = await repository.classes_of(owner)
            suggestions = await repository.suggestions_by(owner)
            handovers = await repository.handovers_accepted_by(owner)
        objects += [media_key(each) for card in suggestions for each in card.media]
        for deck, role, _ in mine:
            async with self._transaction() as repository:
                member = await repository.member(deck.id, owner)
                cards = await repository.cards_of(deck.id) if role.may_edit else []
                media = await repository.media_of_deck(deck.id) if role == Role.OWNER else []
            objects += [media_key(each.id) for each in media]
            if member:  # who has left it since says no more of it
                decks.append(_deck(deck, member, cards))
        if learner is None and not decks and not imports and not taken_away and not handovers:
            return PersonalData({})
        return PersonalData(
            {
                "preferences": None if learner is None else _learner(learner),
                "classes": [
                    {
                        "name": each.deck.name,
                        "role": each.member.role,
                        "nickname": each.member.name,
                        "ends_on": each.school_class.ends_on.isoformat(),
                    }
                    for each in classes
                ],
                "class_handovers_accepted": [_handover(each) for each in handovers],
                "suggestions": [_card(each) for each in suggestions],
                "decks": decks,
                "exports": [_deck_export(each) for each in taken_away],
                "imports": [_import(each) for each in imports],
                "reviews": await self._reviews(owner),
                "reminders": [{"day": day.isoformat(), "kind": kind} for day, kind in reminders],
                "weekly_tests": await self._weekly_tests(owner),
            },
            tuple(objects),
        )

    async def _reviews(self, owner: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after: UUID | None = None
        while True:
            async with self._transaction() as repository:
                page = await repository.reviews_by(owner, after, BATCH)
            found += [_review(each) for each in page]
            if len(page) < BATCH:
                return found
            after = page[-1].id

    async def _weekly_tests(self, owner: str) -> list[dict[str, Any]]:
        async with self._transaction() as repository:
            mine = await repository.tests_by(owner, None, MOST_TESTS)
            return [_weekly_test(each.test, await repository.questions_of(each.test.id)) for each in mine]

    async def erase(self, owner: str) -> None:
        """One's own decks go for everybody; of those of others only what one remembers. Pictures go before the rows
        that name them. What is being brought along finds its row gone, and stops."""
        async with self._transaction() as repository:
            imports = await repository.remove_imports_of(owner)
            exports = await repository.remove_deck_exports_of(owner)
            keys = [*map(import_key, imports), *map(export_key, exports)]
            await repository.remove_objects(keys)
        for key in keys:
            await self._storage.close_tickets(key)
            await self._storage.delete(key)
        async with self._transaction() as repository:
            decks = [deck for deck, role, _ in await repository.decks_of(owner) if role == Role.OWNER]
        for deck in decks:
            async with self._transaction() as repository:
                media = await repository.media_of_deck(deck.id)
            for each in media:
                await self._storage.delete(media_key(each.id))
            async with self._transaction() as repository:
                await repository.remove_deck(deck.id)
        async with self._transaction() as repository:
            await repository.forget_person(owner)

    async def upgrade(self, old: str, new: str) -> None:
        """Cards that both learn keep both logs: what is remembered follows from all of it."""
        async with self._transaction() as repository:
            await repository.lock_person(new)
            both = await repository.hand_over(old, new)
            await repository.hand_over_imports(old, new)
            await repository.hand_over_deck_exports(old, new)
            learner = await repository.learner(new)
            if learner:
                for card_id in both:
                    await repository.save_memory(new, card_id, await folded(repository, learner, card_id))


def _learner(learner: Learner) -> dict[str, Any]:
    return {
        "time_zone": learner.zone,
        "day_begins": learner.rollover,
        "region": learner.region,
        "building": learner.building,
        "new_a_day": learner.new_a_day,
        "reviews_a_day": learner.reviews_a_day,
        "week_goal": learner.week_goal,
        "reminder_hour": learner.reminder_hour,
        "reminders_come_by": learner.remind_by,
        "scans_become_cards": learner.makes_cards,
    }


def _handover(one: ClassHandover) -> dict[str, Any]:
    return {
        "class_id": str(one.class_id),
        "name": one.name,
        "accepted_at": one.accepted_at.isoformat() if one.accepted_at else None,
    }


def _deck_export(one: DeckExport) -> dict[str, Any]:
    return {
        "export_id": str(one.id),
        "deck_id": str(one.deck_id),
        "format": one.format,
        "state": one.state,
        "created_at": one.created_at.isoformat(),
    }


def _import(one: Import) -> dict[str, Any]:
    return {
        "import_id": str(one.id),
        "format": one.format,
        "size": one.size,
        "deck_name": one.deck_name,
        "state": one.state,
        "counts": dict(one.counts),
        "left_out": dict(one.report),
        "created_at": one.created_at.isoformat(),
    }


def _deck(deck: Deck, member: Member, cards: list[Card]) -> dict[str, Any]:
    return {
        "deck_id": str(deck.id),
        "name": deck.name,
        "kind": deck.kind,
        "role": member.role,
        "shows_week": member.shows_week,
        "cards": [_card(card) for card in cards],
    }


def _card(card: Card) -> dict[str, Any]:
    return {
        "card_id": str(card.id),
        "kind": card.kind,
        "front": card.front,
        "back": card.back,
        "choices": list(card.choices),
        "tags": list(card.tags),
        "origin": card.origin,
        "pictures": [media_key(each) for each in card.media],
    }


def _review(review: Review) -> dict[str, Any]:
    return {
        "review_id": str(review.id),
        "card_id": str(review.card_id),
        "kind": review.kind,
        "rating": review.rating,
        "reviewed_at": review.reviewed_at.isoformat(),
        "seconds": review.seconds,
        "answer": review.answer,
        "grade": review.grade,
        "undone_at": review.undone_at.isoformat() if review.undone_at else None,
    }


def _weekly_test(test: WeeklyTest, questions: list[WeeklyTestQuestion]) -> dict[str, Any]:
    return {
        "test_id": str(test.id),
        "week": test.week.isoformat(),
        "made_by": test.made_by,
        "created_at": test.created_at.isoformat(),
        "completed_at": test.completed_at.isoformat() if test.completed_at else None,
        "questions": [
            {
                "card_id": str(each.card_id) if each.card_id else None,
                "kind": each.kind,
                "question": each.question,
                "statement": each.statement,
                "choices": list(each.choices),
                "answer": each.answer,
                "given": each.given,
                "score": each.score,
                "answered_at": each.answered_at.isoformat() if each.answered_at else None,
            }
            for each in questions
        ],
    }
