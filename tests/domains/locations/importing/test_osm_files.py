"""Data of OpenStreetMap as files: what Overpass answers, and extracts, which pyosmium writes here."""

import io
import json
from pathlib import Path
from typing import Any

import osmium
import pytest
from osmium.osm.mutable import Node, Relation, Way

from bunri.domains.locations import importing
from bunri.domains.locations.errors import BinsFileBroken
from bunri.domains.locations.importing.rows import ImportDefaults, NewBin, ProblemReason, RowResult
from bunri.domains.locations.public import BinKind

SQUARE = [(127.0, 37.0), (127.002, 37.0), (127.002, 37.002), (127.0, 37.002)]
"""Longitude and latitude."""
RECYCLING = {"amenity": "recycling", "recycling:batteries": "yes", "recycling:glass": "no", "name": "주민센터"}


def read(content: bytes) -> list[RowResult]:
    return list(importing.read_rows(io.BytesIO(content), ImportDefaults("file")))


def new_bins(content: bytes) -> list[NewBin]:
    return [new_bin for result in read(content) for new_bin in result.new_bins]


def overpass(*elements: dict[str, Any]) -> bytes:
    content = {"version": 0.6, "osm3s": {"copyright": "openstreetmap.org"}, "elements": elements}
    return json.dumps(content, ensure_ascii=False).encode()


class TestOverpass:
    def test_elements_become_bins_by_their_tags(self) -> None:
        shop = {"shop": "convenience", "recycling:clothes": "yes"}
        content = overpass(
            {"type": "node", "id": 1, "lat": 37, "lon": 127.0, "tags": RECYCLING},
            {"type": "node", "id": 2, "lat": 37.1, "lon": 127.0, "tags": {"amenity": "waste_basket"}},
            {"type": "node", "id": 3, "lat": 37.2, "lon": 127.0, "tags": shop},
            {"type": "node", "id": 4, "lat": 37.3, "lon": 127.0, "tags": {"amenity": "cafe"}},
            {"type": "node", "id": 5, "lat": 37.3, "lon": 127.0},
        )
        found = [(each.kind, each.name, each.lat, each.source) for each in new_bins(content)]
        assert found == [
            (BinKind.BATTERY, "주민센터", 37.0, "© OpenStreetMap contributors"),
            (BinKind.STREET, "가로휴지통", 37.1, "© OpenStreetMap contributors"),
            (BinKind.CLOTHES, "의류수거함", 37.2, "© OpenStreetMap contributors"),
        ]

    @pytest.mark.parametrize(
        "where",
        [
            {"center": {"lat": 37.001, "lon": 127.001}},
            {"bounds": {"minlat": 37.0, "minlon": 127.0, "maxlat": 37.002, "maxlon": 127.002}},
            {"geometry": [{"lat": lat, "lon": lng} for lng, lat in [*SQUARE, SQUARE[0]]]},
            {"nodes": [1, 2, 3, 4, 1]},
        ],
    )
    def test_ways_stand_in_their_middle(self, where: dict[str, Any]) -> None:
        nodes = [{"type": "node", "id": id_, "lat": y, "lon": x} for id_, (x, y) in enumerate(SQUARE, 1)]
        (new_bin,) = new_bins(overpass({"type": "way", "id": 9, "tags": RECYCLING, **where}, *nodes))
        assert (new_bin.lat, new_bin.lng) == pytest.approx((37.001, 127.001))

    def test_what_is_nowhere_or_closed_is_refused(self) -> None:
        content = overpass(
            {"type": "way", "id": 9, "tags": RECYCLING, "nodes": [1, 2]},
            {"type": "node", "id": 1, "lat": 37.0, "tags": RECYCLING | {"access": "private"}},
        )
        reasons = [result.problem.reason for result in read(content) if result.problem]
        assert reasons == [ProblemReason.NO_COORDINATES, ProblemReason.NOT_PUBLIC]

    def test_one_that_breaks_off_is_broken(self) -> None:
        content = overpass({"type": "node", "id": 1, "lat": 37, "lon": 127, "tags": RECYCLING})
        with pytest.raises(BinsFileBroken):
            read(content[:-5])


@pytest.fixture(scope="module")
def extract(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A bin as a node, as an area and as a relation of two open ways, among other things."""
    path = tmp_path_factory.mktemp("osm") / "bins.osm.pbf"
    corners = [*SQUARE, *((lng + 0.1, lat) for lng, lat in SQUARE)]
    with osmium.SimpleWriter(str(path)) as writer:
        writer.add_node(Node(id=1, location=(127.5, 36.5), tags=RECYCLING))
        writer.add_node(Node(id=2, location=(127.6, 36.5), tags={"amenity": "cafe"}))
        for id_, corner in enumerate(corners, 11):
            writer.add_node(Node(id=id_, location=corner))
        writer.add_way(Way(id=21, nodes=[11, 12, 13, 14, 11], tags=RECYCLING))
        writer.add_way(Way(id=22, nodes=[15, 16, 17]))
        writer.add_way(Way(id=23, nodes=[17, 18, 15]))
        writer.add_way(Way(id=24, nodes=[1, 2], tags={"highway": "path"}))
        members = [("w", 22, "outer"), ("w", 23, "outer")]
        writer.add_relation(Relation(id=31, members=members, tags={"type": "multipolygon", **RECYCLING}))
        writer.add_relation(Relation(id=32, members=[("w", 99, "")], tags=RECYCLING))
    return path.read_bytes()


class TestExtracts:
    def test_nodes_areas_and_relations_become_bins(self, extract: bytes) -> None:
        results = read(extract)
        assert [(each.lat, each.lng) for result in results for each in result.new_bins] == [
            pytest.approx((36.5, 127.5)),
            pytest.approx((37.001, 127.001)),
            pytest.approx((37.001, 127.101)),
        ]
        assert [result.problem.reason for result in results if result.problem] == [ProblemReason.NO_COORDINATES]

    def test_a_file_is_read_where_it_is(self, extract: bytes, tmp_path: Path) -> None:
        path = tmp_path / "called.csv"
        path.write_bytes(extract)
        with path.open("rb") as file:
            assert len(list(importing.read_rows(file, ImportDefaults("file")))) == 4

    @pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
    def test_one_that_breaks_off_is_broken(self, extract: bytes, share: float) -> None:
        with pytest.raises(BinsFileBroken):
            read(extract[: int(len(extract) * share)])


class TestWhoseDataItIs:
    def test_is_told_by_what_is_in_a_file(self, extract: bytes) -> None:
        turbo = b'{"type": "FeatureCollection", "copyright": "... www.OpenStreetMap.org", "features": []}'
        assert importing.is_openstreetmap(io.BytesIO(extract))
        assert importing.is_openstreetmap(io.BytesIO(overpass()))
        assert importing.is_openstreetmap(io.BytesIO(turbo))
        assert not importing.is_openstreetmap(io.BytesIO(b'{"type": "FeatureCollection", "features": []}'))
        assert not importing.is_openstreetmap(io.BytesIO(b"lat,lng,openstreetmap.org\n"))
