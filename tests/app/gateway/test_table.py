"""Which URL goes to which target, and how large its body may be."""

from dataclasses import replace

import pytest

from bunri.app.gateway.table import Body, Place, addresses_of, table
from bunri.app.registry import MODULES, REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.domains.detection.settings import DetectionSettings
from bunri.domains.learning.settings import LearningSettings


def test_every_prefix_of_every_target_has_its_place_and_longer_ones_come_first() -> None:
    made = table(Settings())
    assert {(each.target, each.prefix) for each in made.places} == {
        (target.name, prefix) for target in REGISTRY.targets for prefix in target.prefixes
    }
    lengths = [len(each.prefix) for each in made.places]
    assert lengths == sorted(lengths, reverse=True)
    assert made.places[0] == Place("auth", "/.well-known/jwks.json")


def test_bodies_are_as_large_as_routes_and_settings_say() -> None:
    sizes = {"detection": DetectionSettings(max_total_mb=7), "learning": LearningSettings(max_import_mb=321)}
    found = {body.pattern: body for body in table(Settings().model_copy(update=sizes)).bodies}
    assert found["^/api/v1/detect$"] == Body("^/api/v1/detect$", "detect", 8 * 2**20)
    assert found["^/api/v1/objects/(?:.*)$"].most == 321 * 2**20
    assert found["^/api/v1/learning/decks/(?:[^/]+)/media$"].target == "learning"
    assert not any("internal" in pattern for pattern in found)


def test_a_route_that_bounds_its_body_itself_needs_somebody_to_say_how_large_it_is() -> None:
    silent = [replace(each, largest_bodies=lambda _: {}) if each.name == "waste" else each for each in MODULES]
    with pytest.raises(ValueError, match=r"api/v1/objects"):
        table(Settings(), Registry(silent))


def test_targets_without_an_address_go_to_all_and_without_that_are_left_out() -> None:
    made = table(Settings())
    found = addresses_of(made, {"all": ("a:1",), "auth": ("b:1", "b:2")})
    assert found["auth"] == ("b:1", "b:2")
    assert {address for name, address in found.items() if name != "auth"} == {("a:1",)}
    assert addresses_of(made.only({"detect"}), {"detect": ("c:1",)}) == {"detect": ("c:1",)}
