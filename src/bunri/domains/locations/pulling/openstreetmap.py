"""Bins of OpenStreetMap, by the tags of ``importing.osm_tags``."""

from collections.abc import AsyncIterator

from bunri.domains.locations.importing.osm_tags import TAGS, parse_element
from bunri.domains.locations.pulling.datasets import OPENSTREETMAP, OPENSTREETMAP_TITLE
from bunri.domains.locations.pulling.sources import PulledPage, PulledRow, PullFailure
from bunri.domains.locations.regions import Region, region_named, regions
from bunri.platform.open_data.errors import OpenDataFailed
from bunri.platform.open_data.overpass import Element, Overpass


class OpenStreetMapSource:
    """A ``Source``. The server is asked province by province, which it can answer in time."""

    dataset = OPENSTREETMAP
    title = OPENSTREETMAP_TITLE

    def __init__(self, overpass: Overpass) -> None:
        self._overpass = overpass

    def scope(self, region: Region | None) -> Region | None:
        return region_named(region.province) if region else None

    async def pages(self, region: Region | None) -> AsyncIterator[PulledPage | PullFailure]:
        """A province that fails costs no other one."""
        scope = self.scope(region)
        provinces = [scope] if scope else [each for each in regions() if each.is_province]
        read = 0
        for province in provinces:
            area = province.area
            try:
                found = await self._overpass.find(TAGS, (area.south, area.west, area.north, area.east))
            except OpenDataFailed as failed:
                yield PullFailure(province.ko, failed.reason)
                continue
            yield PulledPage([parse(element, read + index, province) for index, element in enumerate(found, 1)])
            read += len(found)


def parse(element: Element, number: int, province: Region) -> PulledRow:
    """Row ``number`` of the pull, found in the bounds of ``province``."""
    position = None if element.lat is None or element.lng is None else (element.lat, element.lng)
    return PulledRow(parse_element(number, element.id, position, element.tags), element.id, province)
