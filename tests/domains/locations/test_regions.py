import csv
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations.regions import (
    find_regions,
    province_spellings,
    region_named,
    region_of,
    regions,
    similar_regions,
)
from bunri.kit.keystrokes import keystrokes

DISTRICTS = [each for each in regions() if not each.is_province]
MOST_PROVINCES_WITH_ONE_NAME = 6
"""중구 and 동구, 북구 and 고성군 … are in several provinces."""


def found(query: str) -> list[str]:
    return [hit.name for hit in find_regions(query, 20)]


class TestTheList:
    def test_has_all_provinces_and_districts(self) -> None:
        assert len(regions()) - len(DISTRICTS) == 17
        assert 250 < len(DISTRICTS) < 290
        assert all(region.ko.endswith(("시", "군", "구", "도")) for region in regions())

    def test_places_each_in_the_bounds_of_its_province(self) -> None:
        assert [region.ko for region in regions() if not region.area.contains(region.lat, region.lng)] == []

    def test_gives_each_a_name_of_its_own_in_both_languages(self) -> None:
        assert len({region.ko for region in regions()}) == len({region.en for region in regions()}) == len(regions())

    def test_romanises_with_the_kind_of_district(self) -> None:
        ends = {"시": "-si", "군": "-gun", "구": "-gu"}
        for region in DISTRICTS:
            assert region.en.split(",")[0].endswith(ends[region.ko[-1]]), region.ko
            assert region.en.isascii(), region.ko

    def test_agrees_with_the_addresses_of_real_bins(self, shared: Path) -> None:
        """Of 40,000 bins nearly all lie in the bounds of the province that their address names."""
        with (shared / "data" / "bins" / "korea.csv").open(encoding="utf-8") as file:
            bins = [(region_of(row["address"]), float(row["lat"]), float(row["lng"])) for row in csv.DictReader(file)]
        named = [(region, lat, lng) for region, lat, lng in bins if region]
        inside = [region for region, lat, lng in named if region.area.contains(lat, lng)]
        assert len(named) > 0.8 * len(bins)
        assert len(inside) > 0.999 * len(named)


class TestFinding:
    def test_every_region_by_its_whole_names(self) -> None:
        for region in regions():
            for name in (region.ko, region.en, region.ko.replace(" ", ""), region.en.lower()):
                assert region in [hit.region for hit in find_regions(name, 20)], name

    def test_every_district_by_its_own_name_with_and_without_its_kind(self) -> None:
        for region in DISTRICTS:
            korean, english = region.ko.split(" ", 1)[1], region.en.split(",")[0]
            stems = [korean[:-1]] if len(korean.split()[-1]) > 2 else []
            for name in (korean, *stems, english, english.rsplit("-", 1)[0]):
                assert region in [hit.region for hit in find_regions(name, 20)], name

    @pytest.mark.parametrize(
        ("query", "names"),
        [
            ("Busan", ["Busan"]),
            ("SEOUL", ["Seoul"]),
            ("Busan, South Korea", ["Busan"]),
            ("서울", ["서울특별시"]),
            ("서울시", ["서울특별시"]),
            ("대한민국 서울", ["서울특별시"]),
            ("해운대", ["부산광역시 해운대구"]),
            ("부산 해운대구", ["부산광역시 해운대구"]),
            ("haeundae busan", ["Haeundae-gu, Busan"]),
            ("Haeundae District", ["Haeundae-gu, Busan"]),
            ("해운ㄷ", ["부산광역시 해운대구"]),
            ("godnsEo", ["부산광역시 해운대구"]),
            ("전라북도 익산", ["전북특별자치도 익산시"]),
            ("강원도", ["강원특별자치도"]),
            ("경남", ["경상남도"]),
            ("Gangwon-do", ["Gangwon State"]),
            ("수원 장안구", ["경기도 수원시 장안구"]),
            ("Jangan-gu, Suwon", ["Jangan-gu, Suwon-si, Gyeonggi-do"]),
            ("전남광주통합특별시 북구", ["광주광역시 북구"]),
            ("인천 서해구", ["인천광역시 서해구"]),
            ("인천 서구", ["인천광역시 서구"]),
            ("Gwangju", ["Gwangju", "Gwangju-si, Gyeonggi-do"]),
            ("고성", ["강원특별자치도 고성군", "경상남도 고성군"]),
            ("Gangnam-daero", []),
            ("시청", []),
            ("부", []),
            ("", []),
        ],
    )
    def test_is_by_any_common_way_of_writing(self, query: str, names: list[str]) -> None:
        assert found(query) == names
        assert found(unicodedata.normalize("NFD", query)) == names

    def test_of_a_name_in_several_provinces_gives_all(self) -> None:
        assert len(found("중구")) == MOST_PROVINCES_WITH_ONE_NAME
        assert all(name.startswith("Jung-gu, ") for name in found("Jung-gu"))

    def test_of_a_province_does_not_list_its_districts(self) -> None:
        assert found("서울특별시") == ["서울특별시"]
        assert "서울특별시 종로구" in found("서울 종")

    @given(st.text(max_size=40))
    def test_takes_any_text(self, query: str) -> None:
        assert len(find_regions(query, 8)) <= 8
        assert len(similar_regions(query, 8)) <= 8


