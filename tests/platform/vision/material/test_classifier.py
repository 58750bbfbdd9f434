"""The shipped material model: what it promises, what it refuses, and that it still sees what its card says."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bunri.kit.materials import Material
from bunri.platform.vision import material
from bunri.platform.vision.errors import ModelBroken, ProviderMissing, VisionFailed
from bunri.platform.vision.material import MATERIALS, MaterialClassifier
from bunri.platform.vision.material.classifier import SHIPPED as FILES
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
