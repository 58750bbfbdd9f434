import io
import unicodedata
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations import importing
from bunri.domains.locations.area import WORLD
from bunri.domains.locations.errors import (
    BinsColumnsMissing,
    BinsFileBroken,
    BinsFileTooLarge,
    BinsFileUnsupported,
    BinsMappingInvalid,
)
from bunri.domains.locations.importing.rows import ImportDefaults, NewBin, ProblemReason, RowProblem, RowResult
from bunri.domains.locations.public import BinKind

DEFAULTS = ImportDefaults(source="file.csv", kind=BinKind.CLOTHES)
CITY_HALL = NewBin(BinKind.CLOTHES, "시청 앞", "서울특별시 중구", 37.5663, 126.9779, "file.csv")


def read(content: str | bytes, defaults: ImportDefaults = DEFAULTS, **options: object) -> list[RowResult]:
    raw = content if isinstance(content, bytes) else content.encode()
    return list(importing.read_rows(io.BytesIO(raw), defaults, **options))  # type: ignore[arg-type]


def new_bins(content: str | bytes, defaults: ImportDefaults = DEFAULTS, **options: object) -> list[NewBin]:
    return [new_bin for result in read(content, defaults, **options) for new_bin in result.new_bins]


def problems(content: str | bytes, defaults: ImportDefaults = DEFAULTS, **options: object) -> list[RowProblem]:
    return [result.problem for result in read(content, defaults, **options) if result.problem]


class TestTitles:
    @pytest.mark.parametrize(
        "title",
        ["의류수거함 현황\n", "서울, 2026년\n\n(단위: 개)\n", "현황,,,\n,,,기준일\n", '"여러 줄의\n제목"\n', "sep=,\n"],
    )
    def test_may_stand_above_the_headings(self, title: str) -> None:
        found = read(f"{title}명칭,주소,위도,경도\n시청 앞,서울특별시 중구,37.5663,126.9779\n벽,,x,y\n")
        assert [new_bin for result in found for new_bin in result.new_bins] == [CITY_HALL]
        assert [result.problem.line for result in found if result.problem] == [title.count("\n") + 3]

    def test_of_more_rows_are_none(self) -> None:
        with pytest.raises(BinsColumnsMissing):
            read("제목\n" * 30 + "명칭,주소,위도,경도\n")

    def test_the_row_with_most_headings_is_told_when_none_has_coordinates(self) -> None:
        with pytest.raises(BinsColumnsMissing) as refused:
            read("현황\n명칭,주소,비고\n가,나,\n")
        assert refused.value.data == {"found": "명칭, 주소, 비고"}

    def test_a_heading_over_two_rows_is_in_the_upper_one(self) -> None:
        assert new_bins("명칭,주소,위치,\n,,위도,경도\n시청 앞,서울특별시 중구,37.5663,126.9779\n") == [CITY_HALL]


