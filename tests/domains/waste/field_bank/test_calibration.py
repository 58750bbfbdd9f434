"""What a bank is worth, by the photos that are in it and by pictures from elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
from tests.domains.waste.field_bank.places import CLASSES, NETWORK, elsewhere, features, photo, says

from bunri.domains.waste.field_bank.bank import ConfirmedPhoto, FieldBank
from bunri.domains.waste.field_bank.calibration import NEVER, Worth, calibrate
from bunri.domains.waste.field_bank.opinion import judge
from bunri.domains.waste.field_bank.validation import SHIPPED, Validation
from bunri.domains.waste.fusion.field import with_neighbours
from bunri.kit.materials import Material


def _place(many: int = 60, people: int = 2, wrong: bool = False) -> FieldBank:
    """Glass and plastic in turns; ``wrong``: the networks mistake each for the other, but now and then."""
    rows: list[ConfirmedPhoto] = []
    for number in range(many):
        material = (Material.GLASS, Material.PLASTIC)[number % 2]
        other = (Material.PLASTIC, Material.GLASS)[number % 2]
        said = other if wrong and number % 6 > 1 else material
        rows.append(photo(number, material, person=(number // 2) % people, said=said))
    return FieldBank(rows)


def _worth(bank: FieldBank) -> Worth:
    found = calibrate(bank, elsewhere())
    assert isinstance(found, Worth), found
    return found


class TestCalibrating:
    def test_finds_that_neighbours_know_better_than_networks_that_err(self) -> None:
        worth = _worth(_place(wrong=True))
        assert worth.right_by_networks == 20
        assert worth.right == worth.photos == 60
        assert worth.people == 2

    def test_states_what_two_people_and_a_network_agree_on(self) -> None:
        worth = _worth(_place())
        assert worth.accept_threshold <= 1
        assert worth.answered_right == worth.answered > 50

    def test_one_person_alone_makes_nothing_sure(self) -> None:
        assert _worth(_place(people=1)).accept_threshold == NEVER

    def test_neighbours_of_another_material_than_the_networks_say_state_nothing(self) -> None:
        rows = [replace(each, first=says(Material.METAL), second={}) for each in _place().photos]
        assert _worth(FieldBank(rows)).accept_threshold == NEVER

    @pytest.mark.parametrize(
        ("bank", "why"),
        [
            (None, "few_photos"),
            (_place(19), "few_photos"),
            (FieldBank([photo(number, Material.GLASS, person=number % 2) for number in range(40)]), "one_material"),
        ],
    )
    def test_refuses_what_says_too_little(self, bank: FieldBank | None, why: str) -> None:
        assert calibrate(bank, elsewhere()) == why

    def test_refuses_what_makes_pictures_from_elsewhere_worse(self) -> None:
        """Two people who call all that is glass elsewhere plastic, in photos that look just like it."""
        away = elsewhere()
        rows = [
            replace(
                photo(number, (Material.PLASTIC, Material.GLASS)[CLASSES[number % 4] is Material.PLASTIC]),
                features=away.features[number],
                person=bytes([number % 2]),
            )
            for number in range(40)
        ]
        near = replace(away, shares=np.where(away.rights, 0.31, 0.23).astype(np.float32))
        assert calibrate(FieldBank([*rows, *_place().photos]), near) == "worse_elsewhere"


class TestOpinion:
    def test_of_a_new_photo_is_that_of_its_neighbours(self) -> None:
        bank = _place()
        opinion = judge(bank, _worth(bank), features(1, 777))
        assert opinion.likeliest is Material.PLASTIC
        assert opinion.by_two == {Material.PLASTIC}
        assert sum(opinion.shares.values()) == pytest.approx(1, abs=1e-3)
        assert with_neighbours(says(Material.GLASS, 0.4), opinion)[Material.PLASTIC] > 0.5

    def test_names_items_that_neighbours_show(self) -> None:
        rows = [
            photo(
                number, (Material.GLASS, Material.OTHER)[number % 2], kind=number % 2, person=number % 4 // 2, item=item
            )
            for number in range(40)
            for item in [(None, "medicine")[number % 2]]
        ]
        bank = FieldBank([replace(each, first=says(Material.GLASS), second={}) for each in rows])
        opinion = judge(bank, _worth(bank), features(1, 777))
        assert set(opinion.items) == {"medicine"}
        assert 0.5 < opinion.items["medicine"] <= 1


class TestShippedPictures:
    def test_the_networks_are_right_about_most_of_them(self) -> None:
        shipped = Validation.load()
        rows = np.arange(len(shipped.features))
        assert len(rows) > 500
        assert shipped.rights[rows, shipped.shares.argmax(axis=1)].mean() > 0.9
        assert SHIPPED.stat().st_size < 100_000

    def test_what_was_saved_is_the_same(self, tmp_path) -> None:  # type: ignore[no-untyped-def]
        away = elsewhere()
        away.save(tmp_path / "v.npz")
        again = Validation.load(tmp_path / "v.npz")
        assert (again.network, again.features, again.materials) == (NETWORK, away.features, away.materials)
        np.testing.assert_allclose(again.shares, away.shares, atol=0.003)
        assert (again.rights == away.rights).all()
