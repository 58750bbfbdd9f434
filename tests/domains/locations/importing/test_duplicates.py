from math import dist

from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations.geodesy import cartesian
from bunri.domains.locations.importing.duplicates import SAME_ADDRESS, SAME_SPOT, Seen, same_address
from bunri.domains.locations.importing.rows import Draft
from bunri.domains.locations.public import BinKind

METRE = 1 / 111_320


def bin_at(north: float = 0, east: float = 0, address: str | None = None, kind: BinKind = BinKind.PET) -> Draft:
    """A bin some metres from a point on the equator."""
    return Draft(kind, "수거함", address, north * METRE, 127 + east * METRE, "test")


def kept(*drafts: Draft) -> list[Draft]:
    seen = Seen()
    return [draft for draft in drafts if seen.add(draft)]


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
    def test_finds_what_comparing_all_pairs_finds(self, drafts: list[Draft]) -> None:
        expected: list[Draft] = []
        for draft in drafts:
            if not any(_same(draft, other) for other in expected):
                expected.append(draft)
        assert kept(*drafts) == expected


def _same(one: Draft, other: Draft) -> bool:
    apart = dist(cartesian(one.lat, one.lng), cartesian(other.lat, other.lng))
    return apart <= SAME_SPOT or (apart <= SAME_ADDRESS and same_address(one.address, other.address))
