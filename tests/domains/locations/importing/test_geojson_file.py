import io
import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.domains.locations import importing
from bunri.domains.locations.errors import BinsFileBroken, BinsMappingInvalid
from bunri.domains.locations.importing import geojson_file
from bunri.domains.locations.importing.rows import ImportDefaults, NewBin, ProblemReason, RowResult
from bunri.domains.locations.public import BinKind

DEFAULTS = ImportDefaults(source="file.geojson", kind=BinKind.CLOTHES)


def feature(lng: float = 126.9779, lat: float = 37.5663, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": [lng, lat]}, "properties": properties}


def collection(*features: Any, **members: Any) -> str:
    return json.dumps({"type": "FeatureCollection", **members, "features": features}, ensure_ascii=False)


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
        ("odd", "reason"),
        [
            ({"type": "Feature", "geometry": None, "properties": {}}, ProblemReason.NO_POINT),
            ({"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [[[1, 2]]]}}, ProblemReason.NO_POINT),
            ({"type": "Feature", "geometry": {"type": "Point", "coordinates": []}}, ProblemReason.NO_POINT),
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
            patch.setattr(geojson_file, "_CHUNK", chunk)
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
