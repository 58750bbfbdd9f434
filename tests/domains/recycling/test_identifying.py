import pytest

from bunri.domains.recycling.identifying import Clue, identify, meanings
from bunri.domains.recycling.public import Facts
from bunri.domains.recycling.table import RuleTable
from bunri.kit.materials import Material


class TestIdentify:
    def test_a_class_means_its_usual_items_in_the_shares_we_state(self, table: RuleTable) -> None:
        found = {each.item.slug: each.certainty for each in identify(table, Facts(label="bottle"))}
        assert found == pytest.approx(
            {
                "clear-pet-bottle": 0.35,
                "glass-bottle": 0.3,
                "detergent-bottle": 0.13,
                "coloured-pet-bottle": 0.12,
                "milk-carton": 0.1,
            }
        )

    @pytest.mark.parametrize(
        ("material", "item"),
        [("glass", "glass-bottle"), ("pet", "clear-pet-bottle"), ("metal", "drink-can"), ("carton", "milk-carton")],
    )
    def test_the_material_decides_between_them(self, table: RuleTable, material: str, item: str) -> None:
        assert identify(table, Facts(label="bottle", material=Material(material)))[0].item.slug == item

    @pytest.mark.parametrize(
        ("label", "material", "item"),
        [
            ("cup", "paper", "paper-cup"),
            ("cup", "plastic", "takeout-cup"),
            ("cup", "styrofoam", "noodle-cup"),
            ("cup", "glass", "drinking-glass"),
            ("vase", "glass", "glass-bottle"),
            ("spoon", "metal", "cutlery"),
            ("toothbrush", "electronics", "electric-toothbrush"),
        ],
    )
    def test_class_and_material_together_name_the_item(
        self, table: RuleTable, label: str, material: str, item: str
    ) -> None:
        assert identify(table, Facts(label=label, material=Material(material)))[0].item.slug == item

    @pytest.mark.parametrize(
        ("material", "form", "item"),
        [
            ("metal", "can", "drink-can"),
            ("paper", "cup", "paper-cup"),
            ("plastic", "cup", "yogurt-cup"),
            ("glass", "jar", "glass-jar"),
            ("styrofoam", "tray", "meat-tray"),
            ("food", None, "leftovers"),
            ("unknown", None, "unknown-item"),
        ],
    )
    def test_material_and_form_are_enough_for_an_answer(
        self, table: RuleTable, material: str, form: str | None, item: str
    ) -> None:
        assert identify(table, Facts(material=Material(material), form=form))[0].item.slug == item

    def test_what_a_person_says_beats_what_a_model_sees(self, table: RuleTable) -> None:
        facts = Facts(label="bottle", material=Material.PLASTIC, words="소주병이에요")
        assert identify(table, facts)[0].item.slug == "soju-bottle"

    def test_words_that_only_come_near_to_a_name_are_no_evidence(self, table: RuleTable) -> None:
        facts = Facts(material=Material.PLASTIC, words="링거 병 걸이")
        assert identify(table, facts)[0].item.slug == "plastic-container"
        assert identify(table, Facts(words="의자 바퀴"))[0].item.slug == "unknown-item"

    def test_a_label_that_is_no_class_is_read_as_words(self, table: RuleTable) -> None:
        assert identify(table, Facts(label="milk carton"))[0].item.slug == "milk-carton"

    def test_it_says_why(self, table: RuleTable) -> None:
        best = identify(table, Facts(label="bottle", material=Material.GLASS, form="bottle", words="잼병"))[0]
        assert [reason.clue for reason in best.reasons] == [Clue.SAID, Clue.MATERIAL, Clue.FORM]

    def test_what_a_person_chose_is_not_called_seen(self, table: RuleTable) -> None:
        def clues(facts: Facts) -> list[tuple[Clue, object]]:
            return [(reason.clue, reason.what) for reason in identify(table, facts)[0].reasons]

        bottle = table.items["glass-bottle"]
        assert clues(Facts(label="glass-bottle", said=True)) == [(Clue.NAMED, bottle.name)]
        assert clues(Facts(label="glass-bottle")) == [(Clue.SEEN, bottle.name)]
        assert clues(Facts(material=Material.GLASS, said=True)) == [(Clue.MATERIAL_SAID, "glass")]
        assert clues(Facts(material=Material.GLASS)) == [(Clue.MATERIAL, "glass")]


class TestMeanings:
    def test_of_a_class_are_its_shares_without_what_is_no_waste(self, table: RuleTable) -> None:
        assert [(item.slug, share) for item, share in meanings(table, "bench") or ()] == [("chair-stool", 0.6)]
        assert meanings(table, "person") == []

    def test_of_a_free_label_are_the_items_it_names(self, table: RuleTable) -> None:
        meant = meanings(table, "drink can")
        assert meant
        assert meant[0][0].slug == "drink-can"
        assert meant[0][1] > 0.8

    def test_of_an_unknown_label_are_none(self, table: RuleTable) -> None:
        assert meanings(table, "flux capacitor") is None
