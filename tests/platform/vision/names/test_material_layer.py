"""The layer that judges materials by the namer's features: what it promises, and that the shipped one fits."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bunri.kit.materials import Material
from bunri.platform.vision import names
from bunri.platform.vision.errors import ModelBroken
from bunri.platform.vision.material import MATERIALS, MaterialClassifier
from bunri.platform.vision.names import MaterialLayer, ThingNamer
from bunri.platform.vision.names.material_layer import MEDICINE
from bunri.platform.vision.names.namer import FEATURES

SHIPPED = Path(names.__file__).parent
GREY = np.full((30, 40, 3), 90, np.uint8)
RNG = np.random.default_rng(5)


def layer(*classes: str) -> MaterialLayer:
    weights = RNG.normal(0, 1, (6, len(classes))).astype(np.float32)
    return MaterialLayer(classes, weights, np.zeros(len(classes), np.float32))


def beside_the_network(folder: Path) -> Path:
    (folder / "names.onnx").symlink_to(SHIPPED / "names.onnx")
    return folder / "material_layer.npz"


class TestJudging:
    def test_probabilities_add_up_however_long_the_features_are(self) -> None:
        made, features = layer("glass", "metal", MEDICINE), RNG.normal(0, 1, (1, 6)).astype(np.float32)
        np.testing.assert_allclose(made.probabilities(features).sum(), 1, rtol=1e-5)
        np.testing.assert_allclose(made.probabilities(features), made.probabilities(9 * features), rtol=1e-4)

    def test_medicine_counts_as_other(self) -> None:
        made, features = layer("glass", "other", MEDICINE), RNG.normal(0, 1, 6).astype(np.float32)
        glass, other, medicine = made.probabilities(features[None])[0]
        assert made.judge(features) == pytest.approx({Material.GLASS: glass, Material.OTHER: other + medicine})

    def test_what_was_saved_judges_alike(self, tmp_path: Path) -> None:
        made, features = layer("glass", "metal"), RNG.normal(0, 1, (4, 6)).astype(np.float32)
        made.save(tmp_path / "layer.npz")
        again = MaterialLayer.load(tmp_path / "layer.npz").probabilities(features)
        np.testing.assert_allclose(again, made.probabilities(features), atol=0.01)

    def test_classes_that_do_not_fit_the_weights_are_refused(self) -> None:
        with pytest.raises(ValueError, match="columns"):
            MaterialLayer(("glass",), np.zeros((6, 2), np.float32), np.zeros(2, np.float32))

    def test_a_class_that_is_no_material_is_refused(self) -> None:
        with pytest.raises(ValueError, match="porridge"):
            layer("glass", "porridge")


class TestShippedLayer:
    def test_it_fits_the_shipped_network_and_the_material_model(self) -> None:
        shipped = MaterialLayer.load(SHIPPED / "material_layer.npz")
        assert set(shipped.judge(np.zeros(FEATURES, np.float32))) == set(MATERIALS)
        judged = ThingNamer().name_picture(GREY).materials
        assert set(judged) == set(MATERIALS)
        assert sum(judged.values()) == pytest.approx(1, abs=1e-4)

    def test_on_photos_from_elsewhere_it_is_right_more_often_than_the_material_model(self, shared: Path) -> None:
        """Bottles in shops, on which neither was trained."""
        namer, classifier = ThingNamer(), MaterialClassifier()
        right = {"layer": 0, "model": 0}
        for path in sorted((shared / "data/vn-store").glob("[gp]*/*.jpg"))[::6]:
            pixels, truth = np.asarray(cv2.imread(str(path)), np.uint8), Material(path.parent.name)
            judged = {"layer": namer.name_picture(pixels).materials, "model": classifier.classify([pixels])[0]}
            for name, shares in judged.items():
                right[name] += max(shares, key=shares.__getitem__) is truth
        assert right["layer"] > right["model"] > 0


class TestLoading:
    def test_without_a_layer_the_namer_only_names(self, tmp_path: Path) -> None:
        beside_the_network(tmp_path)
        alone, shipped = ThingNamer(tmp_path), ThingNamer()
        assert not alone.name_picture(GREY).materials
        assert alone.name_picture(GREY).names == shipped.name_picture(GREY).names
        assert alone.version != shipped.version

    @pytest.mark.parametrize("features", [FEATURES - 1, FEATURES + 1])
    def test_a_layer_for_another_network_is_refused(self, tmp_path: Path, features: int) -> None:
        file = beside_the_network(tmp_path)
        MaterialLayer(("glass",), np.zeros((features, 1), np.float32), np.zeros(1, np.float32)).save(file)
        with pytest.raises(ModelBroken):
            ThingNamer(tmp_path).name_picture(GREY)

    def test_a_broken_layer_is_refused(self, tmp_path: Path) -> None:
        beside_the_network(tmp_path).write_bytes(b"nothing of the kind")
        with pytest.raises(ModelBroken):
            ThingNamer(tmp_path).name_picture(GREY)

    def test_a_layer_that_is_asked_for_and_not_there_is_missed(self, tmp_path: Path) -> None:
        with pytest.raises(ModelBroken):
            ThingNamer(layer=tmp_path / "layer.npz")
