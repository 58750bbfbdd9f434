"""The data sets that we know: what they are called, here and where they come from. Who pulls them is another file, so
that showing a bin loads no HTTP client."""

from dataclasses import dataclass
from typing import Final

from bunri.domains.locations.public import BinKind

OPENSTREETMAP: Final = "openstreetmap"
OPENSTREETMAP_TITLE: Final = "© OpenStreetMap contributors"
"""Also the attribution that its licence (ODbL 1.0) demands."""


@dataclass(frozen=True, slots=True)
class StandardData:
    """A data set: its name in our table, its path at the portal, its title, and the kinds of rows that don't say."""

    dataset: str
    path: str
    title: str
    kinds: tuple[BinKind, ...]


STANDARD_DATA: Final = (
    StandardData(
        "data.go.kr/clothes",
        "tn_pubr_public_clothing_collect_bins_api",
        "전국의류수거함표준데이터",
        (BinKind.CLOTHES,),
    ),
    StandardData(
        "data.go.kr/battery-lamp",
        "tn_pubr_public_waste_lamp_battery_collection_box_api",
        "전국폐형광등폐건전지수거함표준데이터",
        (BinKind.BATTERY, BinKind.LAMP),
    ),
    StandardData(
        "data.go.kr/medicine",
        "tn_pubr_public_lung_medicine_api",
        "전국폐의약품수거함표준데이터",
        (BinKind.MEDICINE,),
    ),
    StandardData(
        "data.go.kr/street",
        "tn_pubr_public_trash_can_api",
        "전국휴지통표준데이터",
        (BinKind.STREET,),
    ),
)
"""Numbers 15139214, 15155673, 15129445 and 15129450 of the portal, as of November 2026."""
