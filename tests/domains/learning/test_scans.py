"""Scans that become cards."""

from typing import Any

import pytest
from tests.domains.learning.conftest import BASE_URL, pipeline_of
from tests.domains.waste.conftest import Pipeline
from tests.support.pictures import jpeg

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.learning.errors import ScanUnanswered
from bunri.domains.learning.records import Card, DeckKind, Origin, media_key
from bunri.domains.learning.repository import LearningRepository
from bunri.domains.learning.schedule import Happened
from bunri.domains.learning.schemas import CardChange, RatingName, ReviewIn
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.service.scans import Scans
from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.waste.public import Corrected, WastePublic
from bunri.kit.ids import new_id
from bunri.kit.materials import Material


@pytest.fixture
def scans(container: InlineContainer) -> Scans:
    return container.get(Scans)


@pytest.fixture
def pipeline(container: InlineContainer, one: Caller) -> Pipeline:
    return pipeline_of(container, one)


async def cards_of(container: InlineContainer, who: Caller) -> list[Card]:
    async with container.transactions("learning", LearningRepository)() as repository:
        deck = await repository.deck_of_kind(who.id, DeckKind.SCANS)
        return await repository.cards_of(deck.id) if deck else []


async def correct(pipeline: Pipeline, status: Any, **said: Any) -> None:
    await pipeline.reply(status, **said)
    await pipeline.container.work()


class TestOffered:
    async def test_asks_with_the_persons_own_picture(
        self, scans: Scans, pipeline: Pipeline, one: Caller, container: InlineContainer
    ) -> None:
        scan = await pipeline.analyze(jpeg(301))
        card = await scans.make(one, scan.job_id, 0, BASE_URL)
        verdict = await container.get(WastePublic).verdict(scan.job_id, one.id)
        assert verdict
        [picture] = card.media
        assert f"media:{picture}" in card.front
        assert verdict.items[0].category_name in card.back
        assert (card.item, card.origin) == (verdict.items[0].item, Origin.SCAN)
        data = await container.get(WastePublic).picture(scan.job_id, one.id)
        assert data
        [kept] = await cards_of(container, one)
        assert await container.storage.read(media_key(kept.media[0]), 2**20) == data

    async def test_once_more_is_the_same_card(self, scans: Scans, pipeline: Pipeline, one: Caller) -> None:
        scan = await pipeline.analyze(jpeg(302))
        first, again = [await scans.make(one, scan.job_id, 0, BASE_URL) for _ in range(2)]
        assert first.id == again.id

    async def test_only_of_ones_own_and_of_what_is_there(
        self, scans: Scans, pipeline: Pipeline, one: Caller, other: Caller
    ) -> None:
        scan = await pipeline.analyze(jpeg(303))
        for who, job, position in ((other, scan.job_id, 0), (one, scan.job_id, 7), (one, new_id(), 0)):
            with pytest.raises(ScanUnanswered):
                await scans.make(who, job, position, BASE_URL)

    async def test_outlives_the_photo(
        self, scans: Scans, pipeline: Pipeline, one: Caller, container: InlineContainer
    ) -> None:
        scan = await pipeline.analyze(jpeg(304))
        await scans.make(one, scan.job_id, 0, BASE_URL)
        await pipeline.drop(scan)
        await container.work()
        [card] = await cards_of(container, one)
        assert await container.storage.read(media_key(card.media[0]), 2**20)

    @pytest.mark.parametrize("limit", ["deck_media_mb", "person_media_mb"])
    async def test_where_pictures_have_no_room_it_asks_by_name(
        self,
        scans: Scans,
        pipeline: Pipeline,
        one: Caller,
        container: InlineContainer,
        monkeypatch: pytest.MonkeyPatch,
        limit: str,
    ) -> None:
        full = container.settings.learning.model_copy(update={limit: 0})
        monkeypatch.setattr(scans, "_settings", full)
        scan = await pipeline.analyze(jpeg(305))
        card = await scans.make(one, scan.job_id, 0, BASE_URL)
        assert card.media == {}
        verdict = await container.get(WastePublic).verdict(scan.job_id, one.id)
        assert verdict
        assert verdict.items[0].name in card.front


class TestByItself:
    async def test_when_the_first_guess_was_wrong(
        self, pipeline: Pipeline, one: Caller, container: InlineContainer
    ) -> None:
        scan = await pipeline.analyze(jpeg(311))
        assert await cards_of(container, one) == []
        await correct(pipeline, scan, value="glass-bottle")
        [card] = await cards_of(container, one)
        [rule] = await container.get(RecyclingPublic).rules_for(["glass-bottle"], "ko", None)
        assert card.item == "glass-bottle"
        assert rule.disposal.category_name in card.back

    async def test_not_where_its_person_does_not_want_it(
        self, pipeline: Pipeline, one: Caller, container: InlineContainer
    ) -> None:
        await container.get(Learners).get(one.id)
        async with container.transactions("learning", LearningRepository)() as repository:
            await repository.change_learner(one.id, makes_cards=False)
        scan = await pipeline.analyze(jpeg(312))
        await correct(pipeline, scan, value="glass-bottle")
        assert await cards_of(container, one) == []

    async def test_a_later_correction_changes_the_card_and_asks_soon(
        self, scans: Scans, pipeline: Pipeline, one: Caller, container: InlineContainer, reviewing: Reviewing
    ) -> None:
        scan = await pipeline.analyze(jpeg(313))
        made = await scans.make(one, scan.job_id, 0, BASE_URL)
        await reviewing.review(one, made.id, ReviewIn(id=new_id(), rating=RatingName.EASY), BASE_URL)
        await correct(pipeline, scan, value="glass-bottle")
        [card] = await cards_of(container, one)
        assert (card.id, card.item, card.before) == (made.id, "glass-bottle", made.back)
        async with container.transactions("learning", LearningRepository)() as repository:
            log = await repository.log_of(one.id, card.id)
        assert [entry.kind for entry in log] == [Happened.REVIEW, Happened.CUT]
        event = Corrected(
            job_id=scan.job_id,
            owner=one.id,
            position=0,
            was=None,
            now="glass-bottle",
            material=Material.GLASS,
            kind="correct",
        )
        await scans.corrected(event)
        async with container.transactions("learning", LearningRepository)() as repository:
            assert len(await repository.log_of(one.id, card.id)) == 2

    async def test_what_its_person_wrote_stays(
        self, scans: Scans, pipeline: Pipeline, one: Caller, container: InlineContainer, cards: Cards
    ) -> None:
        scan = await pipeline.analyze(jpeg(314))
        made = await scans.make(one, scan.job_id, 0, BASE_URL)
        await cards.change(one, made.id, CardChange(back="내 말로"), BASE_URL)
        await correct(pipeline, scan, value="glass-bottle")
        [card] = await cards_of(container, one)
        assert card.back == "내 말로"
