"""When what is collected: in a district, and in a building."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, time

import httpx
import pytest
from pydantic import ValidationError
from tests.support.api import api_client
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.recycling.collecting import CollectionDays
from bunri.domains.recycling.collection_days import building_key, read_csv
from bunri.domains.recycling.endpoints import router
from bunri.domains.recycling.errors import BuildingNotYours, CollectionFileInvalid, RegionMissing
from bunri.domains.recycling.public import Collections, RecyclingPublic
from bunri.domains.recycling.schemas import CollectionDayIn, CollectionDaysIn
from bunri.domains.recycling.service import RecyclingService
from bunri.domains.recycling.user_data import RecyclingUserData
from bunri.domains.users.schemas import MeIn
from bunri.domains.users.service.profiles import Profiles
from bunri.kit.materials import Material

HEADER = "region,material,weekday,from,to,source\n"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
async def container(settings: Settings) -> AsyncIterator[InlineContainer]:
    made = InlineContainer(settings, clock=Clockwork())
    yield made
    await made.close()


@pytest.fixture
def collecting(container: InlineContainer) -> CollectionDays:
    return container.get(CollectionDays)


async def resident(container: InlineContainer, region: str | None, building: str) -> Caller:
    tokens = await container.get(Guests).sign_in("주민")
    caller = container.get(AccessVerifier).verify(tokens.access_token)
    await container.get(Profiles).change(caller, MeIn(region=region, building=building))
    return caller


def days(region: str, building: str, *weekdays: int) -> CollectionDaysIn:
    said = [CollectionDayIn(material=Material.VINYL, weekday=each, begins=time(20)) for each in weekdays]
    return CollectionDaysIn(region=region, building=building, days=said)


async def shown(container: InlineContainer, region: str, building: str | None = None) -> Collections:
    return await container.get(RecyclingPublic).collection_days(region, building)


class TestOfABuilding:
    async def test_holds_for_everybody_there_and_the_last_is_right(
        self, collecting: CollectionDays, container: InlineContainer
    ) -> None:
        one = await resident(container, "seoul-nowon", "한빛아파트 3동")
        other = await resident(container, "seoul-nowon", "한빛 아파트 3동")
        await collecting.say(one, days("seoul-nowon", "한빛아파트 3동", 1))
        await collecting.say(other, days("노원구", "한빛 아파트 3동", 2, 4))
        found = await shown(container, "seoul-nowon", "한빛아파트3동")
        assert [(each.material, each.weekday, each.begins) for each in found.days] == [
            (Material.VINYL, 2, time(20)),
            (Material.VINYL, 4, time(20)),
        ]
        assert found.of_building
        assert (await shown(container, "seoul-nowon", "다른 아파트")).days == ()
        data = container.get(RecyclingUserData)
        assert (await data.export(one.id)).document == {}
        assert len((await data.export(other.id)).document["collection_days"]) == 2
        await data.upgrade(other.id, one.id)
        await data.erase(one.id)
        assert (await data.export(one.id)).document == {}
        assert len((await shown(container, "seoul-nowon", "한빛아파트3동")).days) == 2

    @pytest.mark.parametrize(
        ("region", "building"), [("seoul-nowon", "남의 집"), ("jeju", "우리 집"), ("seoul-nowon", "　")]
    )
    async def test_is_said_by_who_lives_there(
        self, collecting: CollectionDays, container: InlineContainer, region: str, building: str
    ) -> None:
        one = await resident(container, "seoul-nowon", "우리 집")
        with pytest.raises(BuildingNotYours):
            await collecting.say(one, CollectionDaysIn.model_construct(region=region, building=building, days=[]))

    def test_is_one_however_it_is_written(self) -> None:
        assert building_key("Hanbit APT 3") == building_key("hanbit apt３ ")
        assert building_key(None) == building_key("  ") == ""


class TestOfADistrict:
    async def test_is_loaded_by_an_operator_and_inherited(
        self, collecting: CollectionDays, container: InlineContainer
    ) -> None:
        assert (await shown(container, "busan-busanjin")) == Collections()
        rows = "부산진구,vinyl,목,18:00,,구청 안내\n부산진구,paper,mon,18:00,6:00,구청 안내\n서울시,glass,sun,,,시청\n"
        assert await collecting.load((HEADER + rows).encode()) == 3
        found = await shown(container, "busan-busanjin", "아무 건물")
        assert [(each.material, each.weekday, each.ends) for each in found.days] == [
            (Material.PAPER, 0, time(6)),
            (Material.VINYL, 3, None),
        ]
        assert (found.source, found.of_building) == ("구청 안내", False)
        assert [each.material for each in (await shown(container, "seoul-gangnam")).days] == [Material.GLASS]
        await collecting.load((HEADER + "busan-busanjin,vinyl,fri,,,새 안내\n").encode())
        assert [each.weekday for each in (await shown(container, "busan-busanjin")).days] == [4]

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("region,material\nseoul,vinyl\n", 1),
            (HEADER + "seoul,vinyl,목,18:00,,구청\nseoul,gold,목,,,구청\n", 3),
            (HEADER + "seoul,vinyl,someday,,,구청\n", 2),
            (HEADER + "seoul,vinyl,목,25:00,,구청\n", 2),
            (HEADER + "seoul,vinyl,목,18:00,,\n", 2),
        ],
    )
    def test_a_wrong_line_is_named(self, text: str, line: int) -> None:
        with pytest.raises(CollectionFileInvalid) as raised:
            read_csv(text.encode(), NOW)
        assert raised.value.data["line"] == line

    def test_what_is_no_text_or_too_much_is_refused(self) -> None:
        for data in (b"\xff\xfe\x00", b"x" * (2**20 + 1)):
            with pytest.raises(CollectionFileInvalid):
                read_csv(data, NOW)

    async def test_an_unknown_region_changes_nothing(
        self, collecting: CollectionDays, container: InlineContainer
    ) -> None:
        with pytest.raises(RegionMissing):
            await collecting.load((HEADER + "daegu-jung,vinyl,목,,,구청\natlantis,vinyl,목,,,구청\n").encode())
        assert (await shown(container, "daegu-jung")).days == ()


class TestOverHttp:
    @pytest.fixture
    async def client(self, container: InlineContainer) -> AsyncIterator[httpx.AsyncClient]:
        services = (container.get(CollectionDays), container.get(RecyclingService))
        verifier = container.get(AccessVerifier)
        async with api_client(router, *services, verifier=verifier, at="/api/v1/recycling") as made:
            yield made

    async def test_is_said_and_read(self, client: httpx.AsyncClient, container: InlineContainer) -> None:
        tokens = await container.get(Guests).sign_in("주민")
        caller = container.get(AccessVerifier).verify(tokens.access_token)
        await container.get(Profiles).change(caller, MeIn(region="gyeonggi-gunpo", building="산본 아파트"))
        where = {"region": "gyeonggi-gunpo", "building": "산본 아파트"}
        signed_in = {"Authorization": f"Bearer {tokens.access_token}"}
        day = {"material": "vinyl", "weekday": 3, "begins": "20:00"}
        said = await client.put("/collection-days", json={**where, "days": [day]}, headers=signed_in)
        assert said.status_code == 200
        read = (await client.get("/collection-days", params=where)).json()
        assert read == said.json()
        assert [(each["material"], each["begins"], each["ends"]) for each in read["days"]] == [
            ("vinyl", "20:00:00", None)
        ]
        assert caller.id not in str(read)
        other = {**where, "building": "남의 아파트", "days": []}
        refused = await client.put("/collection-days", json=other, headers=signed_in)
        assert (refused.status_code, refused.json()["code"]) == (403, "building_not_yours")
        assert (await client.put("/collection-days", json={**where, "days": []})).status_code == 401

    @pytest.mark.parametrize(
        "days",
        [
            [{"material": "vinyl", "weekday": 7}],
            [{"material": "gold", "weekday": 1}],
            [{"material": "vinyl", "weekday": 1}] * 2,
            [{"material": "vinyl", "weekday": 1, "begins": "20:00+09:00"}],
            [{"material": "vinyl", "weekday": each % 7} for each in range(61)],
        ],
    )
    def test_what_makes_no_sense_is_refused(self, days: list[dict[str, object]]) -> None:
        with pytest.raises(ValidationError):
            CollectionDaysIn.model_validate({"region": "seoul", "building": "집", "days": days})
