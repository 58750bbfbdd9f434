"""Who must be named where pulled bins are shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bunri.domains.locations.pulling.datasets import OPENSTREETMAP, OPENSTREETMAP_TITLE, STANDARD_DATA


@dataclass(frozen=True, slots=True)
class Credit:
    """The words, and the page about the terms."""

    text: str
    url: str


_PORTAL: Final = Credit("공공데이터포털", "https://www.data.go.kr")
CREDITS: Final[Mapping[str, Credit]] = {
    OPENSTREETMAP: Credit(OPENSTREETMAP_TITLE, "https://www.openstreetmap.org/copyright"),
    **{data.dataset: _PORTAL for data in STANDARD_DATA},
}
"""By data set. The ODbL demands the first one; the portal's data is to be used with its source named."""