class TestHeaders:
    @pytest.mark.parametrize(
        "header",
        [
            "명칭,소재지도로명주소,위도,경도",
            "시설명,주소,위도(WGS84),경도(WGS84)",
            "name,address,lat,lng",
            "Name, Address ,LATITUDE,Longitude",
            "설치 장소,소재지,Y좌표,X좌표",
            "title,addr,y,x",
        ],
    )
    def test_are_recognised_in_korean_and_english(self, header: str) -> None:
        assert new_bins(f"{header}\n시청 앞,서울특별시 중구,37.5663,126.9779\n") == [CITY_HALL]

    def test_the_lot_number_stands_in_for_an_empty_road_address(self) -> None:
        content = "도로명주소,지번주소,위도,경도\n,중구 태평로1가 31,37.5663,126.9779\n중구 세종대로 110,x,37.5,126.9\n"
        assert [new_bin.address for new_bin in new_bins(content)] == ["중구 태평로1가 31", "중구 세종대로 110"]

    def test_the_person_can_say_what_they_mean(self) -> None:
        content = "가,나,다,name\n37.5663,126.9779,시청 앞,no\n"
        found = new_bins(content, mapping={"가": "lat", "나": "lng", "다": "name"})
        assert [(new_bin.lat, new_bin.lng, new_bin.name) for new_bin in found] == [(37.5663, 126.9779, "시청 앞")]

    def test_may_break_over_lines(self) -> None:
        content = '"번호","설치장소\r\n(명칭)","위도\r\n(WGS84)","경도\r\n(WGS84)"\r\n"1","가","37.5","127"\r\nx,,,\r\n'
        assert [new_bin.name for new_bin in new_bins(content)] == ["가"]
        assert [problem.line for problem in problems(content)] == [6]

    def test_that_open_a_quote_swallow_no_row(self) -> None:
        assert len(new_bins('위도,경도,"명칭\n37.5,127,가\n37.6,127,"나"\n')) == 2

    def test_may_be_there_twice(self) -> None:
        """The first filled one counts, and of coordinates the first that make a place."""
        rows = ["가,37.1,127,,,", ",-,-,나,37.2,127", "다,451000,198000,x,37.3,127", "라,37.4,127,y,1,2"]
        content = "\n".join(["명칭,위도,경도,명칭,위도,경도", *rows])
        assert [(each.name, each.lat) for each in new_bins(content)] == [
            ("가", 37.1),
            ("나", 37.2),
            ("다", 37.3),
            ("라", 37.4),
        ]

    def test_may_differ_in_their_brackets_alone(self) -> None:
        content = "위도,경도,주소(도로명),주소(지번)\n37.5,127,세종대로 110,\n37.6,127,-,태평로1가 31\n"
        assert [new_bin.address for new_bin in new_bins(content)] == ["세종대로 110", "태평로1가 31"]

    @pytest.mark.parametrize("wanted", [{"nowhere": "lat"}, {"lat": "altitude"}])
    def test_a_mapping_that_cannot_be_is_refused(self, wanted: dict[str, str]) -> None:
        with pytest.raises(BinsMappingInvalid):
            read("lat,lng\n37.5,127\n", mapping=wanted)

    @pytest.mark.parametrize("content", ["", "\n", "이름,주소\n시청,중구\n"])
    def test_no_coordinates_no_import(self, content: str) -> None:
        with pytest.raises(BinsColumnsMissing):
            read(content)


