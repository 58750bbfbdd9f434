from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import update
from tests.conftest import Sessions

from bunri.domains.recycling.errors import RegionMissing, RuleItemMissing, RulesMissing
from bunri.domains.recycling.models import Version
from bunri.domains.recycling.public import Facts
from bunri.domains.recycling.repository import RecyclingRepository
from bunri.domains.recycling.service import RecyclingService
from bunri.domains.recycling.table import RuleTable
from bunri.domains.recycling.writer import BuiltinWriter
from bunri.kit.materials import Material, Tag


async def test_items_are_all_that_people_throw_away(recycling: RecyclingService, table: RuleTable) -> None:
    assert set(table.items) - set(await recycling.items()) == {"unknown-item", "not-waste"}


class TestAdvise:
    async def test_answers_each_fact_in_order(self, recycling: RecyclingService) -> None:
        facts = [Facts(label="bottle", material=Material.GLASS), Facts(words="건전지"), Facts()]
        advice = await recycling.advise(facts, "ko", None)
        assert [each.item for each in advice] == ["glass-bottle", "battery", "unknown-item"]
        assert [each.disposal.category for each in advice] == ["glass", "battery", "general"]

    async def test_names_rule_source_parts_bins_and_reasons(
        self, recycling: RecyclingService, table: RuleTable
    ) -> None:
        (advice,) = await recycling.advise([Facts(label="wine glass", tags=(Tag.BROKEN,))], "en", "gunpo")
        assert advice.name == "Drinking glass"
        assert advice.disposal.category_name == "Non-combustible waste sack"
        assert advice.disposal.rule.version == table.version
        assert advice.disposal.rule.source == "Gunpo city guide to household waste"
        assert advice.disposal.rule.region == "gyeonggi-gunpo"
        assert advice.disposal.rule.date.year == 2026
        assert advice.reasons == (
            "It looked like ‘wine glass’ in the photo.",
            "Condition: Broken",
            "The rules of Gunpo, Gyeonggi were followed.",
        )
        assert advice.writer == "builtin"

    async def test_reasons_are_in_the_language_asked_for(self, recycling: RecyclingService) -> None:
        (seen,) = await recycling.advise([Facts(label="wine glass")], "ko", None)
        assert seen.reasons == ("사진에서 ‘와인잔’(으)로 보였어요.",)
        (said,) = await recycling.advise([Facts(label="glass-bottle", said=True)], "en", None)
        assert said.reasons == ("You said so: Glass bottle.",)

    async def test_takes_mixed_things_apart(self, recycling: RecyclingService) -> None:
        (advice,) = await recycling.advise([Facts(label="glass-bottle")], "ko", None)
        assert advice.mixed
        assert [(part.name, part.category) for part in advice.parts] == [("금속 뚜껑", "can")]
        assert advice.bin_kinds == ("recycling",)

    async def test_offers_what_else_it_could_be(self, recycling: RecyclingService) -> None:
        (advice,) = await recycling.advise([Facts(label="bottle")], "ko", None)
        assert [other.item for other in advice.alternatives] == [
            "glass-bottle",
            "detergent-bottle",
            "coloured-pet-bottle",
        ]


class TestTable:
    async def test_is_the_one_the_database_has_in_force(self, recycling: RecyclingService, table: RuleTable) -> None:
        assert await recycling.version() == table.version
        assert await recycling.table() is await recycling.table()

    async def test_is_missing_before_anything_was_loaded(self, session_of: Sessions) -> None:
        async with session_of("recycling") as session:
            await session.execute(update(Version).values(active=False))

            @asynccontextmanager
            async def begin() -> AsyncIterator[RecyclingRepository]:
                yield RecyclingRepository(session)

            with pytest.raises(RulesMissing):
                await RecyclingService(begin, BuiltinWriter()).version()


class TestSearch:
    async def test_speaks_the_language_asked_for(self, recycling: RecyclingService) -> None:
        (korean,), (english,) = [await recycling.search("우유팩", language, 1) for language in ("ko", "en")]
        assert (korean.name, english.name) == ("우유팩", "Milk carton")
        assert korean.model_dump(exclude={"name", "category_name"}) == {
            "item": "milk-carton",
            "category": "carton",
            "material": "carton",
            "form": "carton",
            "score": 1.0,
            "sure": True,
        }


class TestDivisions:
    async def test_say_how_the_things_of_a_material_divide(self, recycling: RecyclingService, table: RuleTable) -> None:
        divided = await recycling.divisions("ko")
        assert divided[Material.TEXTILE][0].name == "옷"
        assert {Material.TEXTILE, Material.METAL, Material.FOOD, Material.PAPER} <= set(divided)
        for things in divided.values():
            assert sum(each.prior for each in things) == pytest.approx(1)
            usual, *others = [table.items[each.item].category for each in things]
            assert usual not in others


class TestMeanings:
    async def test_tell_what_labels_may_be(self, recycling: RecyclingService) -> None:
        meant = await recycling.meanings(["bottle", "person", "flux capacitor", "drink can"], "ko")
        assert [(each.item, each.prior) for each in meant["bottle"]] == [
            ("clear-pet-bottle", 0.35),
            ("glass-bottle", 0.3),
            ("detergent-bottle", 0.13),
            ("coloured-pet-bottle", 0.12),
            ("milk-carton", 0.1),
        ]
        assert meant["person"] == ()
        assert meant["drink can"][0].name == "음료 캔"
        assert "flux capacitor" not in meant


