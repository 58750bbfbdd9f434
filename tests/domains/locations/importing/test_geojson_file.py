import io
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations import importing
from bunri.domains.locations.errors import BinsFileBroken, BinsMappingInvalid
from bunri.domains.locations.importing import json_stream
from bunri.domains.locations.importing.rows import ImportDefaults, NewBin, ProblemReason, RowResult
from bunri.domains.locations.public import BinKind

DEFAULTS = ImportDefaults(source="file.geojson", kind=BinKind.CLOTHES)


def feature(lng: float = 126.9779, lat: float = 37.5663, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lng, lat]}, "properties": properties}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)


def square(low: float, high: float) -> list[tuple[float, float]]:
    return [(low, low), (high, low), (high, high), (low, high), (low, low)]


def read(content: str | bytes, **options: Any) -> list[RowResult]:
    raw = content if isinstance(content, bytes) else content.encode()
    return list(importing.read_rows(io.BytesIO(raw), DEFAULTS, **options))


class TestFeatures:
    def test_become_bins(self) -> None:
        content = collection(
            feature(명칭="시청 앞", 도로명주소="서울특별시 중구", 층=1), crs={"type": "name", "features": []}
        )
        assert read(content) == [
            RowResult((NewBin(BinKind.CLOTHES, "시청 앞", "서울특별시 중구", 37.5663, 126.9779, "file.geojson"),))
        ]

    def test_the_geometry_goes_before_coordinates_among_the_properties(self) -> None:
        misleading = feature() | {"properties": {"위도": 1, "경도": 2, "lat": 3, "lng": "4"}}
        (result,) = read(collection(misleading))
        assert [(new_bin.lat, new_bin.lng) for new_bin in result.new_bins] == [(37.5663, 126.9779)]

    def test_properties_can_be_mapped(self) -> None:
        content = collection(feature(가="시청 앞"), feature(나="없음"))
        assert [result.new_bins[0].name for result in read(content, mapping={"가": "name"})] == [
            "시청 앞",
            "의류수거함",
        ]

    def test_properties_may_be_decomposed(self) -> None:
        content = unicodedata.normalize("NFD", collection(feature(종류="폐건전지", 명칭="시험", 주소="없음")))
        (result,) = read(content)
        (new_bin,) = result.new_bins
        assert (new_bin.kind, new_bin.name, new_bin.address) == (BinKind.BATTERY, "시험", None)

    def test_a_mapped_property_that_no_feature_has_is_told(self) -> None:
        with pytest.raises(BinsMappingInvalid):
            read(collection(feature(가="시청 앞")), mapping={"나": "name"})

    @pytest.mark.parametrize(
        ("geometry", "place"),
        [
            ({"type": "MultiPoint", "coordinates": [[127, 37]]}, (37, 127)),
            (
                {"type": "Polygon", "coordinates": [[[127, 37], [128, 37], [128, 38], [127, 38], [127, 37]]]},
                (37.5, 127.5),
            ),
            (
                {
                    "type": "MultiPolygon",
                    "coordinates": [[[[127, 37], [127.2, 37], [127.2, 37.2], [127, 37.2], [127, 37]]]],
                },
                (37.1, 127.1),
            ),
        ],
    )
    def test_with_several_points_or_an_area_stand_on_it(
        self, geometry: dict[str, Any], place: tuple[float, float]
    ) -> None:
        (result,) = read(collection(feature() | {"geometry": geometry}))
        ((found,),) = [[(new_bin.lat, new_bin.lng) for new_bin in result.new_bins]]
        assert found == pytest.approx(place)

    def test_with_a_hole_do_not_stand_in_it(self) -> None:
        outer, inner = ([[127 + a, 37 + b] for a, b in ring] for ring in (square(0, 1), square(0.2, 0.8)))
        (result,) = read(collection(feature() | {"geometry": {"type": "Polygon", "coordinates": [outer, inner]}}))
        ((lat, lng),) = [(new_bin.lat - 37, new_bin.lng - 127) for new_bin in result.new_bins]
        assert max(abs(lat - 0.5), abs(lng - 0.5)) >= 0.3

    def test_have_the_system_that_the_file_says(self) -> None:
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::5174"}}
        (result,) = read(collection(feature(197977.9, 451557.7), crs=crs))
        assert [(round(each.lat, 4), round(each.lng, 4)) for each in result.new_bins] == [(37.5663, 126.9779)]

    def test_with_tags_of_openstreetmap_have_its_kinds(self) -> None:
        tags: dict[str, Any] = {
            "amenity": "recycling",
            "recycling:batteries": "yes",
            "recycling:low_energy_bulbs": "yes",
        }
        (result,) = read(collection(feature(**tags)))
        assert [new_bin.kind for new_bin in result.new_bins] == [BinKind.BATTERY, BinKind.LAMP]

    @pytest.mark.parametrize(
        ("odd", "reason"),
        [
            ({"type": "Feature", "geometry": None, "properties": {}}, ProblemReason.NO_POINT),
            ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}}, ProblemReason.NO_POINT),
            ({"type": "Feature", "geometry": {"type": "Point", "coordinates": []}}, ProblemReason.NO_POINT),
            ({"geometry": {"type": "Polygon", "coordinates": [[["a", "b"]] * 4]}}, ProblemReason.NO_POINT),
            ({"geometry": {"type": "MultiPolygon", "coordinates": 7}}, ProblemReason.NO_POINT),
            ({"geometry": {"type": "MultiPoint"}}, ProblemReason.NO_POINT),
            ({"geometry": {"type": "LineString", "coordinates": [[127, 37], [128, 37]]}}, ProblemReason.NO_POINT),
            ([1, 2], ProblemReason.NO_POINT),
            (None, ProblemReason.NO_POINT),
            ({"geometry": {"type": "Point", "coordinates": ["a", "b"]}, "properties": None}, ProblemReason.NO_NUMBER),
            (
                {"geometry": {"type": "Point", "coordinates": [{}, None]}, "properties": [1]},
                ProblemReason.NO_COORDINATES,
            ),
        ],
    )
    def test_an_odd_one_is_refused_alone(self, odd: Any, reason: ProblemReason) -> None:
        first, second = read(collection(odd, feature()))
        assert first.problem is not None
        assert first.problem.reason is reason
        assert len(second.new_bins) == 1

    def test_are_found_by_their_line(self) -> None:
        content = json.dumps(json.loads(collection(feature(), None, feature(0, 0))), indent=1)
        lines = [result.problem.line for result in read(content) if result.problem]
        assert [content.splitlines()[line - 1].strip() for line in lines] == ["null,", "{"]

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_lines_end_as_any_system_ends_them(self, end: str) -> None:
        content = end.join(['{"features": [', "null,", "null", "]}"])
        assert [result.problem.line for result in read(content) if result.problem] == [2, 3]

    def test_half_a_surrogate_pair_harms_nobody(self) -> None:
        (result,) = read(collection(feature(name="NAME")).replace("NAME", "\\ud83d!"))
        assert result.new_bins[0].name == "?!"