class TestText:
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
    def test_encoding_and_delimiter_are_detected(self, encoding: str, delimiter: str) -> None:
        lines = ["명칭,주소,위도,경도", "시청 앞,서울특별시 중구,37.5663,126.9779"]
        content = "\r\n".join(lines).replace(",", delimiter).encode(encoding)
        assert new_bins(content) == [CITY_HALL]

    @pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
    @pytest.mark.parametrize("ends", ["\r\r\r", "\n\n\n", ["\r\n"] * 3, ["\r\n", "\r", "\n"]])
    def test_lines_end_as_any_system_ends_them(self, encoding: str, ends: Sequence[str]) -> None:
        lines = ("명칭,위도,경도", '"가\r나",37.5,127', "다,,")
        content = "".join(line + end for line, end in zip(lines, ends, strict=True)).encode(encoding)
        assert [new_bin.name for new_bin in new_bins(content)] == ["가 나"]
        assert [problem.line for problem in problems(content)] == [4]

    def test_decomposed_letters_are_composed(self) -> None:
        content = unicodedata.normalize("NFD", "명칭,위도,경도,주소,종류\n가,37.5,127,시험동 1,폐건전지\n")
        (new_bin,) = new_bins(content)
        assert (new_bin.name, new_bin.address, new_bin.kind) == ("가", "시험동 1", BinKind.BATTERY)
        mapped = new_bins(content, mapping={unicodedata.normalize("NFD", "주소"): "name"})
        assert [each.name for each in mapped] == ["시험동 1"]

    def test_invisible_letters_do_not_count(self) -> None:
        content = "명칭\u200b,\ufeff위도,경도\n가,37.5\u200b,127\n나,\u200e37.6,127\ufeff\n다,37.7\xad,\xa0127\n"
        assert [(each.name, each.lat, each.lng) for each in new_bins(content)] == [
            ("가", 37.5, 127),
            ("나", 37.6, 127),
            ("다", 37.7, 127),
        ]

    def test_nor_do_they_hide_a_quote(self) -> None:
        content = '\ufeff\ufeff"명칭\n(이름)",위도,경도\n\u200b"가, 나",37.5,127\n'
        assert [each.name for each in new_bins(content)] == ["가, 나"]

    def test_one_broken_character_costs_one_row(self) -> None:
        content = "명칭,위도,경도\n수거함,37.5,127\n".encode() + b"\xff\xfe,37.5,127\n" + "벽돌집,37.6,127\n".encode()
        assert [new_bin.name for new_bin in new_bins(content)] == ["수거함", "벽돌집"]
        assert [(problem.line, problem.reason) for problem in problems(content)] == [(3, ProblemReason.UNDECODABLE)]

    def test_the_person_may_name_the_encoding(self) -> None:
        content = "lat,lng,name\n37.5,127,수거함\n".encode("cp949")
        assert [new_bin.name for new_bin in new_bins(content, encoding="cp949")] == ["수거함"]
        assert [problem.reason for problem in problems(content, encoding="utf-8")] == [ProblemReason.UNDECODABLE]

    def test_lines_are_counted_as_an_editor_counts_them(self) -> None:
        content = 'name,lat,lng\n"두\n줄",37.5,127\n\nx,,\ny,37.5,127\nz,0,0\n'
        assert [(problem.line, problem.reason) for problem in problems(content)] == [
            (5, ProblemReason.NO_COORDINATES),
            (7, ProblemReason.NO_COORDINATES),
        ]
        assert [new_bin.name for new_bin in new_bins(content)] == ["두 줄", "y"]

    def test_a_quote_that_never_closes_costs_no_more_than_it_swallows(self) -> None:
        rows = "수거함,37.5,127\n" * 20_000
        found = problems(f'name,lat,lng\n{rows}"열린,37.5,127\n{rows}')
        assert [(problem.line, problem.reason) for problem in found] == [(20_002, ProblemReason.BROKEN)]

    def test_a_quote_that_never_closes_swallows_no_row(self) -> None:
        rows = [f"수거함 {number},37.{number:04},127" for number in range(400)]
        rows[10] = '"' + rows[10]
        content = "\n".join(("name,lat,lng", *rows))
        assert len(new_bins(content)) == 399
        assert problems(content) == [RowProblem(12, ProblemReason.BROKEN)]

    @pytest.mark.parametrize("partner", [11, 12, 60, 300])
    def test_nor_do_two_stray_quotes_between_which_rows_lie(self, partner: int) -> None:
        rows = [f"수거함 {number},37.{number:04},127" for number in range(400)]
        rows[10] = '"' + rows[10]
        rows[partner] = rows[partner].replace(",", '",', 1)
        content = "\n".join(("name,lat,lng", *rows))
        assert len(new_bins(content)) == 398
        assert [(each.line, each.reason) for each in problems(content)] == [
            (12, ProblemReason.BROKEN),
            (partner + 2, ProblemReason.BROKEN),
        ]

    @given(
        st.lists(st.tuples(st.integers(0, 19), st.integers(0, 3), st.integers(0, 7)), max_size=5),
        st.booleans(),
        st.sampled_from(["\n", "\r\n", "\r"]),
    )
    def test_wherever_quotes_stray_every_row_has_a_result(
        self, strays: list[tuple[int, int, int]], quoted: bool, end: str
    ) -> None:
        rows = [[f"수거함 {number}", f"37.{number:04}", "127.1", f"동 {number}"] for number in range(20)]
        if quoted:
            rows = [[f'"{value}"' for value in row] for row in rows]
        for row, column, place in strays:
            value = rows[row][column]
            rows[row][column] = f'{value[:place]}"{value[place:]}'
        results = read(end.join(("명칭,위도,경도,주소", *map(",".join, rows))))
        assert len(results) == 20
        assert all(result.new_bins or result.problem for result in results)

    def test_a_quote_inside_a_value_is_a_letter(self) -> None:
        assert [new_bin.name for new_bin in new_bins('name,lat,lng\n19" 화면 앞,37.5,127\n')] == ['19" 화면 앞']

    def test_a_line_without_end_is_no_table(self) -> None:
        with pytest.raises(BinsFileBroken) as refused:
            read("lat,lng\n37.5,127\n" + "x" * 70_000)
        assert refused.value.data == {"line": 3}

    @pytest.mark.parametrize("content", ["lat,lng".encode("utf-16-le"), b"\0\0\0"])
    def test_what_is_no_text_of_ours_is_refused(self, content: bytes) -> None:
        with pytest.raises(BinsFileUnsupported):
            read(content)

    def test_a_file_beyond_the_limit_is_not_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(importing, "MAX_FILE_MB", 0)
        with pytest.raises(BinsFileTooLarge):
            read("lat,lng\n")


