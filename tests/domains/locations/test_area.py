from math import dist, isinf

from hypothesis import assume, given
from hypothesis import strategies as st

from bunri.domains.locations.area import WORLD, Area
from bunri.domains.locations.geodesy import cartesian

SHARE = st.floats(0, 1)


@st.composite
def areas(draw: st.DrawFn) -> Area:
    south, north = sorted(draw(st.tuples(st.floats(-90, 90), st.floats(-90, 90))))
    west, east = sorted(draw(st.tuples(st.floats(-180, 180), st.floats(-180, 180))))
    return Area(south=south, north=north, west=west, east=east)


class TestRadius:
    @given(areas(), SHARE, SHARE)
    def test_reaches_every_point_of_the_area(self, area: Area, up: float, along: float) -> None:
        assume(not isinf(area.radius))
        lat = area.south + up * (area.north - area.south)
        lng = area.west + along * (area.east - area.west)
        assert dist(cartesian(*area.centre), cartesian(lat, lng)) <= area.radius

    def test_of_half_the_earth_there_is_none(self) -> None:
        assert isinf(WORLD.radius)


class TestCell:
    @given(areas())
    def test_divides_the_longer_side_by_six_to_twelve(self, area: Area) -> None:
        longer = max(area.north - area.south, area.east - area.west)
        assume(longer > 1e-5)
        assert 5.999 <= longer / area.cell_size <= 12.001

    def test_stays_the_same_while_a_map_is_moved(self) -> None:
        assert Area(37.5, 37.6, 126.9, 127.1).cell_size == Area(37.53, 37.63, 126.95, 127.15).cell_size
