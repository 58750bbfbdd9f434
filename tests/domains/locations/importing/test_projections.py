"""Metres of Korean systems, held to values that do not come from PROJ."""

import io
from math import cos, radians

import pytest
from geographiclib.geodesic import Geodesic

from bunri.domains.locations import importing
from bunri.domains.locations.area import KOREA, WORLD
from bunri.domains.locations.errors import BinsCrsUnclear, BinsCrsUnknown
from bunri.domains.locations.geodesy import distance
from bunri.domains.locations.importing.projections import named_system, open_system
from bunri.domains.locations.importing.rows import ImportDefaults, ProblemReason, RowResult
from bunri.domains.locations.public import BinKind

BESSEL = Geodesic(6377397.155, 1 / 299.1528128)
GRS80 = Geodesic(6378137.0, 1 / 298.257222101)
DEFAULTS = ImportDefaults("file.csv", BinKind.CLOTHES)
CITY_HALL = (37.5663, 126.9779)
METRES = {
    "EPSG:5174": (197977.9, 451557.7),
    "EPSG:5179": (953892.2, 1952009.9),
    "EPSG:5181": (198047.5, 451862.8),
    "EPSG:5186": (198047.5, 551862.8),
}
"""East and north of the city hall of Seoul, to a decimetre."""


def read(content: str, crs: str | None = None, world: bool = False) -> tuple[list[RowResult], list[tuple[str, str]]]:
    notes: list[tuple[str, str]] = []
    defaults = ImportDefaults("file.csv", BinKind.CLOTHES, WORLD if world else KOREA, crs)
    rows = importing.read_rows(io.BytesIO(content.encode()), defaults, tell=lambda *note: notes.append(note))
    return list(rows), notes


def apart(results: list[RowResult]) -> float:
    """Metres between the only bin and the city hall."""
    ((new_bin,),) = [result.new_bins for result in results]
    return distance(new_bin.lat, new_bin.lng, *CITY_HALL)


class TestControlValues:
    def test_the_old_datum_is_within_a_metre(self) -> None:
        """The state's seven parameters (notice 2003-497 of the NGII) give 37° N 127° E of WGS 84 the Bessel coordinates
        below; from there to the origin of EPSG:5174 it is a piece of a meridian and one of a parallel, whose lengths
        need no projection."""
        lat, lng = 36.99713805556, 127.00209694444
        origin_lng = 127 + 10.405 / 3600
        north = 500_000 - BESSEL.Inverse(lat, lng, 38, lng)["s12"]
        east = 200_000 - BESSEL.Inverse(lat, lng, lat, origin_lng)["s12"]
        system = open_system("EPSG:5174")
        assert system is not None
        assert distance(*system.place(north, east), 37, 127) < 0.2

    @pytest.mark.parametrize(("code", "false_north"), [("EPSG:5181", 500_000), ("EPSG:5186", 600_000)])
    def test_the_central_belts_are_metres_along_the_meridian(self, code: str, false_north: float) -> None:
        system = open_system(code)
        assert system is not None
        north = false_north - GRS80.Inverse(35, 127, 38, 127)["s12"]
        assert distance(*system.place(north, 200_000), 35, 127) < 0.01
        radius = GRS80.Inverse(35, 127, 35, 127.001)["s12"] / radians(0.001) / cos(radians(35))
        assert distance(*system.place(north, 200_000 + radius * cos(radians(35)) * radians(0.1)), 35, 127.1) < 60

    def test_the_unified_system_shrinks_its_meridian(self) -> None:
        system = open_system("EPSG:5179")
        assert system is not None
        north = 2_000_000 - GRS80.Inverse(36, 127.5, 38, 127.5)["s12"] * 0.9996
        assert distance(*system.place(north, 1_000_000), 36, 127.5) < 0.01

    def test_the_old_and_the_new_belt_are_three_hundred_metres_apart(self) -> None:
        old, new = open_system("EPSG:5174"), open_system("EPSG:5181")
        assert old is not None
        assert new is not None
        assert 290 < distance(*old.place(451_000, 198_000), *new.place(451_000, 198_000)) < 330


