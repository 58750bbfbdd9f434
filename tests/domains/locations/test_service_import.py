"""Open data into the table: what comes in, what is already there, what happens the second time."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from bunri.domains.locations import importing, service
from bunri.domains.locations.area import KOREA
from bunri.domains.locations.errors import BinsFileBroken
from bunri.domains.locations.importing.duplicates import DuplicateFilter
from bunri.domains.locations.importing.rows import ImportDefaults, NewBin, RowResult
from bunri.domains.locations.importing.summary import MAX_PROBLEMS, ImportSummary
from bunri.domains.locations.models import BinRow
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.pulling.datasets import OPENSTREETMAP, OPENSTREETMAP_TITLE
from bunri.domains.locations.service import LocationsService
from bunri.platform.db import Database

DEFAULTS = ImportDefaults(source="test", kind=BinKind.PET)


async def import_text(locations: LocationsService, content: str) -> ImportSummary:
    return await locations.import_bins(importing.read_rows(io.BytesIO(content.encode()), DEFAULTS))


class TestImporting:
    async def test_whose_data_it_is_stays_with_it(self, locations: LocationsService) -> None:
        element = '{"type": "node", "id": 1, "lat": 37.5, "lon": 127, "tags": {"amenity": "recycling"}}'
        rows = importing.read_rows(io.BytesIO(f'{{"elements": [{element}]}}'.encode()), DEFAULTS)
        await locations.import_bins(rows, dataset=OPENSTREETMAP)
        assert [credit.text for credit in (await locations.map_of(KOREA, [])).credits] == [OPENSTREETMAP_TITLE]

    async def test_adds_bins_that_are_found_then(self, locations: LocationsService) -> None:
        summary = await import_text(locations, "명칭,주소,위도,경도\n시청,중구,37.5663,126.9779\n벽,,,\n")
        assert (summary.read, summary.added, summary.merged, summary.refused) == (2, 1, 0, 1)
        (found,) = await locations.nearby(37.5663, 126.9779, [BinKind.PET], 5)
        assert (found.name, found.address, found.source) == ("시청", "중구", "test")
        assert await locations.counts() == {BinKind.PET: 1}

    async def test_keeps_the_road_and_the_lot_number_which_are_both_found(self, locations: LocationsService) -> None:
        await import_text(
            locations,
            "도로명주소,지번주소,위도,경도\n"
            "서울특별시 노원구 상계로 70,서울특별시 노원구 상계동 593-1,37.65,127.06\n"
            ",서울특별시 노원구 상계동 600,37.66,127.06\n"
            f"서울특별시 노원구 상계로 90,{'가' * 301},37.67,127.06\n",
        )
        assert len(await locations.newest(None, 9)) == 3
        for words, lat in (("상계로 70", 37.65), ("상계동 593-1", 37.65), ("상계동 600", 37.66)):
            assert [place.lat for place in await locations.find(words, 5)] == [lat], words

    async def test_loses_no_row_unsaid(self, locations: LocationsService) -> None:
        """Rows of several kinds, known ones, bad ones, stray quotes: the sums hold."""
        summary = await import_text(
            locations,
            "명칭,위도,경도,종류\n"
            "가,37.5,127,폐건전지·폐형광등\n"
            "가,37.5,127,폐건전지\n"
            '"나,37.6,127,-\n'
            "다,37.7,127,-\n"
            '라",37.8,127,-\n'
            "-,-,-,-\n",
        )
        assert (summary.read, summary.extra) == (6, 1)
        assert (summary.added, summary.merged, summary.refused) == (3, 1, 3)

    async def test_the_second_time_adds_nothing(self, locations: LocationsService) -> None:
        content = "lat,lng\n" + "".join(f"37.{step:04},127\n" for step in range(500))
        first = await import_text(locations, content)
        second = await import_text(locations, content)
        assert first.added > 400
        assert (second.added, second.merged) == (0, 500)

    async def test_what_another_file_had_is_merged(self, locations: LocationsService) -> None:
        await import_text(locations, "lat,lng,주소\n37.5663,126.9779,세종대로 110\n")
        summary = await import_text(
            locations,
            "lat,lng,주소,종류\n"
            "37.56631,126.9779,,\n"  # 1 m away
            "37.5666,126.9779,세종대로110,\n"  # 33 m away, the same address
            "37.5666,126.9780,세종대로 111,\n"  # 33 m away, next door
            "37.5663,126.9779,세종대로 110,폐건전지\n",
        )
        assert (summary.added, summary.merged) == (2, 2)

    async def test_a_file_that_breaks_in_the_middle_adds_nothing(
        self, locations: LocationsService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "BATCH_SIZE", 1)
        with pytest.raises(BinsFileBroken):
            await import_text(locations, "lat,lng\n37.5,127\n37.6,127\n" + "x" * 70_000)
        assert await locations.counts() == {}

    async def test_progress_is_told_after_each_batch(
        self, locations: LocationsService, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(service, "BATCH_SIZE", 2)
        content = io.BytesIO(b"lat,lng\n37.1,127\n37.2,127\n37.3,127\n")
        answer: list[int] = []
        await locations.import_bins(importing.read_rows(content, DEFAULTS), lambda so_far: answer.append(so_far.added))
        assert answer == [2, 3]

    async def test_of_many_bad_rows_all_are_counted_and_some_are_kept(self, locations: LocationsService) -> None:
        summary = await import_text(locations, "lat,lng\n" + "x,y\n" * (MAX_PROBLEMS + 5))
        assert summary.refused == MAX_PROBLEMS + 5
        assert len(summary.problems) == MAX_PROBLEMS

    async def test_a_text_that_no_table_could_hold_is_cleaned(self, locations: LocationsService) -> None:
        features = (
            '{"features": [{"geometry": {"type": "Point", "coordinates": [127, 37.5]}, "properties": {"name": "%s"}}]}'
        )
        assert (await import_text(locations, features % "\\u0000\\ud800")).added == 1


class TestBatches:
    @given(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.sampled_from([None, "가", "나"])), max_size=25),
        st.integers(1, 26),
    )
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    async def test_their_size_changes_nothing(
        self,
        database: Database,
        locations: LocationsService,
        places: Sequence[tuple[int, int, str | None]],
        size: int,
    ) -> None:
        """The table and the grid agree on what is the same, and a bin merged into nothing is never lost."""
        new_bins = [
            NewBin(BinKind.PET, f"{number}", address, 37.5 + north * 2e-5, 127 + east * 2e-5, "test")
            for number, (north, east, address) in enumerate(places)
        ]
        async with database.transaction("locations") as session:
            await session.execute(delete(BinRow))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(service, "BATCH_SIZE", size)
            await locations.import_bins(RowResult((new_bin,)) for new_bin in new_bins)
        names = {each.name for each in await locations.newest(None, 100)}
        seen = DuplicateFilter()
        assert names == {new_bin.name for new_bin in new_bins if seen.add(new_bin)}


class TestSample:
    async def test_fills_an_empty_table_once(self, locations: LocationsService) -> None:
        added = await locations.load_sample()
        assert added >= 60
        assert await locations.load_sample() == 0
        assert set(await locations.counts()) == set(BinKind)

    async def test_makes_way_for_real_bins(self, locations: LocationsService) -> None:
        await locations.load_sample()
        await import_text(locations, "lat,lng\nnot,here\n")
        assert set(await locations.counts()) == set(BinKind)
        await import_text(locations, "lat,lng\n37.5663,126.9779\n")
        assert await locations.counts() == {BinKind.PET: 1}

    async def test_says_that_it_is_one(self, locations: LocationsService) -> None:
        await locations.load_sample()
        for city_hall in ((37.5663, 126.9779), (35.1798, 129.0750), (37.8813, 127.7300)):
            found = await locations.nearby(*city_hall, [], 3)
            assert all("(예시)" in each.name and each.source == "bunri 예시" for each in found)
            assert all(each.distance_m < 500 for each in found)


class TestKoreanPublicData:
    async def test_comes_in_whole_and_only_once(self, shared: Path, locations: LocationsService) -> None:
        with (shared / "data" / "bins" / "korea.csv").open("rb") as file:
            first = await locations.import_bins(importing.read_rows(file, ImportDefaults(source="korea.csv")))
            again = await locations.import_bins(importing.read_rows(file, ImportDefaults(source="korea.csv")))
        assert (first.read, first.refused) == (40_760, 1)
        assert 34_000 < first.added < 35_500
        assert first.added + first.merged == 40_759
        assert (again.added, again.merged) == (0, 40_759)
        assert set(await locations.counts()) == {BinKind.CLOTHES, BinKind.STREET}
