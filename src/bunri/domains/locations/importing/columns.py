"""Which column holds what, recognised from the headers of Korean and English open data."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Literal, get_args

from bunri.domains.locations.errors import BinsColumnsMissing, BinsMappingInvalid

Field = Literal["lat", "lng", "name", "address", "kind", "source"]
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
Columns = Mapping[Field, tuple[str, ...]]
"""The columns of each field, best first: the road address, then the lot number where that is empty."""

# The last Latin ones are names that the state's portal gives its columns: LOT is 경도, LCTN_ROAD_NM_ADDR 도로명주소.
_NAMES: Final[Mapping[Field, str]] = {
    "lat": "위도 wgs84위도 위도좌표 lat latitude y y좌표 좌표y 좌표정보y y좌표값 tmy ycoord",
    "lng": "경도 wgs84경도 경도좌표 lng lon long longitude x x좌표 좌표x 좌표정보x x좌표값 tmx xcoord lot",
    "name": "명칭 시설명 시설명칭 수거함명 수거함명칭 설치장소명 장소명 기관명 상호명 상호 이름 name title "
    "설치장소 설치위치 세부위치 상세위치 설치지점 위치 location instlplcnm dtlpstn dtlpstncn actlpstn",
    "address": "소재지도로명주소 도로명주소 설치도로명주소 설치주소 주소 소재지주소 address addr 소재지 도로명 "
    "lctnroadnmaddr lctnroadnm rdnmadr 소재지지번주소 지번주소 설치지번주소 lctnlotnoaddr lnmadr",
    "kind": "수거함종류 수거종류 쓰레기통종류 휴지통종류 수거품목 품목 종류 유형 시설구분 구분 "
    "kind type category types trashcanknd cltitemnm",
    "source": "출처 source",
}

_BRACKETS: Final = re.compile(r"[(\[（](?!\s*[xy]\s*[)\]）]).*?[)\]）]")
_SYSTEM: Final = re.compile(r"epsg\D{0,3}\d{4,5}|(?<!\d)(209[678]|517[3-9]|518[0-8])(?!\d)|utm[\s_-]*k")


def recognise(header: Sequence[str], mapping: Mapping[str, str]) -> Columns:
    """The columns of each field. ``mapping`` (column → field) wins over the headers.

    Raises BinsMappingInvalid when ``mapping`` names a column or field that does not exist and BinsColumnsMissing when
    there is no column for the coordinates.
    """
    _check(header, mapping)
    columns = {field: _columns(field, header, mapping) for field in FIELDS}
    if not (columns["lat"] and columns["lng"]):
        raise BinsColumnsMissing(found=", ".join(header)[:300])
    return columns


def _check(header: Sequence[str], mapping: Mapping[str, str]) -> None:
    for column, field in mapping.items():
        if column not in header or field not in FIELDS:
            raise BinsMappingInvalid(column=column, field=field)


def _columns(field: Field, header: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, ...]:
    if chosen := tuple(column for column, to in mapping.items() if to == field):
        return chosen
    free: dict[str, list[str]] = {}
    for column in header:  # several headings may mean the same: 주소(도로명), 주소(지번)
        if column not in mapping:
            free.setdefault(plain(column), []).append(column)
    return tuple(column for name in _NAMES[field].split() for column in free.get(name, ()))


def plain(column: str) -> str:
    """``column`` without brackets, spaces, signs, case and the code of a coordinate system, so that ``위도 (WGS84)``
    equals ``위도`` and ``X_5174`` equals ``x``. An axis in brackets stays: ``좌표정보(x)``."""
    return re.sub(r"[\W_]+", "", _SYSTEM.sub("", _BRACKETS.sub("", column.casefold())))


def first(fields: Mapping[str, str], columns: Iterable[str]) -> str:
    """The first filled value among ``columns``, or an empty string."""
    return next(iter(filled(fields, columns)), "")


def filled(fields: Mapping[str, str], columns: Iterable[str]) -> list[str]:
    """The values among ``columns`` that are not empty."""
    return [value for column in columns if (value := fields.get(column, ""))]