class TestSpelling:
    @pytest.mark.parametrize(
        ("query", "name"),
        [
            ("Pusan", "Busan"),
            ("Kangnam", "Gangnam-gu, Seoul"),
            ("Chongno", "Jongno-gu, Seoul"),
            ("Inchon", "Incheon"),
            ("Taejon", "Daejeon"),
            ("Kyonggi", "Gyeonggi-do"),
            ("Haundae", "Haeundae-gu, Busan"),
            ("gangnm", "Gangnam-gu, Seoul"),
            ("해윤대", "부산광역시 해운대구"),
        ],
    )
    def test_may_be_of_before_2000_or_have_a_typo(self, query: str, name: str) -> None:
        assert find_regions(query, 5) == []
        assert [hit.name for hit in similar_regions(query, 5)] == [name]

    @pytest.mark.parametrize("query", ["pet bin", "asdf qwer", "시청", "편의점", "battery", "%%%"])
    def test_of_other_words_is_nothing_like_it(self, query: str) -> None:
        assert similar_regions(query, 5) == []


class TestAddresses:
    @pytest.mark.parametrize(
        ("address", "region"),
        [
            ("서울특별시 강북구 노해로13길 89", "서울특별시 강북구"),
            ("경기도 수원시 장안구 송원로 81", "경기도 수원시 장안구"),
            ("경기도 수원시 송원로 81", "경기도 수원시"),
            ("전남 해남군 해남읍", "전라남도 해남군"),
            ("세종특별자치시 한누리대로 2130", "세종특별자치시"),
            ("부산광역시", "부산광역시"),
            ("남동구 구월말로 10", "인천광역시 남동구"),
            ("구월말로 10", None),
            ("중구 세종대로 110", None),
            ("", None),
        ],
    )
    def test_begin_with_a_region(self, address: str, region: str | None) -> None:
        named = region_of(address)
        assert (named.ko if named else None) == region

    def test_write_provinces_in_several_ways(self) -> None:
        assert set(province_spellings("경남")) == {"경남", "경상남도"}
        assert "전라남도" in province_spellings("전남광주통합특별시")
        assert province_spellings("상계로") == ("상계로",)

    def test_of_a_province_hold_those_of_its_districts(self) -> None:
        busan, haeundae, seoul = (region_named(name) for name in ("부산", "해운대구", "Seoul"))
        assert busan
        assert haeundae
        assert seoul
        assert busan.holds(haeundae)
        assert busan.holds(busan)
        assert not haeundae.holds(busan)
        assert not seoul.holds(haeundae)
        assert keystrokes("부산") in {name.keys for name in busan.names}
