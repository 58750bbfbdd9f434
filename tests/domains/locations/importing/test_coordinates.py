from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations.importing.coordinates import coordinate


@pytest.mark.parametrize(
    ("written", "degrees"),
    [
        ("37.5663", 37.5663),
        ("-37.5663", -37.5663),
        ("37,5663", 37.5663),
        ("37.5663°", 37.5663),
        ("37.5663N", 37.5663),
        ("37°33′58.7″N", 37.566306),
        ("37º 33’ 58.7”", 37.566306),
        ("37˚33'58,7\"", 37.566306),
        ("37°33'58.7''", 37.566306),
        ("N 37 33 58.7", 37.566306),
        ("37-33-58.7", 37.566306),
        ("37:33:58.7", 37.566306),
        ("북위 37도 33분 58.7초", 37.566306),
        ("동경126도58분40.4초", 126.977889),
        ("37° 33.978'", 37.5663),
        ("３７°３３′５８.７″", 37.566306),
        ("33°52'10\"S", -33.869444),
        ("서경 58도 22분", -58.366667),
        ("1,952,009", 1952009.0),
        ("198,047.53", 198047.53),
    ],
)
def test_is_read_as_people_write_it(written: str, degrees: float) -> None:
    found = coordinate(written)
    assert found is not None
    assert isclose(found, degrees, abs_tol=1e-6)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "시청",
        "37 N 5",
        "37°61'",
        "37°33'60\"",
        "37.5°33'",
        "37°33.5'10\"",
        "-37°S",
        "2026-11-20",
        "37,56,63",
        "°",
    ],
)
def test_is_none_where_it_is_no_angle(written: str) -> None:
    assert coordinate(written) is None


def test_a_comma_before_three_digits_parts_thousands_of_metres_only() -> None:
    assert coordinate("198,323") == 198.323
    assert coordinate("198,323", metres=True) == 198323.0
    assert coordinate("198323,5", metres=True) == 198323.5


@given(st.floats(-180, 180), st.sampled_from(["{d}°{m}′{s:.6f}″", "{d} {m} {s:.6f}", "{d}도 {m}분 {s:.6f}초"]))
def test_degrees_minutes_and_seconds_come_back(degrees: float, form: str) -> None:
    size = round(abs(degrees) * 3600, 6)
    d, rest = divmod(size, 3600)
    m, s = divmod(rest, 60)
    found = coordinate(("-" if degrees < 0 else "") + form.format(d=int(d), m=int(m), s=min(s, 59.999999)))
    assert found is not None
    assert isclose(found, degrees, abs_tol=1e-8)


@given(st.floats(-180, 180))
def test_a_decimal_comma_comes_back(degrees: float) -> None:
    found = coordinate(f"{degrees:.7f}".replace(".", ","))
    assert found is not None
    assert isclose(found, degrees, abs_tol=1e-7)


@given(st.text(max_size=30))
def test_no_text_breaks_it(text: str) -> None:
    assert coordinate(text) is None or isinstance(coordinate(text), float)
