"""Judges the answers of a request by the built-in grader, before anything of it is kept."""

import asyncio
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.learning import metrics
from bunri.domains.learning.grades import NOBODY, Grade, GradedBy, grade_of
from bunri.domains.learning.grading import THRESHOLD, Expected, Verdict, expected_of, graded, is_exact
from bunri.domains.learning.instructions import looks_like_instructions
from bunri.domains.learning.records import Card, CardKind
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schemas import BatchReview
from bunri.domains.learning.service.asking import Asking
from bunri.domains.recycling.public import RecyclingPublic
from bunri.kit.errors import Unavailable
from bunri.kit.languages import Language
from bunri.platform.db import Transaction

ASKED: Final = frozenset({CardKind.RECALL, CardKind.TITLE, CardKind.TYPED})
"""Kinds of which a model may know better than the built-in grader."""
LONGEST_NAME: Final = 60
MOST_SEARCHES: Final = 100
"""Searches for synonyms in one request: five hundred answers from a device that was offline are one."""

log = structlog.get_logger(__name__)


class Grader:
    def __init__(
        self, transaction: Transaction[LearningRepository], recycling: RecyclingPublic, asking: Asking
    ) -> None:
        self._transaction = transaction
        self._recycling = recycling
        self._asking = asking

    async def judged(self, person: str, said: Sequence[BatchReview]) -> dict[UUID, Grade]:
        """The grades, by ids of reviews, of those of ``said`` that come with an answer and without a rating, are new,
        and of a card that ``person`` learns. No transaction is open while others are asked."""
        answered = [each for each in said if each.rating is None and each.answer is not None]
        if not answered:
            return {}
        async with self._transaction() as repository:
            known = await repository.reviews_by_id([each.id for each in answered])
            cards = await repository.remembered(person, list({each.card_id for each in answered}))
        names = _Names(self._recycling)
        found: dict[UUID, Grade] = {}
        for each in answered:
            await asyncio.sleep(0)  # some milliseconds each, and there may be five hundred: others come between
            if each.id in known or each.card_id not in cards:
                continue
            found[each.id] = await self._grade(person, cards[each.card_id].card, each.answer or "", names)
            metrics.GRADES.labels(found[each.id].by, found[each.id].rating).inc()
        return found

    async def _grade(self, person: str, card: Card, answer: str, names: "_Names") -> Grade:
        expected = expected_of(card)
        if not expected.can_be_judged:
            return NOBODY
        if is_exact(expected, answer):
            return grade_of(graded(expected, answer), GradedBy.BUILTIN)
        if card.kind != CardKind.CHOICE and looks_like_instructions(answer):
            return NOBODY
        verdict = graded(expected, answer)
        if verdict.score < THRESHOLD and _is_name(card) and await names.same(expected, answer):
            verdict = Verdict(100)
        asks = card.kind in ASKED and not verdict.clear and await self._asking.may(person)
        return grade_of(verdict, GradedBy.BUILTIN, waiting=asks)


def _is_name(card: Card) -> bool:
    return bool(card.item or card.material) and card.kind in {CardKind.TYPED, CardKind.TITLE}


class _Names:
    """Which things of the rule table words name. Each is looked for once in a request."""

    def __init__(self, recycling: RecyclingPublic) -> None:
        self._recycling = recycling
        self._known: dict[str, str | None] = {}

    async def same(self, expected: Expected, answer: str) -> bool:
        """Whether ``answer`` is another name of what is expected, as the rule table knows it."""
        given = await self._item(answer)
        if given is None:
            return False
        return any([given == await self._item(each) for each in expected.answers])

    async def _item(self, words: str) -> str | None:
        words = " ".join(words.split())
        if not words or len(words) > LONGEST_NAME:
            return None
        if words not in self._known and len(self._known) < MOST_SEARCHES:
            self._known[words] = await self._search(words)
        return self._known.get(words)

    async def _search(self, words: str) -> str | None:
        language: Language = "en" if words.isascii() else "ko"
        try:
            found = await self._recycling.search(words, language, 2)
        except Unavailable as unavailable:  # the answer is judged by its words alone then
            log.warning("learning.no_synonyms", reason=str(unavailable))
            return None
        sure = [match.item for match in found if match.sure]
        return sure[0] if len(sure) == 1 else None
