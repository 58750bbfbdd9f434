"""Cards follow the rule table."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, NewRules
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.learning.models import CardRow, MemoryRow, ReviewRow, RuleChangeRow
from bunri.domains.learning.records import Card, DeckKind, Learner, RuleChange
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import Happened, State
from bunri.domains.learning.schemas import CardChange, RatingName, ReviewIn
from bunri.domains.learning.service import rule_following
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.folding import folded
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.rule_following import RuleFollowing
from bunri.domains.learning.service.starter import STARTER, Starter
from bunri.domains.recycling.rows import Document
from bunri.kit.ids import new_id


def _row(document: Document, slug: str) -> dict[str, Any]:
    [row] = [row for row in document["item"] if row["slug"] == slug]
    return row


def pots_elsewhere(document: Document) -> None:
    row = _row(document, "cooking-pot")
    row.pop("steps", None)
    row["category"] = "general"


def new_source(document: Document) -> None:
    _row(document, "cooking-pot")["rule"] = {**_row(document, "cooking-pot")["rule"], "date": "2027-01-05"}


def without_pots(document: Document) -> None:
    document["kind"] = [row for row in document["kind"] if row["slug"] != "cooking-pot"]


async def pot_of(container: InlineContainer, starter: Starter) -> Card:
    deck = await starter.deck(DeckKind.EVERYDAY, None, "ko")
    async with container.transactions("learning", LearningRepository)() as repository:
        [card] = [card for card in await repository.cards_of(deck.id) if card.item == "cooking-pot"]
    return card


async def learn(reviewing: Reviewing, who: Caller, card: UUID) -> None:
    await reviewing.review(who, card, ReviewIn(id=new_id(), rating=RatingName.EASY), BASE_URL)


async def cuts_of(session_of: Sessions, card: UUID) -> dict[str, int]:
    async with session_of("learning") as session:
        statement = select(ReviewRow.person, func.count()).where(ReviewRow.card_id == card, ReviewRow.kind == "cut")
        found = await session.execute(statement.group_by(ReviewRow.person))
        return {row.person: int(row[1]) for row in found}


async def memory(session_of: Sessions, who: Caller, card: UUID) -> MemoryRow:
    async with session_of("learning") as session:
        row = await session.get(MemoryRow, (who.id, card))
    assert row
    return row


class TestChangedRule:
    async def test_says_what_changed_and_comes_back_soon(
        self,
        starter: Starter,
        following: RuleFollowing,
        reviewing: Reviewing,
        rules: NewRules,
        one: Caller,
        other: Caller,
        cards: Cards,
        container: InlineContainer,
        session_of: Sessions,
        clock: Clockwork,
    ) -> None:
        for each in (one, other):
            await starter.join(each, STARTER)
        before = await pot_of(container, starter)
        await learn(reviewing, one, before.id)
        then = await memory(session_of, one, before.id)
        clock.move(days=1)
        await rules(pots_elsewhere)
        await following.follow()
        card = await pot_of(container, starter)
        assert (card.id, card.before, card.changed_at) == (before.id, before.back, clock())
        assert card.back != before.back
        assert card.accepted != before.accepted
        now = await memory(session_of, one, card.id)
        assert then.stability
        assert now.due_day == Learner(one.id, clock()).day(clock())
        assert now.stability == pytest.approx(then.stability * 0.25)
        assert await cuts_of(session_of, card.id) == {one.id: 1}
        assert (await memory(session_of, other, card.id)).state == int(State.NEW)
        learner = await container.get(Learners).get(one.id)
        async with container.transactions("learning", LearningRepository)() as repository:
            assert (await folded(repository, learner, card.id)).stability == pytest.approx(now.stability)
            log = await repository.log_of(one.id, card.id)
        assert [entry.kind for entry in log] == [Happened.REVIEW, Happened.CUT]
        shown = [await cards.change(each, card.id, CardChange(seen_change=True), BASE_URL) for each in (other, one)]
        assert [each.before for each in shown] == [None, before.back]  # who never learned it has nothing to unlearn
        clock.move(minutes=1)
        await learn(reviewing, one, card.id)
        assert (await cards.get(one, card.id, BASE_URL)).before is None

    async def test_again_and_at_once_cuts_once(
        self,
        starter: Starter,
        reviewing: Reviewing,
        rules: NewRules,
        new_caller: NewCaller,
        container: InlineContainer,
        session_of: Sessions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(rule_following, "PEOPLE_AT_ONCE", 3)
        people = [await new_caller() for _ in range(8)]
        for each in people:
            await starter.join(each, STARTER)
            await learn(reviewing, each, (await pot_of(container, starter)).id)
        await rules(pots_elsewhere)
        await asyncio.gather(*(container.get(RuleFollowing).follow() for _ in range(4)))
        await container.get(RuleFollowing).follow()
        cuts = await cuts_of(session_of, (await pot_of(container, starter)).id)
        assert {each.id: cuts.get(each.id) for each in people} == {each.id: 1 for each in people}

    async def test_a_worker_that_dies_in_the_middle_neither_doubles_nor_forgets(
        self,
        starter: Starter,
        following: RuleFollowing,
        reviewing: Reviewing,
        rules: NewRules,
        new_caller: NewCaller,
        container: InlineContainer,
        session_of: Sessions,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(rule_following, "PEOPLE_AT_ONCE", 2)
        people = [await new_caller() for _ in range(5)]
        for each in people:
            await starter.join(each, STARTER)
            await learn(reviewing, each, (await pot_of(container, starter)).id)
        await rules(pots_elsewhere)
        saved = LearningRepository.save_rule_change
        late = sorted(each.id for each in people)[2:]

        async def dies(self: LearningRepository, change: RuleChange, told_until: str | None) -> None:
            if told_until in late:
                raise RuntimeError("killed")
            await saved(self, change, told_until)

        monkeypatch.setattr(LearningRepository, "save_rule_change", dies)
        with pytest.raises(RuntimeError):
            await following.follow()
        card = await pot_of(container, starter)
        some = await cuts_of(session_of, card.id)
        assert 0 < sum(each.id in some for each in people) < len(people)
        monkeypatch.setattr(LearningRepository, "save_rule_change", saved)
        await following.follow()
        cuts = await cuts_of(session_of, card.id)
        assert {each.id: cuts.get(each.id) for each in people} == {each.id: 1 for each in people}
        async with session_of("learning") as session:
            assert await session.scalar(select(func.count()).select_from(RuleChangeRow)) == 0

    async def test_a_new_source_of_the_same_answer_is_not_learned_anew(
        self,
        starter: Starter,
        following: RuleFollowing,
        reviewing: Reviewing,
        rules: NewRules,
        one: Caller,
        container: InlineContainer,
        session_of: Sessions,
    ) -> None:
        await starter.join(one, STARTER)
        before = await pot_of(container, starter)
        await learn(reviewing, one, before.id)
        earlier = (await cuts_of(session_of, before.id)).get(one.id, 0)
        await rules(new_source)
        await following.follow()
        card = await pot_of(container, starter)
        assert "2027-01-05" in card.back
        assert card.before == before.before
        assert (await cuts_of(session_of, card.id)).get(one.id, 0) == earlier

    async def test_what_is_new_is_added_and_what_is_gone_removed(
        self,
        starter: Starter,
        following: RuleFollowing,
        rules: NewRules,
        one: Caller,
        container: InlineContainer,
        session_of: Sessions,
    ) -> None:
        await starter.join(one, STARTER)
        card = await pot_of(container, starter)
        await rules(without_pots)
        await following.follow()
        async with session_of("learning") as session:
            row = await session.get(CardRow, card.id)
            assert row
            assert row.removed_at is not None
            assert await session.get(MemoryRow, (one.id, card.id)) is None
        await rules()
        await following.follow()
        back = await pot_of(container, starter)
        assert back.id != card.id
        assert (await memory(session_of, one, back.id)).state == int(State.NEW)