class TestWindow:
    @given(
        st.lists(st.tuples(st.floats(125, 131), st.floats(33.5, 38), st.text(max_size=12)), max_size=8),
        st.integers(1, 40),
        st.sampled_from([None, 0, 2]),
    )
    def test_its_size_changes_nothing(
        self, points: list[tuple[float, float, str]], chunk: int, indent: int | None
    ) -> None:
        features = [feature(lng, lat, name=name, number=12345) for lng, lat, name in points]
        content = json.dumps({"bbox": [1, 2, 3], "features": features, "name": "x"}, indent=indent)
        whole = read(content)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(json_stream, "_CHUNK", chunk)
            assert read(content) == whole
        assert len(whole) == len(points)

    @pytest.mark.parametrize(
        "content",
        [
            "{",
            '{"type": "FeatureCollection"}',
            '{"features": {}}',
            '{"features": [',
            '{"features": [{"type": "Feature"',
            '{"features": [1 2]}',
            '{"features": [nul]}',
            '{"features": ' + "[" * 100_000,
            '{"features": ["' + "x" * 1_200_000 + '"]}',
            b'{"features": ["\xff\xff"]}',
        ],
    )
    def test_what_is_no_geojson_is_refused_by_its_line(self, content: str | bytes) -> None:
        with pytest.raises(BinsFileBroken) as refused:
            read(content)
        assert refused.value.data == {"line": 1}
