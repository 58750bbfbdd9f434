"""Training the layer that judges materials by the namer's features."""

import numpy as np
from training.material_layer import CLASSES, LITTER, Source

from bunri.platform.vision.material import MATERIALS
from bunri.platform.vision.names.material_layer import scaled
from training import material_layer

RNG = np.random.default_rng(11)
CENTRES = RNG.normal(0, 1, (len(CLASSES), 40)).astype(np.float32)


def source(labels: list[int], *, trained: bool = True) -> Source:
    """Pictures whose features lie around the middles of their classes."""
    features = (CENTRES[labels] + RNG.normal(0, 0.2, (len(labels), 40))).astype(np.float32)
    every = np.full(len(labels), trained)
    return Source(
        np.eye(len(CLASSES), dtype=np.float32)[labels], every, features, np.zeros((len(labels), 10), np.float32)
    )


class TestWeights:
    def test_classes_weigh_alike_but_other(self) -> None:
        found = material_layer.weights([np.eye(len(CLASSES), dtype=np.float32)[[0] * 9 + [1]]])
        np.testing.assert_allclose(found[:9].sum(), found[9], rtol=1e-5)
        with_other = material_layer.weights([np.eye(len(CLASSES), dtype=np.float32)[[0, MATERIALS.index("other")]]])
        np.testing.assert_allclose(with_other[1] / with_other[0], material_layer.OTHER_SHARE, rtol=1e-5)

    def test_a_hundred_pictures_of_one_place_weigh_as_twenty_five_of_each_of_two(self) -> None:
        eye = np.eye(len(CLASSES), dtype=np.float32)
        found = material_layer.weights([eye[[0] * 100], eye[[0] * 25], eye[[0] * 25]])
        np.testing.assert_allclose(found[:100].sum(), found[100:].sum(), rtol=1e-5)


class TestFit:
    def test_it_learns_the_classes_of_its_sources(self) -> None:
        labels = [each for each in range(len(CLASSES)) for _ in range(12)]
        made = material_layer.without("", {"one": source(labels), "two": source(labels)}, 1e-4)
        fresh = source(labels)
        assert (made.probabilities(fresh.features).argmax(1) == labels).mean() > 0.95

    def test_what_is_left_out_or_may_not_be_trained_on_teaches_nothing(self) -> None:
        sources = {"one": source([0] * 9 + [1] * 9), "two": source([2] * 9), "three": source([3] * 9, trained=False)}
        made = material_layer.without("two", sources, 1e-4)
        unknown = made.probabilities(scaled(np.concatenate([sources["two"].features, sources["three"].features])))
        assert set(unknown.argmax(1)) <= {0, 1}

    def test_with_the_litter_all_of_tacos_photos_are_left_out(self) -> None:
        sources = {"one": source([0] * 9 + [1] * 9), "taco": source([2] * 9), LITTER: source([2] * 9, trained=False)}
        made = material_layer.without(LITTER, sources, 1e-4)
        assert set(made.probabilities(sources[LITTER].features).argmax(1)) <= {0, 1}
