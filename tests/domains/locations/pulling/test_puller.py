"""Pulling into a real table from local servers that speak the providers' protocols, faults included."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest
from tests.domains.locations.conftest import NOW
from tests.support.servers import Step, cut, garbage, hang, ok, serving, status

from bunri.domains.locations.area import KOREA
from bunri.domains.locations.importing.summary import ImportSummary
from bunri.domains.locations.public import BinKind, Vote
from bunri.domains.locations.pulling.pulled_bins import PulledBins
from bunri.domains.locations.pulling.puller import Puller, PullReport
from bunri.domains.locations.pulling.sources import PullFailure
from bunri.domains.locations.regions import region_named
from bunri.domains.locations.repository import Bin, LocationsRepository
from bunri.domains.locations.service import LocationsService
from bunri.platform.db import Transaction
from bunri.platform.open_data.data_go_kr import DataGoKr
from bunri.platform.open_data.overpass import Overpass
from bunri.platform.open_data.settings import DataGoKrSettings, OverpassSettings

CLOTHES, BATTERY_LAMP, MEDICINE, STREET = range(4)


def row(number: int, **changes: str) -> dict[str, str]:
    """Rows 1 km apart; the even ones in Busan."""
    city, district = ("부산광역시", "해운대구") if number % 2 == 0 else ("서울특별시", "강북구")
    return {
        "mngNo": str(number),
        "instlPlcNm": f"수거함 {number}",
        "ctpvNm": city,
        "sggNm": district,
        "lctnRoadNmAddr": f"{city} {district} 길 {number}",
        "lat": f"{35 + number / 100:.4f}",
        "lot": "129.1",
    } | changes


def page(rows: Sequence[dict[str, str]], number: int = 1, total: int | None = None) -> Step:
    count = len(rows) if total is None else total
    body = {"items": list(rows), "totalCount": str(count), "pageNo": str(number), "numOfRows": "500"}
    return ok({"response": {"header": {"resultCode": "00", "resultMsg": "NORMAL_SERVICE"}, "body": body}})


def element(number: int, **changes: Any) -> dict[str, Any]:
    tags = {"amenity": "recycling", "recycling:clothes": "yes", "name": f"수거함 {number}"}
    return {"type": "node", "id": number, "lat": 35 + number / 100, "lon": 129.1, "tags": tags} | changes


def elements(*found: dict[str, Any]) -> Step:
    return ok({"version": 0.6, "elements": list(found)})


@pytest.fixture
def pulled(transaction: Transaction[LocationsRepository]) -> PulledBins:
    return PulledBins(transaction, lambda: NOW)


@asynccontextmanager
async def puller(pulled: PulledBins, url: str, **settings: Any) -> AsyncIterator[Puller]:
    usual = {"base_url": url, "first_wait_s": 0.0, "retries": 0, "timeout_s": 20, "breaker_failures": 99, **settings}
    portal = DataGoKr(DataGoKrSettings.model_validate({"api_key": "key", **usual}))
    overpass = Overpass(OverpassSettings.model_validate(usual))
    try:
        yield Puller(pulled, portal, overpass)
    finally:
        await portal.aclose()
        await overpass.aclose()


class Pull:
    """Pulls one data set from a server that answers by a script."""

    def __init__(self, pulled: PulledBins) -> None:
        self._pulled = pulled

    async def clothes(self, *script: Step, region: str | None = None, **settings: Any) -> PullReport:
        async with serving(*script) as server, puller(self._pulled, server.url, **settings) as opened:
            return await opened.pull(opened.standard_data[CLOTHES], region_named(region) if region else None)

    async def osm(self, *script: Step, region: str | None = "부산", **settings: Any) -> PullReport:
        async with serving(*script) as server, puller(self._pulled, server.url, **settings) as opened:
            return await opened.pull(opened.openstreetmap[0], region_named(region) if region else None)


@pytest.fixture
def pull(pulled: PulledBins) -> Pull:
    return Pull(pulled)


async def all_bins(locations: LocationsService) -> dict[str, Bin]:
    return {each.name: each for each in await locations.newest(None, 1000)}


def sums_hold(summary: ImportSummary) -> bool:
    told = summary.elsewhere + summary.refused
    known = summary.updated + summary.unchanged + summary.merged
    return summary.read + summary.extra == summary.added + known + told


class TestPages:
    async def test_are_read_until_all_rows_are_there(self, pull: Pull, locations: LocationsService) -> None:
        pages = [page([row(1), row(2)], 1, 5), page([row(3), row(4)], 2, 5), page([row(5)], 3, 5)]
        report = await pull.clothes(*pages)
        assert (report.summary.read, report.summary.added, report.failures, report.removed) == (5, 5, [], 0)
        found = (await all_bins(locations))["수거함 3"]
        assert (found.kind, found.source) == (BinKind.CLOTHES, "전국의류수거함표준데이터")

    async def test_lose_no_row_unsaid(self, pull: Pull) -> None:
        rows = [
            row(1),
            row(1, mngNo="1b"),  # the same place
            row(2, lat=""),
            row(3, cltItemNm="?"),
            row(4, lat="95.5"),
            row(5, lctnRoadNmAddr="가" * 301),
        ]
        summary = (await pull.clothes(page(rows))).summary
        assert (summary.read, summary.added, summary.merged, summary.refused) == (6, 2, 1, 3)
        assert sums_hold(summary)

    async def test_progress_is_told(self, pulled: PulledBins) -> None:
        told: list[tuple[int, int | None]] = []
        async with (
            serving(page([row(1)], 1, 2), page([row(2)], 2, 2)) as server,
            puller(pulled, server.url) as opened,
        ):
            source = opened.standard_data[CLOTHES]
            await opened.pull(source, progress=lambda summary, total: told.append((summary.read, total)))
        assert told == [(1, 2), (2, 2)]


class TestAgain:
    async def test_nothing_doubles(self, pull: Pull, locations: LocationsService) -> None:
        rows = [row(number) for number in range(1, 8)]
        await pull.clothes(page(rows))
        before = await all_bins(locations)
        again = await pull.clothes(page(rows[::-1]))
        assert (again.summary.added, again.summary.unchanged, again.removed) == (0, 7, 0)
        assert await all_bins(locations) == before

    async def test_what_changed_is_updated_and_keeps_its_id_and_votes(
        self, pull: Pull, locations: LocationsService
    ) -> None:
        await pull.clothes(page([row(1), row(2)]))
        before = (await all_bins(locations))["수거함 1"]
        await locations.vote(before.id, "somebody", Vote.FULL)
        moved = row(1, instlPlcNm="새 이름", lat="35.0200", lctnRoadNmAddr="서울특별시 강북구 새길 9")
        report = await pull.clothes(page([moved, row(2)]))
        assert (report.summary.updated, report.summary.unchanged, report.summary.added) == (1, 1, 0)
        after = (await all_bins(locations))["새 이름"]
        assert (after.id, after.lat, after.address) == (before.id, 35.02, "서울특별시 강북구 새길 9")
        assert (await locations.get(after.id)).votes.full == 1

    async def test_without_numbers_bins_are_known_by_their_place(self, pull: Pull, locations: LocationsService) -> None:
        await pull.clothes(page([row(1, mngNo=""), row(2, mngNo="")]))
        before = (await all_bins(locations))["수거함 1"].id
        report = await pull.clothes(page([row(1, mngNo="", instlPlcNm="새 이름"), row(2, mngNo="")]))
        assert (report.summary.updated, report.summary.unchanged, report.removed) == (1, 1, 0)
        assert (await all_bins(locations))["새 이름"].id == before

    async def test_numbers_that_are_not_unique_do_no_harm(self, pull: Pull, locations: LocationsService) -> None:
        rows = [row(1, mngNo="1"), row(3, mngNo="1"), row(5, mngNo="1")]
        await pull.clothes(page(rows))
        for _ in range(2):
            report = await pull.clothes(page(rows[::-1]))
            assert sums_hold(report.summary)
            assert sorted(await all_bins(locations)) == ["수거함 1", "수거함 3", "수거함 5"]

    async def test_what_vanished_is_removed(self, pull: Pull, locations: LocationsService) -> None:
        await pull.clothes(page([row(1), row(2), row(3)]))
        report = await pull.clothes(page([row(1), row(3)]))
        assert report.removed == 1
        assert sorted(await all_bins(locations)) == ["수거함 1", "수거함 3"]

    async def test_the_bins_of_other_data_sets_stay(self, pull: Pull, locations: LocationsService) -> None:
        await pull.osm(elements(element(50), element(51)))
        await pull.clothes(page([row(1), row(2), row(50)]))
        report = await pull.clothes(page([row(1)]))
        assert report.removed == 1
        assert sorted(await all_bins(locations)) == ["수거함 1", "수거함 50", "수거함 51"]


class TestFailures:
    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (status(500), "status_500"),
            (garbage(), "garbage"),
            (cut, "connection"),
            (status(200, b'{"response": {"header"'), "garbage"),
            (page([], 2, 4), "page_missing"),
            (ok({"header": {"resultCode": "22"}}), "spent"),
            (hang, "timeout"),
        ],
    )
    async def test_what_came_is_kept_and_nothing_is_removed(
        self, pull: Pull, locations: LocationsService, fault: Step, reason: str
    ) -> None:
        await pull.clothes(page([row(1), row(9)]))
        report = await pull.clothes(page([row(1), row(2)], 1, 4), fault, timeout_s=1)
        assert report.failures == [PullFailure("2", reason)]
        assert (report.summary.added, report.summary.unchanged, report.removed) == (1, 1, 0)
        assert sorted(await all_bins(locations)) == ["수거함 1", "수거함 2", "수거함 9"]

    @pytest.mark.parametrize(
        "answer", [page([]), page([{"a": "1"}, {"a": "2"}]), page([row(1, lat=""), row(2, lat="")])]
    )
    async def test_an_answer_without_anything_of_use_removes_nothing(
        self, pull: Pull, locations: LocationsService, answer: Step
    ) -> None:
        await pull.clothes(page([row(1), row(2)]))
        report = await pull.clothes(answer)
        assert (report.failures, report.removed) == ([PullFailure("", "empty")], 0)
        assert len(await all_bins(locations)) == 2

    async def test_an_empty_data_set_that_was_never_there_is_no_failure(self, pull: Pull) -> None:
        assert (await pull.clothes(page([]))).failures == []

    async def test_a_clock_that_was_set_back_removes_nothing(
        self, pull: Pull, transaction: Transaction[LocationsRepository], locations: LocationsService
    ) -> None:
        await pull.clothes(page([row(1), row(2)]))
        earlier = Pull(PulledBins(transaction, lambda: NOW.replace(year=2001)))
        report = await earlier.clothes(page([row(1), row(2)]))
        assert (report.summary.unchanged, report.removed) == (2, 0)


class TestARegion:
    async def test_takes_its_rows_and_counts_the_others(self, pull: Pull, locations: LocationsService) -> None:
        report = await pull.clothes(page([row(number) for number in range(1, 6)]), region="부산")
        assert (report.summary.read, report.summary.added, report.summary.elsewhere) == (5, 2, 3)
        assert sums_hold(report.summary)
        assert sorted(await all_bins(locations)) == ["수거함 2", "수거함 4"]

    async def test_removes_only_what_vanished_there(self, pull: Pull, locations: LocationsService) -> None:
        await pull.clothes(page([row(number) for number in range(1, 6)]))
        report = await pull.clothes(page([row(2)]), region="해운대구")
        assert report.removed == 1
        assert sorted(await all_bins(locations)) == ["수거함 1", "수거함 2", "수거함 3", "수거함 5"]


class TestOpenStreetMap:
    async def test_knows_a_node_that_was_moved_and_retagged(self, pull: Pull, locations: LocationsService) -> None:
        await pull.osm(elements(element(1), element(2)))
        before = (await all_bins(locations))["수거함 1"]
        moved = element(1, lat=35.3, tags={"amenity": "recycling", "recycling:clothes": "yes", "name": "새 이름"})
        report = await pull.osm(elements(moved, element(2)))
        assert (report.summary.updated, report.summary.unchanged, report.removed) == (1, 1, 0)
        after = (await all_bins(locations))["새 이름"]
        assert (after.id, after.lat) == (before.id, 35.3)

    async def test_a_kind_that_is_no_longer_taken_is_removed(self, pull: Pull, locations: LocationsService) -> None:
        both = {"amenity": "recycling", "recycling:clothes": "yes", "recycling:batteries": "yes", "name": "역"}
        assert (await pull.osm(elements(element(1, tags=both)))).summary.added == 2
        report = await pull.osm(elements(element(1, tags={**both, "recycling:batteries": "no"})))
        assert report.removed == 1
        assert await locations.counts() == {BinKind.CLOTHES: 1}

    async def test_asks_province_by_province_and_one_that_fails_costs_no_other(
        self, pull: Pull, locations: LocationsService
    ) -> None:
        await pull.osm(elements(element(9)))
        answers = [elements(), elements(element(1)), status(504), elements(element(2)), *([elements()] * 14)]
        report = await pull.osm(*answers, region=None)
        assert [failure.reason for failure in report.failures] == ["status_504"]
        assert report.failures[0].where == "대구광역시"
        assert (report.summary.added, report.removed) == (2, 0)
        assert sorted(await all_bins(locations)) == ["수거함 1", "수거함 2", "수거함 9"]

    async def test_what_two_provinces_hold_comes_once(self, pull: Pull, locations: LocationsService) -> None:
        report = await pull.osm(elements(element(1)), region=None)  # each of the 17 has it
        assert (report.summary.read, report.summary.added, report.summary.merged) == (17, 1, 16)
        again = await pull.osm(elements(element(1)), region=None)
        assert sums_hold(again.summary)
        assert (again.summary.added, len(await all_bins(locations)), again.removed) == (0, 1, 0)


class TestCredits:
    async def test_name_whose_data_is_shown(self, pull: Pull, locations: LocationsService) -> None:
        assert (await locations.map_of(KOREA, [])).credits == []
        await pull.osm(elements(element(1)))
        assert [credit.text for credit in (await locations.map_of(KOREA, [])).credits] == [
            "© OpenStreetMap contributors"
        ]
        await pull.clothes(page([row(2)]))
        shown = (await locations.map_of(KOREA, [])).credits
        assert [credit.text for credit in shown] == ["© OpenStreetMap contributors", "공공데이터포털"]
        assert shown[0].url == "https://www.openstreetmap.org/copyright"


class TestTheSample:
    async def test_gives_way_to_the_first_real_bins(self, pull: Pull, locations: LocationsService) -> None:
        sample = await locations.load_sample()
        assert sample > 50
        first = (await locations.newest(None, 1))[0]
        here = row(1, lat=str(first.lat), lot=str(first.lng), lctnRoadNmAddr=first.address or "")
        assert (await pull.clothes(page([row(1, lat="")]))).summary.refused == 1
        assert sum((await locations.counts()).values()) == sample
        assert (await pull.clothes(page([here]))).summary.added == 1
        assert await locations.counts() == {BinKind.CLOTHES: 1}
