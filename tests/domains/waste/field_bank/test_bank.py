"""What the nearest confirmed photos say, and how little one person can say by them."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.field_bank.places import features, photo

from bunri.domains.waste.field_bank.bank import KNOWN, MOST_OF_ONE, NEAREST, FieldBank, Kernel
from bunri.kit.materials import Material

KERNEL = Kernel(20, 0.6)
GLASS, PLASTIC = KNOWN.index(Material.GLASS), KNOWN.index(Material.PLASTIC)

kernels = st.builds(Kernel, st.floats(1, 50), st.floats(0, 0.95))
photos = st.lists(
    st.builds(
        photo,
        st.integers(0, 500),
        st.sampled_from([Material.GLASS, Material.PLASTIC, Material.METAL, Material.PAPER]),
        person=st.integers(0, 3),
    ),
    min_size=1,
    max_size=25,
)


class TestShares:
    @given(photos, kernels, st.integers(0, 31))
    def test_add_up_and_rule_nothing_out(self, taught: list, kernel: Kernel, kind: int) -> None:  # type: ignore[type-arg]
        shares = FieldBank(taught).neighbours([features(kind, 999)]).shares(kernel)[0]
        assert np.isclose(shares.sum(), 1, atol=1e-4)
        assert (shares >= 0).all()

    @given(st.integers(1, 60), kernels)
    def test_one_person_alone_never_has_more_than_half(self, many: int, kernel: Kernel) -> None:
        bank = FieldBank([photo(number, Material.GLASS) for number in range(many)])
        near = bank.neighbours([features(0, 0)])
        assert near.shares(kernel)[0, GLASS] <= 0.5 + 0.5 / len(KNOWN) + 1e-4
        assert not near.by_two(kernel).any()

    @given(photos, kernels)
    def test_nobody_weighs_more_than_all_others_and_nothing(self, taught: list, kernel: Kernel) -> None:  # type: ignore[type-arg]
        near = FieldBank(taught).neighbours([features(kind, 998) for kind in range(4)])
        weights = near.weights(kernel)
        for person in range(4):
            own = np.where(near.people == person, weights, 0).sum(axis=1)
            unbound = np.where(near.people != person, np.exp(kernel.slope * (near.similarities - 1)), 0).sum(axis=1)
            assert (own <= unbound + kernel.nothing + 1e-4).all()

    def test_two_who_agree_are_believed_and_counted(self) -> None:
        bank = FieldBank([photo(number, Material.GLASS, person=number % 2) for number in range(10)])
        near = bank.neighbours([features(0, 500)])
        assert near.shares(KERNEL)[0, GLASS] > 0.8
        assert near.by_two(KERNEL)[0].tolist() == [each == GLASS for each in range(len(KNOWN))]

    def test_who_contradicts_many_times_moves_less_than_one_other(self) -> None:
        """Thirty photos by one against two by two others."""
        against = [photo(100 + number, Material.PLASTIC, kind=0, person=9) for number in range(6)]
        honest = [photo(number, Material.GLASS, person=number) for number in range(2)]
        shares = FieldBank([*against, *honest]).neighbours([features(0, 500)]).shares(KERNEL)[0]
        assert shares[PLASTIC] < shares[GLASS] + 0.35
        assert shares[PLASTIC] < 0.6

    def test_a_picture_that_is_like_none_of_them_is_told_nothing(self) -> None:
        bank = FieldBank([photo(number, Material.GLASS, person=number % 2) for number in range(10)])
        assert bank.neighbours([features(20, 1)]).shares(KERNEL)[0].max() < 1.5 / len(KNOWN)


class TestBank:
    def test_takes_the_newest_of_one_person(self) -> None:
        rows = [photo(number, Material.GLASS) for number in range(MOST_OF_ONE + 5)]
        assert FieldBank([*rows, photo(900, Material.PLASTIC, person=1)]).photos[:2] == tuple(rows[:2])
        assert len(FieldBank(rows).photos) == MOST_OF_ONE

    def test_no_photo_is_its_own_neighbour_nor_is_another_crop_of_it(self) -> None:
        crops = [photo(1, Material.GLASS), photo(1, Material.GLASS)]
        others = [photo(2 + number, Material.PLASTIC) for number in range(NEAREST)]
        rows = FieldBank([*crops, *others]).left_out()
        shares = rows.shares(Kernel(20, 0.2))
        assert shares[0, GLASS] < shares[0, PLASTIC]

    def test_without_its_material_a_photo_has_no_neighbours_of_it(self) -> None:
        bank = FieldBank([photo(number, Material.GLASS, person=number % 2) for number in range(300)])
        assert np.allclose(bank.left_out(with_material=True).shares(KERNEL), 1 / len(KNOWN))
