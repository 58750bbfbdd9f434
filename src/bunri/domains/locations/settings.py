"""Settings of bins that are kept up to date, ``BUNRI_BINS__*``, and of the map under them, ``BUNRI_MAP__*``."""

import re
from typing import Final, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bunri.domains.locations.errors import RegionUnknown
from bunri.domains.locations.regions import wanted_region

_RASTER: Final = ("{z}", "{x}", "{y}")
_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")
_ORIGIN: Final = re.compile(r"https?://[\w.-]+(:\d+)?")


class BinsSettings(BaseModel):
    """Which open data is pulled by itself, again and again. Nothing is, unless it is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    refresh: list[str] = Field(
        default_factory=list,
        description="Provinces and districts (부산, Haeundae-gu), or 전국, whose bins are pulled by a worker.",
    )
    refresh_days: float = Field(7.0, ge=1, le=365, description="Days from one pull of a data set to the next.")

    @model_validator(mode="after")
    def _known(self) -> Self:
        """A misspelt region is told at the start, and not a week later in a log."""
        for name in self.refresh:
            try:
                wanted_region(name)
            except RegionUnknown:
                raise ValueError(f"BUNRI_BINS__REFRESH: there is no one province or district {name}") from None
        return self


class MapSettings(BaseModel):
    """The map tiles of a provider. Without them the app draws a plain map of its own and sends no external request."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str | None = Field(
        None,
        description="Picture tiles, https://HOST/{z}/{x}/{y}.png, or the style document of a MapLibre map.",
    )
    attribution: str = Field("", max_length=300, description="Whose map it is, in plain words: they must be named.")
    hosts: list[str] = Field(
        default_factory=list,
        description="Further origins (https://HOST) that a style fetches its tiles and letters from.",
    )

    @property
    def is_raster(self) -> bool:
        return self.url is not None and all(part in self.url for part in _RASTER)

    @property
    def origins(self) -> list[str]:
        """Origins from which browsers may load the map."""
        if self.url is None:
            return []
        parts = urlsplit(self.url)
        return list(dict.fromkeys([f"{parts.scheme}://{parts.netloc}", *self.hosts]))

    @model_validator(mode="after")
    def _sound(self) -> Self:
        """Origins go into a Content-Security-Policy, so they must be origins and nothing else."""
        wrong = [origin for origin in self.origins if not _ORIGIN.fullmatch(origin)]
        if wrong:
            raise ValueError(f"BUNRI_MAP needs https://HOST, not {', '.join(wrong)}")
        if self.url and _PLACEHOLDER.search(self.url) and not self.is_raster:
            raise ValueError("BUNRI_MAP__URL of picture tiles needs {z}, {x} and {y}; {s} and the like are not known")
        if self.url and not self.attribution:
            raise ValueError("BUNRI_MAP__URL needs BUNRI_MAP__ATTRIBUTION: who made the map must be named")
        return self
