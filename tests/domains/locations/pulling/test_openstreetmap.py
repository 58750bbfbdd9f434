import pytest

from bunri.domains.locations.importing.osm_tags import kinds_of
from bunri.domains.locations.importing.rows import NewBin, ProblemReason
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.pulling.datasets import OPENSTREETMAP_TITLE
from bunri.domains.locations.pulling.openstreetmap import parse
from bunri.domains.locations.regions import Region, region_named
from bunri.platform.open_data.overpass import Element


def busan() -> Region:
    region = region_named("부산")
    assert region is not None
    return region


class TestKinds:
    @pytest.mark.parametrize(
        ("tags", "kinds"),
        [
            ({"recycling:clothes": "yes"}, ["clothes"]),
            ({"recycling:clothes": "yes", "recycling:shoes": "yes"}, ["clothes"]),
            ({"recycling:batteries": "yes", "recycling:low_energy_bulbs": "yes"}, ["battery", "lamp"]),
            ({"recycling:glass": "yes", "recycling:paper": "yes", "recycling:cans": "yes"}, ["recycling"]),
            ({"recycling:glass": "yes", "recycling:batteries": "yes"}, ["recycling", "battery"]),
            ({"recycling:plastic_bottles": "yes"}, ["pet"]),
            ({"recycling:PET": "yes"}, ["pet"]),
            ({"recycling:beverage_cartons": "yes"}, ["carton"]),
            ({"recycling:drugs": "yes"}, ["medicine"]),
            ({"recycling:small_appliances": "yes", "recycling:mobile_phones": "yes"}, ["electronics"]),
            ({"recycling:food_waste": "yes"}, ["food"]),
            ({"recycling:clothes": "no", "recycling:glass": "no"}, ["recycling"]),
            ({"recycling:clothes": "No", "recycling:batteries": "only"}, ["battery"]),
            ({"recycling_type": "container"}, ["recycling"]),
            ({"recycling_type": "centre", "recycling:website": "https://a.example"}, ["recycling"]),
            ({"amenity": "waste_basket", "recycling:clothes": "yes"}, ["street"]),
        ],
    )
    def test_are_those_of_the_tags(self, tags: dict[str, str], kinds: list[str]) -> None:
        assert kinds_of({"amenity": "recycling", **tags}) == tuple(map(BinKind, kinds))


class TestAnElement:
    def test_becomes_a_bin_of_each_kind_with_its_attribution(self) -> None:
        tags = {
            "amenity": "recycling",
            "recycling:clothes": "yes",
            "recycling:batteries": "yes",
            "name": "Recycling",
            "name:ko": "재활용정거장",
            "addr:city": "부산광역시",
            "addr:district": "해운대구",
            "addr:street": "중동1로",
            "addr:housenumber": "1",
        }
        row = parse(Element("way/7", 35.163, 129.163, tags), 1, busan())
        place = ("재활용정거장", "부산광역시 해운대구 중동1로 1", 35.163, 129.163, OPENSTREETMAP_TITLE)
        assert row.result.new_bins == (NewBin(BinKind.CLOTHES, *place), NewBin(BinKind.BATTERY, *place))
        assert (row.reference, row.region) == ("way/7", busan())
        assert "OpenStreetMap" in OPENSTREETMAP_TITLE

    def test_without_a_name_is_called_by_its_kind(self) -> None:
        row = parse(Element("node/1", 35.163, 129.163, {"recycling:clothes": "yes"}), 1, busan())
        assert [each.name for each in row.result.new_bins] == ["의류수거함"]

    @pytest.mark.parametrize(
        ("element", "reason"),
        [
            (Element("node/1", 35.1, 129.1, {"access": "private"}), ProblemReason.NOT_PUBLIC),
            (Element("node/1", 35.1, 129.1, {"access": "no"}), ProblemReason.NOT_PUBLIC),
            (Element("relation/1", None, None, {}), ProblemReason.NO_COORDINATES),
            (Element("node/1", 10.0, 20.0, {}), ProblemReason.OUTSIDE),
            (Element("node/1", 35.1, 129.1, {"name": "가" * 201}), ProblemReason.TOO_LONG),
        ],
    )
    def test_that_is_no_bin_for_people_is_refused_with_a_reason(self, element: Element, reason: ProblemReason) -> None:
        problem = parse(element, 5, busan()).result.problem
        assert problem is not None
        assert (problem.line, problem.reason) == (5, reason)
