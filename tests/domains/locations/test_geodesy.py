from math import dist

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations.geodesy import cartesian, distance, min_geodesic

LATITUDES = st.floats(-90, 90)
LONGITUDES = st.floats(-180, 180)


class TestDistance:
    def test_agrees_with_the_published_test_set(self) -> None:
        # A line of GeodTest.dat (Karney 2010, doi:10.5281/zenodo.32156)
        assert distance(36.530042355041, 0, -48.164270779097768864, 5.762344694676510456) == pytest.approx(
            9398502.0434687, abs=1e-6
        )

    def test_crosses_the_antimeridian_the_short_way(self) -> None:
        assert distance(0, 179.9995, 0, -179.9995) == pytest.approx(111.3, abs=0.1)

    def test_all_longitudes_meet_at_a_pole(self) -> None:
        assert distance(90, 0, 90, 123) == pytest.approx(0, abs=1e-6)


class TestShortest:
    @given(LATITUDES, LONGITUDES, LATITUDES, LONGITUDES)
    def test_no_geodesic_is_shorter_than_its_chord_allows(
        self, lat: float, lng: float, to_lat: float, to_lng: float
    ) -> None:
        chord = dist(cartesian(lat, lng), cartesian(to_lat, to_lng))
        assert min_geodesic(chord) <= distance(lat, lng, to_lat, to_lng) + 1e-6

    def test_the_doubt_is_centimetres_in_a_city_and_its_country(self) -> None:
        seoul, suwon, busan = (37.5663, 126.9779), (37.2636, 127.0286), (35.1798, 129.0750)
        for there, doubt in ((suwon, 0.001), (busan, 1.0)):
            chord = dist(cartesian(*seoul), cartesian(*there))
            assert distance(*seoul, *there) - min_geodesic(chord) < doubt