class TestNames:
    @pytest.mark.parametrize(
        ("heading", "code"),
        [
            ("X좌표(EPSG5174)", "EPSG:5174"),
            ("좌표정보x(epsg:5181)", "EPSG:5181"),
            ("X_5186", "EPSG:5186"),
            ("urn:ogc:def:crs:EPSG::5179", "EPSG:5179"),
            ("X(UTM-K)", "EPSG:5179"),
            ("UTMK_X", "EPSG:5179"),
            ("위도(WGS84)", None),
            ("경도", None),
        ],
    )
    def test_of_systems_are_found_in_headings(self, heading: str, code: str | None) -> None:
        assert named_system([heading]) == code

    @pytest.mark.parametrize("code", METRES)
    @pytest.mark.parametrize(
        "headings", ["좌표정보x(epsg{0}),좌표정보y(epsg{0})", "X_{0},Y_{0}", "좌표 X (EPSG:{0}),좌표 Y"]
    )
    def test_in_a_heading_decide(self, code: str, headings: str) -> None:
        east, north = METRES[code]
        results, notes = read(f"{headings.format(code[-4:])}\n{east},{north}\n")
        assert apart(results) < 1
        assert notes == [("system", code)]

    @pytest.mark.parametrize("code", METRES)
    def test_that_a_person_says_decide(self, code: str) -> None:
        east, north = METRES[code]
        results, _ = read(f"X좌표(EPSG4162),Y좌표\n{east},{north}\n", crs=code)
        assert apart(results) < 1

    def test_that_nobody_knows_are_refused(self) -> None:
        with pytest.raises(BinsCrsUnknown):
            read("x,y\n1,2\n", crs="EPSG:99")

    def test_of_degrees_on_another_datum_are_taken_too(self) -> None:
        results, _ = read("경도,위도\n127.00209694,36.99713806\n", crs="EPSG:4162")
        ((new_bin,),) = [result.new_bins for result in results]
        assert distance(new_bin.lat, new_bin.lng, 37, 127) < 0.2

    def test_of_plain_degrees_change_nothing(self) -> None:
        results, notes = read("경도,위도\n126.9779,37.5663\n", crs="EPSG:4326")
        assert apart(results) == 0
        assert notes == []


class TestGuesses:
    def test_the_unified_system_by_its_numbers(self) -> None:
        results, notes = read("x,y\n953892.2,1952009.9\n")
        assert apart(results) < 1
        assert notes == [("system", "EPSG:5179")]

    def test_the_newer_belt_by_its_addresses(self) -> None:
        results, notes = read("주소,x,y\n서울특별시 중구 세종대로 110,198047.5,551862.8\n")
        assert apart(results) < 1
        assert notes == [("system", "EPSG:5186")]

    def test_axes_as_surveyors_call_them_by_addresses(self) -> None:
        results, notes = read("주소,x,y\n서울특별시 중구 세종대로 110,551862.8,198047.5\n")
        assert apart(results) < 1
        assert notes == [("swapped_system", "EPSG:5186")]

    def test_metres_with_thousands_parted(self) -> None:
        results, _ = read('x,y\n"953,892","1,952,010"\n')
        assert apart(results) < 1

    @pytest.mark.parametrize(
        ("address", "choices"),
        [("", "EPSG:5186, EPSG:5181, EPSG:5174"), ("서울특별시 중구 세종대로 110", "EPSG:5181, EPSG:5174")],
    )
    def test_are_not_made_between_systems_that_fit_alike(self, address: str, choices: str) -> None:
        with pytest.raises(BinsCrsUnclear) as refused:
            read(f"주소,x,y\n{address},198047.5,451862.8\n")
        assert refused.value.data == {"found": "451862.8, 198047.5", "choices": choices}

    def test_are_not_made_for_a_file_of_degrees_with_a_wrong_row(self) -> None:
        results, notes = read("x,y\n126.9779,37.5663\n127,37\n198047.5,551862.8\n")
        assert notes == []
        assert [result.problem.reason for result in results if result.problem] == [ProblemReason.OUTSIDE]

    def test_rows_of_degrees_may_stand_among_metres(self) -> None:
        content = "x,y\n953892.2,1952009.9\n953892.2,1952009.9\n126.9779,37.5663\n"
        results, _ = read(content)
        places = [(each.lat, each.lng) for result in results for each in result.new_bins]
        assert all(distance(*place, *CITY_HALL) < 1 for place in places)
        assert len(places) == 3

    def test_numbers_of_no_system_are_refused_row_by_row(self) -> None:
        results, _ = read("x,y\n5000000,9000000\n,\n")
        assert [result.problem.reason for result in results if result.problem] == [ProblemReason.OUTSIDE]
