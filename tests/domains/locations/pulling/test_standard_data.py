import pytest

from bunri.domains.locations.importing.rows import NewBin, ProblemReason
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.pulling.datasets import STANDARD_DATA
from bunri.domains.locations.pulling.standard_data import parse

CLOTHES, BATTERY_LAMP, MEDICINE, STREET = STANDARD_DATA
ROW = {
    "mngNo": "2024-17",
    "instlPlcNm": "강북구 수유동",
    "ctpvNm": "서울특별시",
    "sggNm": "강북구",
    "lctnRoadNmAddr": "서울특별시 강북구 노해로13길 89",
    "lctnLotnoAddr": "서울특별시 강북구 수유동 31-5",
    "lat": "37.63924886",
    "lot": "127.0175791",
}


class TestARow:
    @pytest.mark.parametrize(
        "row",
        [
            ROW,
            {key: f" {value} " for key, value in ROW.items()},
            {
                "MNG_NO": "2024-17",
                "INSTL_PLC_NM": "강북구 수유동",
                "CTPV_NM": "서울특별시",
                "SGG_NM": "강북구",
                "LCTN_ROAD_NM_ADDR": ROW["lctnRoadNmAddr"],
                "LCTN_LOTNO_ADDR": ROW["lctnLotnoAddr"],
                "LAT": ROW["lat"],
                "LOT": ROW["lot"],
            },
            {
                "관리번호": "2024-17",
                "설치장소명": "강북구 수유동",
                "시도명": "서울특별시",
                "시군구명": "강북구",
                "소재지도로명주소": ROW["lctnRoadNmAddr"],
                "소재지지번주소": ROW["lctnLotnoAddr"],
                "위도": ROW["lat"],
                "경도": ROW["lot"],
            },
        ],
    )
    def test_is_read_by_each_of_the_names_that_columns_have(self, row: dict[str, str]) -> None:
        pulled = parse(row, 1, CLOTHES)
        assert pulled.result.new_bins == (
            NewBin(
                BinKind.CLOTHES,
                "강북구 수유동",
                "서울특별시 강북구 노해로13길 89",
                37.63924886,
                127.0175791,
                "전국의류수거함표준데이터",
                "서울특별시 강북구 수유동 31-5",
            ),
        )
        assert pulled.region is not None
        assert pulled.region.ko == "서울특별시 강북구"
        assert pulled.reference == "서울특별시 강북구/2024-17"

    @pytest.mark.parametrize(
        ("items", "kinds"),
        [
            ("폐건전지", ["battery"]),
            ("형광등+건전지", ["battery", "lamp"]),
            ("형광램프+LED조명+알카라인전지+망간전지+니켈-카드뮴전지", ["battery", "lamp"]),
            ("리튬전지", ["battery"]),
            ("LED조명", ["lamp"]),
            ("", ["battery", "lamp"]),
        ],
    )
    def test_of_batteries_and_lamps_takes_what_it_says(self, items: str, kinds: list[str]) -> None:
        row = parse({**ROW, "cltItemNm": items}, 1, BATTERY_LAMP)
        assert [each.kind for each in row.result.new_bins] == list(map(BinKind, kinds))

    def test_of_other_data_takes_what_the_data_is_about(self) -> None:
        assert [each.kind for each in parse(ROW, 1, MEDICINE).result.new_bins] == [BinKind.MEDICINE]
        street = {**ROW, "trashCanKnd": "일반쓰레기"}
        assert [each.kind for each in parse(street, 1, STREET).result.new_bins] == [BinKind.STREET]
        assert [each.kind for each in parse({**street, "trashCanKnd": ""}, 1, STREET).result.new_bins] == ["street"]

    @pytest.mark.parametrize(
        ("changes", "region"),
        [
            ({"sggNm": "서울특별시 강북구"}, "서울특별시 강북구"),
            (
                {"sggNm": "없음", "ctpvNm": "세종특별자치시", "lctnRoadNmAddr": "", "lctnLotnoAddr": ""},
                "세종특별자치시",
            ),
            ({"sggNm": "", "ctpvNm": ""}, "서울특별시 강북구"),
            ({"ctpvNm": "전남광주통합특별시", "sggNm": "북구"}, "광주광역시 북구"),
            ({"ctpvNm": "강원도", "sggNm": "춘천시"}, "강원특별자치도 춘천시"),
            ({"ctpvNm": "-", "sggNm": "-", "lctnRoadNmAddr": "노해로 1", "lctnLotnoAddr": ""}, None),
        ],
    )
    def test_knows_its_region_by_its_columns_or_its_address(self, changes: dict[str, str], region: str | None) -> None:
        pulled = parse({**ROW, **changes}, 1, CLOTHES)
        assert (pulled.region.ko if pulled.region else None) == region

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"lat": "", "lot": ""}, ProblemReason.NO_COORDINATES),
            ({"lat": "0", "lot": "0"}, ProblemReason.NO_COORDINATES),
            ({"lat": "서울"}, ProblemReason.NO_NUMBER),
            ({"lat": "10.1"}, ProblemReason.OUTSIDE),
        ],
    )
    def test_without_a_place_is_refused_with_a_reason(self, changes: dict[str, str], reason: ProblemReason) -> None:
        problem = parse({**ROW, **changes}, 9, CLOTHES).result.problem
        assert problem is not None
        assert (problem.line, problem.reason) == (9, reason)

    def test_whose_columns_nobody_knows_is_refused(self) -> None:
        problem = parse({"a": "1", "b": "2"}, 9, CLOTHES).result.problem
        assert problem is not None
        assert problem.reason is ProblemReason.NO_COORDINATES