class TestItem:
    async def test_tells_what_would_change_the_advice(self, recycling: RecyclingService) -> None:
        item = await recycling.item("noodle-cup", "ko")
        changes = {change.tag: change.category for change in item.changes}
        assert item.disposal.category == "styrofoam"
        assert changes[Tag.FOOD_LEFT] == changes[Tag.GREASY] == "general"
        assert changes[Tag.CLEAN] == "styrofoam"
        assert "사발면" in item.synonyms

    @pytest.mark.parametrize(
        ("item", "offered", "not_offered"),
        [
            ("plant", Tag.LARGE, Tag.BATTERY_INSIDE),
            ("plastic-toy", Tag.BATTERY_INSIDE, Tag.FOOD_LEFT),
            ("soybean-paste", Tag.LEAKING, Tag.SHARP),
            ("aerosol-can", Tag.GAS_LEFT, Tag.FOOD_LEFT),
            ("drink-can", Tag.FOOD_LEFT, Tag.GAS_LEFT),
            ("newspaper", Tag.WET, Tag.COATED),
            ("laptop-computer", Tag.LEAKING, Tag.BATTERY_INSIDE),
            ("phone", Tag.LEAKING, Tag.LARGE),
        ],
    )
    async def test_offers_only_states_that_are_common_for_it(
        self, recycling: RecyclingService, item: str, offered: Tag, not_offered: Tag
    ) -> None:
        tags = {change.tag for change in (await recycling.item(item, "ko")).changes}
        assert offered in tags
        assert not_offered not in tags

    async def test_a_state_that_was_said_is_heard_and_can_be_taken_back(self, recycling: RecyclingService) -> None:
        rose = await recycling.item("plant", "ko", None, [Tag.BATTERY_INSIDE])
        assert rose.disposal.category == "small_electronics"
        assert Tag.BATTERY_INSIDE in {change.tag for change in rose.changes}

    async def test_of_what_we_do_not_know_every_danger_is_offered(self, recycling: RecyclingService) -> None:
        tags = {change.tag for change in (await recycling.item("unknown-item", "ko")).changes}
        assert tags == {Tag.CHEMICAL_LEFT, Tag.SHARP, Tag.LARGE, Tag.BATTERY_INSIDE, Tag.LEAKING}

    async def test_tells_what_would_change_beside_the_state_it_is_in(self, recycling: RecyclingService) -> None:
        whole = await recycling.item("glass-bottle", "ko")
        broken = await recycling.item("glass-bottle", "ko", None, [Tag.BROKEN])
        label_on = {
            state: next(change.category for change in item.changes if change.tag is Tag.LABEL_ON)
            for state, item in {"whole": whole, "broken": broken}.items()
        }
        assert label_on == {"whole": whole.disposal.category, "broken": broken.disposal.category}
        assert whole.disposal.category != broken.disposal.category

    async def test_that_does_not_exist_is_missing(self, recycling: RecyclingService) -> None:
        with pytest.raises(RuleItemMissing):
            await recycling.item("flux-capacitor", "ko")


class TestRules:
    async def test_come_page_by_page_without_a_gap(self, recycling: RecyclingService, table: RuleTable) -> None:
        seen: list[str] = []
        while page := await recycling.rules("ko", after=seen[-1] if seen else None, limit=100):
            seen += [rule.item for rule in page]
        assert seen == sorted(table.items)

    async def test_differ_by_region_and_tag(self, recycling: RecyclingService) -> None:
        (here,) = await recycling.rules("ko", item="meat-fat", region="연수구")
        (there,) = await recycling.rules("ko", item="meat-fat")
        (torn,) = await recycling.rules("ko", item="clothes", tags=[Tag.TORN])
        assert [rule.disposal.category for rule in (here, there, torn)] == ["general", "food", "general"]

    async def test_of_an_unknown_region_are_missing(self, recycling: RecyclingService) -> None:
        with pytest.raises(RegionMissing):
            await recycling.rules("ko", region="Atlantis")

    @pytest.mark.parametrize(
        ("typed", "near"), [("nowoon-gu", "seoul-nowon"), ("노언구", "seoul-nowon"), ("jejju", "jeju")]
    )
    async def test_what_is_nearly_a_region_is_told_its_name(
        self, recycling: RecyclingService, typed: str, near: str
    ) -> None:
        with pytest.raises(RegionMissing) as caught:
            await recycling.region(typed, "ko")
        assert str(caught.value.data["near"]).startswith(near)

    @pytest.mark.parametrize("typed", ["seoul-nowon", "노원구", "서울 노원구", "Nowon-gu"])
    async def test_a_region_has_several_names(self, recycling: RecyclingService, typed: str) -> None:
        assert await recycling.region(typed, "en") == "seoul-nowon"


class TestLists:
    async def test_of_categories_and_regions_are_complete(self, recycling: RecyclingService, table: RuleTable) -> None:
        categories = await recycling.categories("en")
        regions = {region.slug: region for region in await recycling.regions("ko")}
        assert [each.slug for each in categories] == list(table.categories)
        assert regions["seoul-nowon"].within == "seoul"
        assert all(region.rules for region in regions.values())
