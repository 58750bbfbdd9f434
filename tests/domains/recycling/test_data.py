"""The files people review."""

import re
from datetime import date

import pytest

from bunri.domains.locations.public import BinKind
from bunri.domains.recycling.checks import check
from bunri.domains.recycling.files import shipped_document
from bunri.domains.recycling.public import Facts, Pictogram
from bunri.domains.recycling.ranking import decide
from bunri.domains.recycling.rows import NOT_WASTE, BadRules, Rows, Step, parse
from bunri.domains.recycling.table import RuleTable
from bunri.kit.languages import LANGUAGES, catalogue
from bunri.kit.materials import Material, Tag
from bunri.platform.vision.coco import CLASSES
from bunri.platform.vision.names import LABELS


@pytest.fixture(scope="module")
def rows() -> Rows:
    return parse(shipped_document())


class TestFiles:
    def test_do_not_contradict_themselves(self) -> None:
        check(shipped_document())

    def test_hold_enough_items_and_categories(self, rows: Rows) -> None:
        assert len(rows.item) >= 120
        assert 24 <= len(rows.category) <= 30
        assert len({region.slug for region in rows.region if region.within is None}) >= 3

    def test_name_a_source_and_a_date_for_every_rule(self, rows: Rows) -> None:
        for row in rows.with_provenance():
            assert row.rule.source, row.slug
            assert date(2019, 1, 1) < row.rule.date <= date(2026, 11, 29), row.slug

    def test_say_where_sources_disagree(self, rows: Rows) -> None:
        """What rests on one source, or on none that was read, is marked."""
        unread = {"practice", "jeju-press", "ewaste-press", "seoul-battery-press"}
        for row in rows.with_provenance():
            assert not (row.rule.verified and row.rule.source in unread), row.slug

    def test_use_every_condition_and_every_tag_they_know(self, rows: Rows) -> None:
        assert {condition.tag for condition in rows.condition} == set(Tag)

    def test_send_people_to_bins_that_exist(self, rows: Rows) -> None:
        assert {kind for category in rows.category for kind in category.bins} <= set(BinKind)

    def test_use_every_source_category_and_step(self, rows: Rows, table: RuleTable) -> None:
        assert {source.slug for source in rows.source} == {row.rule.source for row in rows.with_provenance()}
        used = {item.category for item in rows.item} | {c.category for c in rows.condition}
        assert {category.slug for category in rows.category} <= used
        steps = (step.key for row in rows.with_provenance() for step in row.steps or ())
        first = (step.key for row in rows.changing() for step in row.first)
        assert {step.slug for step in rows.step} == {key for key in (*steps, *first) if key}

    def test_have_a_sentence_for_every_reason(self) -> None:
        for language in LANGUAGES:
            assert {key for key in catalogue(language) if key.startswith("recycling.reason.")}


class TestItems:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_read_well_whatever_is_added(self, table: RuleTable, language: str) -> None:
        """Every item under every tag and in every region: a few different steps and a reason, none of them doubled."""
        for slug in table.items:
            for tag in (None, *Tag):
                for region in (None, *table.regions):
                    decision = decide(table, Facts(label=slug, tags=(tag,) if tag else ()), region)
                    steps = [getattr(step.text, language) for step in decision.steps]
                    why = [getattr(sentence, language) for sentence in decision.why]
                    assert 1 <= len(steps) <= 9, (slug, tag, region, steps)
                    assert len(set(steps)) == len(steps), (slug, tag, region, steps)
                    assert why, (slug, tag, region)


def _steps(rows: Rows) -> list[Step]:
    """Every step of every row."""
    given = [step for row in rows.with_provenance() for step in row.steps or ()]
    given += [step for row in rows.changing() for step in row.first]
    return given + [step for row in rows.override for step in row.last]


