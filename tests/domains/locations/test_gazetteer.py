import pytest

from bunri.domains.locations.gazetteer import AddressedBin, NamedArea, find_areas, search_words

BINS = [
    AddressedBin("의류수거함", "서울특별시 노원구 상계로 70", None, 37.65, 127.06),
    AddressedBin("의류수거함", "서울특별시 노원구 동일로 1414", None, 37.66, 127.07),
    AddressedBin("의류수거함", "서울특별시 노원구 상계로 9", None, 37.67, 127.08),
    AddressedBin("의류수거함", "서울특별시 강북구 상계로 3", None, 37.63, 127.02),
    AddressedBin("서울시청 수거함", None, None, 37.5663, 126.9779),
]


def found(query: str, limit: int = 8) -> list[NamedArea]:
    return find_areas(search_words(query), BINS, limit)


class TestAnArea:
    def test_is_named_by_the_shortest_beginning_that_holds_the_words(self) -> None:
        assert found("노원구") == [NamedArea("서울특별시 노원구", 37.66, 127.07, 3)]

    def test_may_be_given_by_several_words_and_commas(self) -> None:
        assert [each.name for each in found("서울, 노원")] == ["서울특별시 노원구"]

    def test_of_several_the_one_with_most_bins_comes_first(self) -> None:
        assert [each.name for each in found("상계로")] == ["서울특별시 노원구 상계로", "서울특별시 강북구 상계로"]

    def test_comes_before_what_lies_in_it(self) -> None:
        assert found("서울")[0].name == "서울특별시"

    def test_no_more_than_asked_for(self) -> None:
        assert len(found("상계로", limit=1)) == 1

    @pytest.mark.parametrize("query", ["경남 진주시", "경상남도 진주시"])
    def test_is_found_by_each_name_of_its_province(self, query: str) -> None:
        bins = [
            AddressedBin("의류수거함", f"{province} 진주시 동진로 155", None, 35.18, 128.1)
            for province in ("경남", "경상남도")
        ]
        areas = find_areas(search_words(query), bins, 8)
        assert {area.name for area in areas} == {"경남 진주시", "경상남도 진주시"}

    def test_is_found_by_its_lot_number_too(self) -> None:
        bins = [
            AddressedBin("의류수거함", "서울특별시 노원구 상계로 70", "서울특별시 노원구 상계동 593-1", 37.65, 127.06)
        ]
        assert find_areas(search_words("상계동 593-1"), bins, 8)[0].name == "서울특별시 노원구 상계동 593-1"
        assert find_areas(search_words("노원구 상계동"), bins, 8)[0].name == "서울특별시 노원구 상계동"


class TestABin:
    def test_is_found_by_its_own_name(self) -> None:
        assert found("시청") == [NamedArea("서울시청 수거함", 37.5663, 126.9779, 1)]


def test_what_nobody_knows_is_nowhere() -> None:
    assert found("부산") == []
