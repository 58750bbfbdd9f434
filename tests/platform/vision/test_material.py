"""The shipped material model: what it promises, what it refuses, and that it still sees what its card says."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from bunri.kit.materials import Material
from bunri.platform.vision import material
from bunri.platform.vision.errors import ModelBroken, ProviderMissing, VisionFailed
from bunri.platform.vision.material import MATERIALS, Calibration, MaterialClassifier
from bunri.platform.vision.material.classifier import SHIPPED as FILES
from bunri.platform.vision.material.feature_bank import FeatureBank
from bunri.platform.vision.material.salient_crop import salient_crop
from bunri.platform.vision.material.square import GREY, square
from bunri.platform.vision.protocol import Classifier, Pixels

SHIPPED = Path(material.__file__).parent
NEVER = {Material.BATTERY, Material.LAMP, Material.STYROFOAM, Material.VINYL}


@pytest.fixture(scope="module")
def classifier() -> MaterialClassifier:
    return MaterialClassifier()


def read(path: Path) -> Pixels:
    pixels = cv2.imread(str(path))
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


def some(folder: Path, count: int) -> list[Pixels]:
    """Pictures spread evenly over a folder."""
    paths = sorted(folder.glob("*.jpg"))
    return [read(path) for path in paths[:: max(1, len(paths) // count)][:count]]


class TestShippedFiles:
    def test_they_are_small_enough_to_travel_in_the_package(self) -> None:
        assert sum((SHIPPED / name).stat().st_size for name in FILES) <= 6_000_000

    def test_it_is_a_classifier_with_a_name_and_a_version(self, classifier: MaterialClassifier) -> None:
        promised: Classifier = classifier
        assert promised.name == "material"
        assert len(promised.version) == 8

    def test_it_never_names_what_it_has_no_pictures_of(self, classifier: MaterialClassifier) -> None:
        assert classifier.calibration.materials == MATERIALS
        assert not NEVER & set(MATERIALS)


class TestClassify:
    def test_probabilities_add_up_for_crops_of_every_shape(self, classifier: MaterialClassifier) -> None:
        shapes = ((1, 1), (3, 900), (900, 3), (224, 224), (40, 61), (1200, 1600))
        crops = [np.full((*shape, 3), 90, np.uint8) for shape in shapes]
        judged = classifier.classify(crops)
        assert [set(one) for one in judged] == [set(MATERIALS)] * len(shapes)
        assert [sum(one.values()) for one in judged] == pytest.approx([1] * len(shapes), abs=1e-5)

    def test_a_crop_that_is_a_view_into_a_photo_is_judged_like_its_copy(self, classifier: MaterialClassifier) -> None:
        photo = np.random.default_rng(0).integers(0, 256, (400, 500, 3), np.uint8)
        crop = photo[50:300, 100:220]
        assert classifier.classify([crop]) == classifier.classify([crop.copy()])

    def test_a_mirrored_crop_is_the_same_material(self, classifier: MaterialClassifier) -> None:
        crop = np.random.default_rng(1).integers(0, 256, (120, 120, 3), np.uint8)
        first, mirrored = classifier.classify([crop, crop[:, ::-1]])
        assert list(first.values()) == pytest.approx(list(mirrored.values()), abs=1e-5)

    def test_nothing_to_judge_is_nothing_judged(self, classifier: MaterialClassifier) -> None:
        assert classifier.classify([]) == []

    @pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3), (5, 5)])
    def test_a_crop_without_pixels_or_colour_is_refused(
        self, classifier: MaterialClassifier, shape: tuple[int, ...]
    ) -> None:
        with pytest.raises(VisionFailed):
            classifier.classify([np.zeros(shape, np.uint8)])

    def test_it_is_not_sure_of_an_empty_floor(self, classifier: MaterialClassifier) -> None:
        floor = np.random.default_rng(2).normal(128, 6, (300, 400, 3)).clip(0, 255).astype(np.uint8)
        (judged,) = classifier.classify([floor])
        assert not classifier.calibration.is_sure(judged)


class TestLoading:
    def test_a_folder_without_the_model_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(ModelBroken):
            MaterialClassifier(tmp_path)

    def test_a_calibration_of_other_classes_is_refused(self, tmp_path: Path, classifier: MaterialClassifier) -> None:
        other = classifier.calibration.model_copy(update={"materials": MATERIALS[:-1], "bias": (0.0,) * len(MATERIALS)})
        for name in FILES:
            (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
        (tmp_path / "calibration.json").write_text(other.model_dump_json())
        with pytest.raises(ModelBroken):
            MaterialClassifier(tmp_path)

    @pytest.mark.parametrize("name", FILES)
    def test_a_broken_file_is_refused(self, tmp_path: Path, name: str) -> None:
        for other in FILES:
            (tmp_path / other).write_bytes((SHIPPED / other).read_bytes())
        (tmp_path / name).write_bytes(b"nothing of the kind")
        with pytest.raises(ModelBroken):
            MaterialClassifier(tmp_path)


class TestDoubt:
    CALIBRATION = Calibration(
        materials=MATERIALS,
        network_weight=1,
        similarity_weight=4,
        background_weight=8,
        bias=(0.0,) * (len(MATERIALS) + 1),
        accept_threshold=0.9,
        most_choices=3,
    )

    def judged(self, logits: dict[str, float], similarity: dict[str, float]) -> dict[Material, float]:
        """Probabilities where all that is not named speaks for nothing."""
        names = [*(name.value for name in MATERIALS), "none"]
        rows = [
            np.array([[said.get(name, 0) for name in shown]], np.float32)
            for said, shown in ((logits, names[:-1]), (similarity, names))
        ]
        (row,) = self.CALIBRATION.probabilities(*rows)
        return dict(zip(MATERIALS, row.tolist(), strict=True))

    def spread(self, **shares: float) -> dict[Material, float]:
        rest = (1 - sum(shares.values())) / (len(MATERIALS) - len(shares))
        return {name: shares.get(name.value, rest) for name in MATERIALS}

    def test_the_file_keeps_its_first_keys(self) -> None:
        stored = json.loads(self.CALIBRATION.model_dump_json())
        assert {key: stored[key] for key in ("network", "memory", "nothing", "sure")} == {
            "network": 1,
            "memory": 4,
            "nothing": 8,
            "sure": 0.9,
        }
        assert Calibration.model_validate(stored) == self.CALIBRATION

    def test_only_from_the_threshold_on_it_is_sure(self) -> None:
        assert self.CALIBRATION.is_sure(self.spread(glass=0.9))
        assert not self.CALIBRATION.is_sure(self.spread(glass=0.89))

    def test_something_else_is_never_a_sure_answer(self) -> None:
        assert not self.CALIBRATION.is_sure(self.spread(other=0.99))

    def test_it_asks_for_the_three_likeliest_but_never_for_something_else(self) -> None:
        asked = self.CALIBRATION.choices(self.spread(glass=0.3, other=0.4, plastic=0.15, metal=0.1))
        assert asked == (Material.GLASS, Material.PLASTIC, Material.METAL)

    def test_what_is_remembered_of_a_class_makes_it_likelier(self) -> None:
        without = self.judged({"glass": 4, "plastic": 3}, {})
        assert (
            self.judged({"glass": 4, "plastic": 3}, {"glass": 0.9, "plastic": 0.2})[Material.GLASS]
            > (without[Material.GLASS])
        )

    def test_what_looks_like_none_is_doubted_without_another_answer(self) -> None:
        plain, odd = (self.judged({"glass": 6, "plastic": 2}, {"glass": 0.5, "none": none}) for none in (0, 0.9))
        assert odd[Material.GLASS] < plain[Material.GLASS]
        assert sorted(odd, key=odd.__getitem__)[-2:] == [Material.PLASTIC, Material.GLASS]
        assert sum(odd.values()) == pytest.approx(1, abs=1e-5)


class TestFeatureBank:
    def test_the_fifth_nearest_of_each_kind_counts(self) -> None:
        near, far = np.eye(2, dtype=np.float32)
        bank = FeatureBank(
            np.zeros(2, np.float32), np.eye(2, dtype=np.float32), [np.stack([near] * 4 + [far]), np.stack([near] * 5)]
        )
        np.testing.assert_allclose(bank.knn_similarity(np.array([[3, 0]], np.float32)), [[0, 1]], atol=1e-6)

    def test_features_in_the_very_middle_are_like_nothing(self) -> None:
        bank = FeatureBank(np.ones(2, np.float32), np.eye(2, dtype=np.float32), [np.ones((5, 2), np.float32)])
        np.testing.assert_array_equal(bank.knn_similarity(np.ones((1, 2), np.float32)), [[0]])


class TestSalientCrop:
    def test_comes_closer_to_the_thing_on_a_floor(self) -> None:
        floor = np.random.default_rng(3).normal(130, 5, (600, 800, 3)).clip(0, 255).astype(np.uint8)
        cv2.rectangle(floor, (500, 100), (600, 260), (30, 30, 200), -1)
        closer = salient_crop(floor)
        assert closer is not None
        assert closer.shape[0] == pytest.approx(160 * 1.24, abs=20)
        assert (closer == (30, 30, 200)).all(2).mean() > 0.4

    def test_says_nothing_where_nothing_stands_out(self) -> None:
        assert salient_crop(np.random.default_rng(3).integers(0, 256, (300, 300, 3), np.uint8)) is None

    def test_says_nothing_where_the_thing_fills_the_picture(self) -> None:
        close = np.full((300, 300, 3), 200, np.uint8)
        cv2.rectangle(close, (20, 20), (280, 280), (30, 30, 200), -1)
        assert salient_crop(close) is None

    @pytest.mark.parametrize("shape", [(1, 1), (2, 900), (900, 2), (96, 96), (97, 97)])
    def test_takes_crops_of_every_shape(self, shape: tuple[int, int]) -> None:
        assert salient_crop(np.full((*shape, 3), 50, np.uint8)) is None


class TestSquare:
    def test_a_four_to_three_photo_is_squeezed_without_a_border(self) -> None:
        assert (square(np.full((300, 400, 3), 9, np.uint8), 64) == 9).all()

    def test_a_long_crop_is_padded_in_the_middle_with_grey(self) -> None:
        made = square(np.full((100, 400, 3), 9, np.uint8), 64)
        rows = np.flatnonzero((made == 9).all((1, 2)))
        assert len(rows) == round(64 / 4 * 4 / 3)
        assert rows[0] == (64 - len(rows)) // 2
        assert (made[: rows[0]] == GREY).all()


@pytest.mark.parametrize(
    ("material", "folder"),
    [
        (Material.GLASS, "trashnet/glass"),
        (Material.METAL, "trashnet/metal"),
        (Material.PAPER, "trashnet/paper"),
        (Material.CARDBOARD, "trashnet/cardboard"),
        (Material.PLASTIC, "trashnet/plastic"),
        (Material.CARTON, "more-photos/grocery/carton_milk"),
        (Material.TEXTILE, "more-photos/clothing/shirt"),
        (Material.FOOD, "more-photos/grocery/vegetables"),
        (Material.ELECTRONICS, "more-photos/electronics/keyboard"),
    ],
)
def test_it_knows_most_of_what_it_was_taught(
    classifier: MaterialClassifier, shared: Path, material: Material, folder: str
) -> None:
    judged = classifier.classify(some(shared / "data" / folder, 12))
    assert sum(max(one, key=one.__getitem__) is material for one in judged) >= 9


def test_it_is_hardly_ever_sure_of_a_battery(classifier: MaterialClassifier, shared: Path) -> None:
    judged = classifier.classify(some(shared / "data/battery-eval", 80))
    assert sum(map(classifier.calibration.is_sure, judged)) <= 6


def test_a_provider_that_is_not_there_is_refused() -> None:
    with pytest.raises(ProviderMissing) as caught:
        MaterialClassifier(provider="TpuExecutionProvider")
    assert "CPUExecutionProvider" in str(caught.value.data["available"])
