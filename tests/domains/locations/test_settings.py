"""What a map is drawn on, and whom browsers may ask for it."""

from typing import Any

import pytest
from pydantic import ValidationError

from bunri.domains.locations.settings import BinsSettings, MapSettings

TILES: dict[str, Any] = {"url": "https://tiles.example/{z}/{x}/{y}.png", "attribution": "© Somebody"}


class TestGround:
    def test_nobody_outside_is_asked_when_nothing_is_set(self) -> None:
        assert (MapSettings().is_raster, MapSettings().origins) == (False, [])

    def test_picture_tiles_are_known_by_their_template(self) -> None:
        assert MapSettings(**TILES).is_raster
        assert not MapSettings(**TILES | {"url": "https://tiles.example/style.json"}).is_raster

    def test_browsers_may_ask_the_tiles_host_and_what_a_style_needs_beside(self) -> None:
        settings = MapSettings(**TILES, hosts=["https://fonts.example:8443", "https://tiles.example"])
        assert settings.origins == ["https://tiles.example", "https://fonts.example:8443"]


class TestRefused:
    @pytest.mark.parametrize(
        "wrong",
        [
            {"url": "ftp://tiles.example/{z}/{x}/{y}.png"},
            {"url": "/tiles/{z}/{x}/{y}.png"},
            {"url": "https://{s}.tiles.example/{z}/{x}/{y}.png"},
            {"url": "https://tiles.example/{z}/{x}.png"},
            {"hosts": ["https://fonts.example; script-src *"]},
            {"hosts": ["fonts.example"]},
            {"attribution": ""},
        ],
    )
    def test_with_a_sentence(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(ValidationError, match="BUNRI_MAP"):
            MapSettings(**TILES | wrong)


class TestRefresh:
    def test_regions_are_those_that_can_be_pulled(self) -> None:
        assert BinsSettings().refresh == []
        assert BinsSettings(refresh=["부산", "Nowon-gu", "전국"]).refresh_days == 7

    def test_a_region_that_nobody_knows_is_told_at_the_start(self) -> None:
        with pytest.raises(ValidationError, match="no one province or district 부신"):
            BinsSettings(refresh=["부신"])
