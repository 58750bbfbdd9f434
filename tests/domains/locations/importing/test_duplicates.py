from math import dist

from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations.geodesy import cartesian
from bunri.domains.locations.importing.duplicates import SAME_ADDRESS_M, SAME_POSITION_M, DuplicateFilter, same_address
from bunri.domains.locations.importing.rows import NewBin
from bunri.domains.locations.public import BinKind

METRE = 1 / 111_320


def bin_at(north: float = 0, east: float = 0, address: str | None = None, kind: BinKind = BinKind.PET) -> NewBin:
    """A bin some metres from a point on the equator."""
    return NewBin(kind, "수거함", address, north * METRE, 127 + east * METRE, "test")


def kept(*new_bins: NewBin) -> list[NewBin]:
    seen = DuplicateFilter()
    return [new_bin for new_bin in new_bins if seen.add(new_bin)]


class TestSame:
    def test_spot(self) -> None:
        assert len(kept(bin_at(), bin_at(4.9), bin_at(east=-4.9))) == 1
        assert len(kept(bin_at(), bin_at(5.1), bin_at(east=-5.1))) == 3

    def test_address_near_by(self) -> None:
        assert len(kept(bin_at(0, 0, "세종대로 110"), bin_at(49, 0, "세종대로110"))) == 1
        assert len(kept(bin_at(0, 0, "세종대로 110"), bin_at(51, 0, "세종대로 110"))) == 2
        assert len(kept(bin_at(0, 0, "세종대로 110"), bin_at(20, 0, "세종대로 111"))) == 2

    def test_no_address_is_like_no_other(self) -> None:
        assert len(kept(bin_at(), bin_at(20))) == 2

    def test_kinds_never_merge(self) -> None:
        assert len(kept(bin_at(), bin_at(kind=BinKind.LAMP))) == 2


class TestGrid:
    @given(
        st.lists(
            st.builds(bin_at, st.floats(-120, 120), st.floats(-120, 120), st.sampled_from([None, "가", "나"])),
            max_size=40,
        )
    )
    def test_finds_what_comparing_all_pairs_finds(self, new_bins: list[NewBin]) -> None:
        expected: list[NewBin] = []
        for new_bin in new_bins:
            if not any(_same(new_bin, other) for other in expected):
                expected.append(new_bin)
        assert kept(*new_bins) == expected


def _same(one: NewBin, other: NewBin) -> bool:
    apart = dist(cartesian(one.lat, one.lng), cartesian(other.lat, other.lng))
    return apart <= SAME_POSITION_M or (apart <= SAME_ADDRESS_M and same_address(one.address, other.address))
