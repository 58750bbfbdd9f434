"""Reads a GeoJSON FeatureCollection (RFC 7946) feature by feature: the file may be larger than memory."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import IO, Any, Final

from bunri.domains.locations.errors import BinsExtraMissing, BinsMappingInvalid
from bunri.domains.locations.importing import osm_tags
from bunri.domains.locations.importing.columns import Columns, recognise
from bunri.domains.locations.importing.json_stream import JsonStream
from bunri.domains.locations.importing.parsing import Tell, parse_rows
from bunri.domains.locations.importing.projections import named_system
from bunri.domains.locations.importing.rows import FileRow, ImportDefaults, ProblemReason, RowProblem, RowResult
from bunri.domains.locations.importing.values import distinct

_SHAPES: Final = ("MultiPoint", "Polygon", "MultiPolygon")
"""Geometries that a bin may have beside Point: it stands at a point on them."""


def read_rows(file: IO[bytes], mapping: Mapping[str, str], defaults: ImportDefaults, tell: Tell) -> Iterator[RowResult]:
    """The result of each feature of ``file``; ``mapping`` is property → field.

    Raises BinsFileBroken where the text is not GeoJSON, BinsMappingInvalid for a property that no feature had, and as
    ``parse_rows``.
    """
    unused = dict(mapping)

    @lru_cache(maxsize=64)
    def columns_of(properties: tuple[str, ...]) -> Columns:
        for name in properties:
            unused.pop(name, None)
        known = recognise(properties, {name: field for name, field in mapping.items() if name in properties})
        return {**known, "lat": ("lat",), "lng": ("lng",)}

    stream = JsonStream(file)
    before = {name: value for name, value in stream.members_until("features") if name == "crs"}
    defaults = defaults.with_crs(_system(before.get("crs")))
    rows = (_record(line, feature) for line, feature in stream.items())
    yield from parse_rows(rows, lambda row: columns_of(tuple(row.fields)), defaults, tell)
    for name, field in unused.items():
        raise BinsMappingInvalid(column=name, field=field)


def _system(crs: Any) -> str | None:
    """The code of the member that GeoJSON had before RFC 7946 and that QGIS still writes for Korean systems."""
    match crs:
        case {"properties": {"name": str(name)}}:
            return named_system([name])
    return None


def _record(line: int, feature: Any) -> FileRow | RowProblem:
    """The properties of a feature as text, a point of its geometry among them as ``lat`` and ``lng``."""
    point = _point(feature.get("geometry")) if isinstance(feature, dict) else None
    if point is None:
        return RowProblem(line, ProblemReason.NO_POINT)
    properties = feature.get("properties")
    known = properties if isinstance(properties, dict) else {}
    names = distinct(map(_as_text, known))
    fields = {name: _as_text(value) for name, value in zip(names, known.values(), strict=True)}
    kinds = osm_tags.kinds_of(fields) if osm_tags.is_bin(fields) else ()
    return FileRow(line, fields | {"lat": _as_text(point[1]), "lng": _as_text(point[0])}, kinds)


def _point(geometry: Any) -> tuple[Any, Any] | None:
    """East and north of a Point as they are written, of a shape those of a point on its surface."""
    match geometry:
        case {"type": "Point", "coordinates": [lng, lat, *_]}:
            return lng, lat
        case {"type": str(kind)} if kind in _SHAPES:
            return point_on_surface(geometry)
    return None


def point_on_surface(geometry: Mapping[str, Any]) -> tuple[float, float] | None:
    """A point of the geometry, near its middle and never beside it or in a hole; None where it is broken.

    Raises BinsExtraMissing without Shapely.
    """
    try:
        import shapely
        from shapely.geometry import shape
    except ImportError:
        raise BinsExtraMissing(library="shapely") from None
    try:
        point = shape(geometry).representative_point()
    except (ValueError, TypeError, LookupError, AttributeError, shapely.errors.ShapelyError):
        return None
    return None if point.is_empty else (point.x, point.y)


def _as_text(value: object) -> str:
    """``value`` as text that can be encoded: JSON may contain half a surrogate pair."""
    return "" if value is None else str(value).encode("utf-8", "replace").decode()