class TestRows:
    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            (",127,", ProblemReason.NO_COORDINATES),
            ("37.5", ProblemReason.NO_COORDINATES),
            ("0,0,", ProblemReason.NO_COORDINATES),
            ("북쪽 37,127,", ProblemReason.NO_NUMBER),
            ("nan,127,", ProblemReason.NO_COORDINATES),
            ("-,없음,", ProblemReason.NO_COORDINATES),
            ("3_7,127,", ProblemReason.NO_NUMBER),
            ("inf,127,", ProblemReason.NO_NUMBER),
            ("5198000.5,451000.2,", ProblemReason.OUTSIDE),
            ("52.5,13.4,", ProblemReason.OUTSIDE),
            (f"37.5,127,{'가' * 201}", ProblemReason.TOO_LONG),
        ],
    )
    def test_a_bad_row_is_refused_with_its_reason(self, row: str, reason: ProblemReason) -> None:
        (result,) = read(f"lat,lng,name\n{row}\n")
        assert result.new_bins == ()
        assert result.problem is not None
        assert (result.problem.line, result.problem.reason) == (2, reason)
        assert len(result.problem.value) <= 80

    def test_swapped_coordinates_are_put_right_with_a_note(self) -> None:
        (result,) = read("lat,lng\n126.9779,37.5663\n")
        assert [(new_bin.lat, new_bin.lng) for new_bin in result.new_bins] == [(37.5663, 126.9779)]
        assert result.problem == RowProblem(2, ProblemReason.SWAPPED, "37.5663, 126.9779")

    def test_the_world_is_open_on_demand(self) -> None:
        world = ImportDefaults("file.csv", BinKind.STREET, WORLD)
        assert [(new_bin.lat, new_bin.lng) for new_bin in new_bins("lat,lng\n-33.86,151.21\n120,45\n", world)] == [
            (-33.86, 151.21),
            (45, 120),
        ]

    def test_spaces_and_control_characters_are_cleaned(self) -> None:
        (new_bin,) = new_bins("name,lat,lng\n  시청\x07 \t앞 , 37.5 ,127\n")
        assert new_bin.name == "시청 앞"

    def test_a_nameless_bin_is_called_by_its_kind(self) -> None:
        assert [new_bin.name for new_bin in new_bins("lat,lng\n37.5,127\n")] == ["의류수거함"]

    def test_a_placeholder_is_no_value(self) -> None:
        content = (
            "명칭,도로명주소,지번주소,위도,경도,종류,출처\n-,없음,N/A,37.5,127,미상,.\nnull,-,1번지,37.6,127,-,?\n"
        )
        one, other = new_bins(content)
        assert (one.name, one.address, one.kind, one.source) == ("의류수거함", None, BinKind.CLOTHES, "file.csv")
        assert other.address == "1번지"

    def test_the_rows_own_source_goes_before_the_files(self) -> None:
        content = "lat,lng,출처\n37.5,127,서울시\n37.6,127,\n"
        assert [new_bin.source for new_bin in new_bins(content)] == ["서울시", "file.csv"]


class TestKind:
    def test_the_row_goes_before_the_person_before_the_name(self) -> None:
        content = "종류,명칭,위도,경도\n폐건전지,재활용센터,37.5,127\n,재활용센터,37.6,127\n"
        assert [new_bin.kind for new_bin in new_bins(content)] == [BinKind.BATTERY, BinKind.CLOTHES]
        undecided = ImportDefaults("file.csv")
        assert [new_bin.kind for new_bin in new_bins(content, undecided)] == [BinKind.BATTERY, BinKind.RECYCLING]

    def test_a_row_of_two_kinds_is_two_bins(self) -> None:
        content = "품목,위도,경도\n폐형광등·폐건전지,37.5,127\n"
        assert {(new_bin.kind, new_bin.name) for new_bin in new_bins(content)} == {
            (BinKind.BATTERY, "폐건전지 수거함"),
            (BinKind.LAMP, "폐형광등 수거함"),
        }

    def test_a_row_that_nobody_knows_is_refused(self) -> None:
        assert problems("명칭,위도,경도\n정자,37.5,127\n", ImportDefaults("file.csv")) == [
            RowProblem(2, ProblemReason.UNKNOWN_KIND, "정자")
        ]
