"""Reads what the Overpass API answers (``[out:json]``), saved as a file, element by element."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

from bunri.domains.locations.area import Area
from bunri.domains.locations.importing import osm_tags
from bunri.domains.locations.importing.geojson_file import point_on_surface
from bunri.domains.locations.importing.json_stream import JsonStream
from bunri.domains.locations.importing.rows import RowResult

Position = tuple[float, float]


def read_rows(file: IO[bytes], area: Area) -> Iterator[RowResult]:
    """The result of each element with the tags of a bin. The file is read three times: ways name their nodes, which
    may come later, and only those are kept. Raises BinsFileBroken."""
    wanted = {node for _, way in _bins(file) if _written(way) is None for node in _nodes(way)}
    nodes = _positions(file, wanted) if wanted else {}
    for line, element in _bins(file):
        position = _written(element) or _middle([nodes[node] for node in _nodes(element) if node in nodes])
        id_ = f"{element.get('type')}/{element.get('id')}"
        yield osm_tags.parse_element(line, id_, position, _tags(element), area)


def _elements(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    file.seek(0)
    stream = JsonStream(file)
    for _ in stream.members_until("elements"):
        pass
    return ((line, element) for line, element in stream.items() if isinstance(element, dict))


def _bins(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    return ((line, element) for line, element in _elements(file) if osm_tags.is_bin(_tags(element)))


def _positions(file: IO[bytes], wanted: set[int]) -> dict[int, Position]:
    found = ((element.get("id"), _position(element)) for _, element in _elements(file) if element.get("type") == "node")
    return {id_: position for id_, position in found if id_ in wanted and position}


def _tags(element: Mapping[str, Any]) -> dict[str, str]:
    tags = element.get("tags")
    return {str(key): str(value) for key, value in tags.items()} if isinstance(tags, dict) else {}


def _nodes(element: Mapping[str, Any]) -> list[int]:
    nodes = element.get("nodes")
    return [node for node in nodes if isinstance(node, int)] if isinstance(nodes, list) else []


def _written(element: Mapping[str, Any]) -> Position | None:
    """The position that the element has with it: its own, its middle (``out center``), that of its outline (``out
    geom``), or of its bounds."""
    outline = element.get("geometry")
    points = [point for each in outline if (point := _position(each))] if isinstance(outline, list) else []
    return (
        _position(element) or _position(element.get("center")) or _middle(points) or _of_bounds(element.get("bounds"))
    )


def _position(element: Any) -> Position | None:
    match element:
        case {"lat": int() | float() as lat, "lon": int() | float() as lng}:
            return float(lat), float(lng)
    return None


def _of_bounds(bounds: Any) -> Position | None:
    match bounds:
        case {"minlat": float(south), "maxlat": float(north), "minlon": float(west), "maxlon": float(east)}:
            return (south + north) / 2, (west + east) / 2
    return None


def _middle(outline: list[Position]) -> Position | None:
    """A point on the area within ``outline``, or on the line where it does not close."""
    return middle_of([(lng, lat) for lat, lng in outline])


def middle_of(line: list[Position]) -> Position | None:
    """Latitude and longitude of a point on the area or line through ``line`` (longitude and latitude of each point)."""
    if len(line) < 2:
        return line[0][::-1] if line else None
    closed = len(line) >= 4 and line[0] == line[-1]
    shape = {"type": "Polygon", "coordinates": [line]} if closed else {"type": "LineString", "coordinates": line}
    point = point_on_surface(shape)
    return point[::-1] if point else None
