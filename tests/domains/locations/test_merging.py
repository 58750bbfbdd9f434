from uuid import uuid4

from bunri.domains.locations.merging import merge, place_as_bin
from bunri.domains.locations.public import BinKind, NearbyBin
from bunri.platform.places.protocol import Place

HERE = (37.5663, 126.9779)
METRE = 1 / 111_000


def own(north: float, name: str = "수거함", kind: BinKind = BinKind.PET) -> NearbyBin:
    """One of our bins some metres north."""
    return NearbyBin(
        id=uuid4(),
        kind=kind,
        name=name,
        lat=HERE[0] + north * METRE,
        lng=HERE[1],
        distance_m=north,
        source="test",
        route_url="geo:",
    )


def place(north: float, name: str = "다른 수거함", kind: BinKind = BinKind.PET) -> NearbyBin:
    """One of another map's."""
    found = Place(f"kakao:{name}", name, None, HERE[0] + north * METRE, HERE[1], f"http://map/{name}", north)
    return place_as_bin(found, kind, *HERE)


class TestMerge:
    def test_orders_both_by_distance_and_cuts(self) -> None:
        merged = merge([own(10), own(300)], [place(100), place(500, "먼 곳")], 3)
        assert [round(each.distance_m, -1) for each in merged] == [10, 100, 300]

    def test_our_own_bin_stands_for_a_place_on_its_spot(self) -> None:
        assert [each.source for each in merge([own(100)], [place(125)], 9)] == ["test"]
        assert [each.source for each in merge([own(100)], [place(135)], 9)] == ["test", "kakao"]

    def test_and_for_a_place_of_its_name_near_by(self) -> None:
        assert [each.source for each in merge([own(0, "시청 수거함")], [place(140, "시청수거함")], 9)] == ["test"]
        assert len(merge([own(0, "시청 수거함")], [place(160, "시청수거함")], 9)) == 2

    def test_another_kind_is_another_bin(self) -> None:
        assert len(merge([own(0)], [place(0, kind=BinKind.BATTERY)], 9)) == 2

    def test_places_do_not_come_twice(self) -> None:
        assert len(merge([], [place(50), place(60)], 9)) == 1


class TestPlaceAsBin:
    def test_keeps_its_id_from_one_question_to_the_next(self) -> None:
        assert place(50).id == place(50).id
        assert place(50).id != place(50, "또 다른 수거함").id

    def test_measures_by_geodesic_itself(self) -> None:
        assert round(place(1110).distance_m) == 1110
