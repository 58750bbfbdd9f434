"""Reads extracts of OpenStreetMap (``.osm.pbf``) by pyosmium. What is kept are the things with the tags of a bin and
the nodes of their outlines; each kind of thing is a reading of its own, of the blocks with such things alone."""

import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, Any, Final, NamedTuple

from bunri.domains.locations.area import Area
from bunri.domains.locations.errors import BinsExtraMissing, BinsFileBroken
from bunri.domains.locations.importing import osm_tags
from bunri.domains.locations.importing.overpass_file import Position, middle_of
from bunri.domains.locations.importing.rows import RowResult

MOST_NODES: Final = 5_000_000
"""Of outlines of bins: the whole earth has fewer."""


class _Thing(NamedTuple):
    id: str
    tags: dict[str, str]
    position: Position | None
    """Latitude and longitude."""


def read_rows(file: IO[bytes], area: Area) -> Iterator[RowResult]:
    """The result of each node, way and relation with the tags of a bin.

    Raises BinsFileBroken, and BinsExtraMissing without pyosmium.
    """
    try:
        import osmium
    except ImportError:
        raise BinsExtraMissing(library="osmium") from None
    with _as_path(file) as path:
        try:
            things = list(_things(_Extract(osmium, path)))
        except (RuntimeError, ValueError):  # what libosmium raises for a file that breaks off, or is none
            raise BinsFileBroken(line=1) from None
    for line, thing in enumerate(things, 1):
        yield osm_tags.parse_element(line, thing.id, thing.position, thing.tags, area)


@contextmanager
def _as_path(file: IO[bytes]) -> Iterator[Path]:
    """libosmium reads files by their path."""
    name = getattr(file, "name", None)
    if isinstance(name, str) and Path(name).is_file():
        yield Path(name)
        return
    with NamedTemporaryFile(suffix=".osm.pbf") as copy:
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield Path(copy.name)


class _Extract:
    """A file, whose things are filtered before they become objects of Python."""

    def __init__(self, osmium: Any, path: Path) -> None:
        self._osmium, self._path = osmium, str(path)
        self.kinds = osmium.osm

    def bins(self, kind: Any) -> Iterator[Any]:
        """The things of ``kind`` with the tags of a bin."""
        tagged = self._read(kind).with_filter(self._osmium.filter.EmptyTagFilter())
        return (each for each in tagged if osm_tags.is_bin(dict(each.tags)))

    def by_id(self, kind: Any, ids: Collection[int]) -> Iterator[Any]:
        return iter(self._read(kind).with_filter(self._osmium.filter.IdFilter(ids)) if ids else ())

    def _read(self, kind: Any) -> Any:
        return self._osmium.FileProcessor(self._osmium.io.File(self._path, "pbf"), kind)


def _things(extract: _Extract) -> Iterator[_Thing]:
    kinds = extract.kinds
    for node in extract.bins(kinds.NODE):
        yield _Thing(f"node/{node.id}", dict(node.tags), (node.location.lat, node.location.lon))
    ways = {way.id: (dict(way.tags), _nodes(way)) for way in extract.bins(kinds.WAY)}
    relations = {
        relation.id: (dict(relation.tags), [member.ref for member in relation.members if member.type == "w"])
        for relation in extract.bins(kinds.RELATION)
    }
    members = {member for _, members in relations.values() for member in members} - ways.keys()
    nodes = {id_: nodes for id_, (_, nodes) in ways.items()}
    nodes |= {way.id: _nodes(way) for way in extract.by_id(kinds.WAY, members)}
    lines = _lines(extract, nodes)
    for id_, (tags, _) in ways.items():
        yield _Thing(f"way/{id_}", tags, middle_of(lines[id_]))
    for id_, (tags, rings) in relations.items():
        yield _Thing(f"relation/{id_}", tags, _middle_of_rings([lines[way] for way in rings if way in lines]))


def _nodes(way: Any) -> list[int]:
    return [node.ref for node in way.nodes]


def _lines(extract: _Extract, nodes: Mapping[int, list[int]]) -> dict[int, list[Position]]:
    """Longitude and latitude of each node of each way, as far as the extract has them."""
    wanted = {node for way in nodes.values() for node in way}
    if len(wanted) > MOST_NODES:
        raise ValueError(f"{len(wanted)} nodes")
    places = {node.id: (node.location.lon, node.location.lat) for node in extract.by_id(extract.kinds.NODE, wanted)}
    return {id_: [places[node] for node in way if node in places] for id_, way in nodes.items()}


def _middle_of_rings(lines: list[list[Position]]) -> Position | None:
    """A point on the area that ``lines``, in any order, go around."""
    from shapely import LineString
    from shapely.ops import polygonize

    areas = sorted(polygonize([LineString(line) for line in lines if len(line) > 1]), key=lambda each: -each.area)
    if not areas:
        return middle_of([point for line in lines for point in line])
    point = areas[0].representative_point()
    return point.y, point.x
