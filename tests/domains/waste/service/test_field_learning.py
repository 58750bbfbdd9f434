"""Learning in the field from end to end: consent, the night's version, the next photo, withdrawal, and the way back."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest
from sqlalchemy import delete, func, select
from tests.domains.waste.conftest import FakeVision, Pipeline
from tests.domains.waste.field_bank.places import NETWORK, elsewhere, features, says
from tests.support.pictures import jpeg

from bunri.domains.waste.field_bank.validation import Validation
from bunri.domains.waste.models import FieldPhotoRow, FieldVersionRow, TrainingSampleRow
from bunri.domains.waste.records import FIELD_ROLE, FieldPhoto, FieldVersion, TrainingSample
from bunri.domains.waste.schemas import Status
from bunri.domains.waste.service.field_learning import FieldLearning, is_due
from bunri.domains.waste.service.field_memory import LOOKED_AFTER, FieldMemory
from bunri.domains.waste.service.training_samples import TrainingSamples
from bunri.domains.waste.settings import WasteSettings
from bunri.domains.waste.user_data import WasteUserData
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import Pixels, VisionResult

SORTS = {Material.GLASS: 0, Material.PAPER: 1}


class Networks(FakeVision):
    """Take each thing for the material ``says``, and give it the features of the sort ``kind``."""

    kind = 0
    number = 0
    says = Material.GLASS
    network = NETWORK

    async def see(self, pixels: Pixels) -> VisionResult:
        seen = await super().see(pixels)
        opinion = says(self.says, 0.6)
        network = {self.network: features(self.kind, self.number)}
        return replace(
            seen, image_probabilities=opinion, second_opinion=opinion, accept_threshold=0.97, features=network
        )


class Place:
    """People of one installation, their photos, and its nights."""

    def __init__(self, pipeline: Pipeline, validation: Validation) -> None:
        self.pipeline = pipeline
        self.networks = Networks({"detector": f"own@{new_id()}"}, things=())
        pipeline.local = self.networks
        settings = WasteSettings()
        self.learning = FieldLearning(pipeline.transaction, validation, settings, pipeline.now)
        self.memory = FieldMemory(pipeline.transaction, NETWORK, settings, pipeline.now)
        pipeline.container.provide(FieldMemory, lambda: self.memory)
        self.seed = int(np.random.default_rng().integers(10_000, 2**30))

    async def look(self, material: Material) -> Status:
        self.seed += 1
        self.networks.kind, self.networks.number, self.networks.says = SORTS[material], self.seed, material
        return await self.pipeline.analyze(jpeg(self.seed))

    async def confirm(self, many: int, *people: str, consent: bool = True) -> list[Status]:
        """Glass and paper in turns, each confirmed by the next of ``people``."""
        found = []
        for number in range(many):
            self.pipeline.owner = people[(number // 2) % len(people)]
            material = list(SORTS)[number % 2]
            status = await self.look(material)
            kind = "answer" if status.status == "asked" else "correct"
            await self.pipeline.reply(status, kind, value=material.value, consent=consent)
            found.append(status)
        return found

    async def taught(self, many: int, *people: str) -> None:
        """As ``confirm``, without the photos."""
        samples = self.pipeline.container.get(TrainingSamples)
        for number in range(many):
            self.seed += 1
            material, job_id = list(SORTS)[number % 2], new_id()
            opinion = {each.value: share for each, share in says(material, 0.6).items()}
            photo = FieldPhoto(
                network=self.networks.network,
                features=features(SORTS[material], self.seed),
                opinions={"first": opinion, "second": opinion},
            )
            sample = TrainingSample(
                job_id=job_id,
                position=0,
                contributor=samples.pseudonym(people[(number // 2) % len(people)]),
                kind="confirm",
                box=None,
                item=None,
                material=material.value,
                form=None,
                tags=[],
                seen=None,
                models={},
                created_at=self.pipeline.now(),
            )
            async with self.pipeline.transaction() as repository:
                await repository.put_sample(sample)
                await repository.put_field_photos(job_id, 0, [photo])

    async def night(self) -> FieldVersion | None:
        self.pipeline.ahead += timedelta(days=1)
        return await self.learning.learn()

    async def rows(self) -> int:
        async with self.pipeline.container.database.transaction("waste") as session:
            return (await session.execute(select(func.count()).select_from(FieldPhotoRow))).scalar_one()


@pytest.fixture
async def place(pipeline: Pipeline) -> AsyncIterator[Place]:
    async def clear() -> None:
        async with pipeline.container.database.transaction("waste") as session:
            for table in (FieldVersionRow, TrainingSampleRow):
                await session.execute(delete(table))

    await clear()
    yield Place(pipeline, elsewhere())
    await clear()


def somebody() -> str:
    return f"guest_{new_id()}"


class TestKept:
    async def test_with_consent_alone_and_nothing_but_features_and_opinions(self, place: Place) -> None:
        await place.confirm(2, somebody(), consent=False)
        assert await place.rows() == 0
        (status, _) = await place.confirm(2, me := somebody())
        assert await place.rows() == 2
        data = await place.pipeline.container.get(WasteUserData).export(me)
        (first, _) = sorted(data.document["field_photos"], key=lambda each: each["job_id"] != str(status.job_id))
        assert set(first) == {"job_id", "position", "network", "features", "opinions"}
        assert first["network"] == NETWORK

    async def test_not_of_a_photo_of_several_things(self, place: Place) -> None:
        place.networks.things = FakeVision({}).things
        status = await place.look(Material.GLASS)
        job = await place.pipeline.row(status)
        assert job is not None
        samples = place.pipeline.container.get(TrainingSamples)
        assert await samples.field_photos(job)
        assert await samples.field_photos(replace(job, items=(job.items or ()) * 2)) == []

    async def test_until_consent_is_withdrawn_or_its_person_leaves(self, place: Place) -> None:
        me, other = somebody(), somebody()
        await place.confirm(4, me)
        (theirs, _) = await place.confirm(2, other)
        assert await place.rows() == 6
        await place.pipeline.container.get(TrainingSamples).withdraw(me)
        assert await place.rows() == 2
        place.pipeline.owner = other
        await place.pipeline.reply(theirs, value="glass")
        assert await place.rows() == 1
        await place.pipeline.container.get(WasteUserData).erase(other)
        assert await place.rows() == 0

    async def test_under_the_account_that_a_guest_becomes_part_of(self, place: Place) -> None:
        guest, account = somebody(), somebody()
        await place.confirm(2, guest)
        data = place.pipeline.container.get(WasteUserData)
        await data.upgrade(guest, account)
        assert len((await data.export(account)).document["field_photos"]) == 2
        assert (await data.export(guest)).document["field_photos"] == []


class TestVersions:
    async def test_the_night_makes_one_which_the_next_photo_hears(self, place: Place) -> None:
        await place.taught(40, somebody(), somebody())
        version = await place.night()
        assert version is not None
        assert (version.state, version.photos) == ("taken", 40)
        status = await place.look(Material.GLASS)
        assert status.result is not None
        assert status.result.models[FIELD_ROLE] == f"confirmed@{version.number}.40"
        assert status.result.items[0].question is None

    async def test_who_has_no_features_of_its_network_does_not_hear_it(self, place: Place) -> None:
        await place.taught(40, somebody(), somebody())
        await place.night()
        place.networks.network = "names@newer"
        status = await place.look(Material.GLASS)
        assert status.result is not None
        assert status.result.items[0].question is not None

    async def test_none_is_made_where_nothing_is_new(self, place: Place) -> None:
        people = somebody(), somebody()
        await place.taught(40, *people)
        assert await place.night() is not None
        assert await place.night() is None
        await place.taught(2, *people)
        assert await place.night() is not None

    async def test_one_that_says_too_little_is_refused_with_why(self, place: Place) -> None:
        await place.taught(4, somebody())
        version = await place.night()
        assert version is not None
        assert (version.state, version.reason, version.worth) == ("refused", "few_photos", None)
        assert await place.memory.heard() is None
        await place.night()
        assert len((await place.learning.status()).versions) == 1  # of refused ones the newest is kept

    async def test_what_was_taken_back_is_gone_from_memory_within_a_minute(self, place: Place) -> None:
        me = somebody()
        await place.taught(40, me, somebody())
        await place.night()
        before = await place.memory.heard()
        assert before is not None
        await place.pipeline.container.get(TrainingSamples).withdraw(me)
        assert await place.memory.heard() is before
        place.pipeline.ahead += LOOKED_AFTER
        after = await place.memory.heard()
        assert after is not None
        assert (after.number, len(after.bank.photos)) == (before.number, 20)

    async def test_the_way_back_leaves_out_what_came_with_it_for_good(self, place: Place) -> None:
        people = somebody(), somebody()
        await place.taught(30, *people)
        first = await place.night()
        await place.taught(4, *people)
        second = await place.night()
        assert first is not None
        assert second is not None
        rolled_back = await place.learning.roll_back()
        assert rolled_back is not None
        assert rolled_back.number == second.number
        status = await place.learning.status()
        assert status.heard is not None
        assert (status.heard.number, status.photos) == (first.number, 30)
        await place.taught(2, *people)
        third = await place.night()
        assert third is not None
        assert third.photos == 32

    async def test_there_may_be_nothing_to_go_back_from(self, place: Place) -> None:
        assert await place.learning.roll_back() is None

    async def test_rows_of_other_networks_are_counted_and_not_heard(self, place: Place) -> None:
        place.networks.network = "names@older"
        await place.taught(2, somebody())
        status = await place.learning.status()
        assert (status.photos, status.other_networks) == (0, 2)
        assert await place.night() is None


class TestWhen:
    async def test_once_a_night(self, place: Place) -> None:
        await place.taught(2, somebody())
        place.pipeline.ahead += timedelta(days=1)
        await place.learning.learn_if_due()
        (first,) = (await place.learning.status()).versions
        await place.learning.learn_if_due()
        assert (await place.learning.status()).versions == [first]

    async def test_never_where_it_is_switched_off(self, place: Place) -> None:
        await place.taught(2, somebody())
        off = WasteSettings(field_learning=False)
        transaction, now = place.pipeline.transaction, place.pipeline.now
        await FieldLearning(transaction, elsewhere(), off, now).learn_if_due()
        assert (await place.learning.status()).versions == []
        assert await FieldMemory(transaction, NETWORK, off, now).heard() is None

    @pytest.mark.parametrize(
        ("newest", "due"),
        [
            (None, True),
            (datetime(2026, 12, 1, 17, 59, tzinfo=UTC), True),
            (datetime(2026, 12, 1, 18, tzinfo=UTC), False),
        ],
    )
    def test_by_the_last_time_that_it_was_night(self, newest: datetime | None, due: bool) -> None:
        assert is_due(datetime(2026, 12, 2, 9, tzinfo=UTC), newest, time(18)) is due