class TestSigns:
    def test_shared_steps_have_one_each_and_none_is_idle(self, rows: Rows) -> None:
        assert [step.slug for step in rows.step if step.sign is None] == []
        assert {step.sign for step in _steps(rows) if step.sign} == set(Pictogram)

    def test_the_same_sentence_has_the_same_sign(self, rows: Rows) -> None:
        signs: dict[str, Pictogram | None] = {}
        for step in _steps(rows):
            for said in (step.text.ko, step.text.en):
                assert signs.setdefault(said, step.sign) == step.sign, said

    @pytest.mark.parametrize(
        ("sign", "verb"),
        [
            (Pictogram.EMPTY, r"붓|하수구|pour\b"),
            (Pictogram.RINSE, r"하수구"),
            (Pictogram.TAKE_APART, r"(뜯|분해하)지|force|do not open"),
            (Pictogram.BATTERY_OUT, r"(뜯|분해하)지|force|do not open"),
            (Pictogram.FLATTEN, r"누르(거나|지)|do not .*press"),
            (Pictogram.CUT, r"뚫|부수|pierce|break"),
            (Pictogram.VENT, r"분사|discharge"),
        ],
    )
    def test_none_shows_what_the_step_forbids(self, rows: Rows, sign: Pictogram, verb: str) -> None:
        """A drawing of pouring beside "do not pour it away" would be worse than none."""
        forbids = [step for step in _steps(rows) if re.search(verb, f"{step.text.ko} {step.text.en}", re.IGNORECASE)]
        negated = [step for step in forbids if re.search("지 (말|마|않)", step.text.ko)]
        assert negated
        assert [step.text for step in negated if step.sign == sign] == []

    def test_nothing_dangerous_is_poured_rinsed_or_crushed(self, table: RuleTable) -> None:
        dangerous = {"hazardous", "medicine", "battery", "lamp"}
        for slug in table.items:
            for tag in (None, *Tag):
                decision = decide(table, Facts(label=slug, tags=(tag,) if tag else ()))
                if decision.category.slug in dangerous:
                    shown = {step.sign for step in decision.steps}
                    assert shown.isdisjoint({Pictogram.EMPTY, Pictogram.RINSE, Pictogram.FLATTEN, Pictogram.CUT}), (
                        slug,
                        tag,
                    )

    @pytest.mark.parametrize(
        ("item", "tags", "signs"),
        [
            ("liquid-medicine", (), [Pictogram.CAP_ON, None]),
            ("gel-ice-pack", (), [None, None, None]),
            ("glass-bottle", (Tag.CHEMICAL_LEFT,), [Pictogram.CAP_ON, Pictogram.SEAL, None]),
            ("diaper", (), [Pictogram.EMPTY, None]),
            ("phone", (), [Pictogram.ERASE, None, None]),
        ],
    )
    def test_follow_the_act_and_not_the_words(
        self, table: RuleTable, item: str, tags: tuple[Tag, ...], signs: list[Pictogram | None]
    ) -> None:
        assert [step.sign for step in decide(table, Facts(label=item, tags=tags)).steps] == signs


class TestClasses:
    def test_cover_all_that_a_detector_or_the_namer_says(self, table: RuleTable) -> None:
        assert set(table.classes) == {*CLASSES, *LABELS}

    def test_call_people_and_animals_no_waste(self, table: RuleTable) -> None:
        for name in ("person", "dog", "bus", "stop sign", "imagenet:animals 7"):
            assert decide(table, Facts(label=name)).category.slug == NOT_WASTE

    def test_have_an_item_for_every_material(self, table: RuleTable) -> None:
        for material in Material:
            item = table.items[table.defaults[material]]
            assert item.material in (material, Material.UNKNOWN)


class TestKinds:
    def test_lead_to_every_category_and_material(self, table: RuleTable) -> None:
        reached = {table.kind_item(kind).category for kind in table.kinds}
        assert reached == {*table.categories} - {NOT_WASTE}
        assert {kind.slug for kind in table.kinds} >= {*Material} - {Material.UNKNOWN}

    def test_hold_everything_dangerous(self, table: RuleTable) -> None:
        hazards = {table.kind_item(kind).category for kind in table.kinds if kind.hazard}
        assert hazards >= {"battery", "lamp", "medicine", "hazardous", "small_electronics", "incombustible"}
        assert "aerosol-can" in {kind.slug for kind in table.kinds if kind.hazard}

    @pytest.mark.parametrize(
        ("rows", "problem"),
        [
            (
                {"kind": [{"slug": "nothing", "name": {"ko": "없음", "en": "Nothing"}}]},
                "kind nothing: there is no item",
            ),
            ({"kind": []}, "no kind leads to it"),
        ],
    )
    def test_that_lead_nowhere_are_mistakes(self, rows: dict[str, list[object]], problem: str) -> None:
        document = shipped_document()
        kinds = [*document["kind"], *rows["kind"]] if rows["kind"] else []
        with pytest.raises(BadRules, match=problem):
            check({**document, "kind": kinds})  # type: ignore[dict-item]
