"""Features in a few bytes: what nearness they keep, and that the shipped axes fit the shipped network."""

from pathlib import Path

import numpy as np
import pytest

from bunri.domains.waste.field_bank.validation import Validation
from bunri.platform.vision import names
from bunri.platform.vision.errors import ModelBroken
from bunri.platform.vision.names import ThingNamer
from bunri.platform.vision.names.feature_axes import FeatureAxes, directions
from bunri.platform.vision.names.namer import FEATURES

SHIPPED = Path(names.__file__).parent
RNG = np.random.default_rng(7)
GREY = np.full((30, 40, 3), 90, np.uint8)


def _axes() -> FeatureAxes:
    axes, _ = np.linalg.qr(RNG.normal(0, 1, (20, 6)))
    return FeatureAxes(np.zeros(20, np.float32), axes.astype(np.float32))


def test_a_picture_is_as_many_bytes_as_there_are_axes_however_bright_it_is() -> None:
    axes, features = _axes(), RNG.normal(0, 1, 20).astype(np.float32)
    assert len(axes.shorten(features)) == 6
    assert axes.shorten(features) == axes.shorten(5 * features)


def test_nearness_is_that_on_the_axes() -> None:
    axes = _axes()
    kept = RNG.normal(0, 1, (9, 6)) @ axes._axes.T  # features that lie on the axes, so that nothing is lost but steps
    exact = kept / np.linalg.norm(kept, axis=1, keepdims=True)
    found = directions([axes.shorten(each.astype(np.float32)) for each in kept])
    np.testing.assert_allclose(found @ found.T, exact @ exact.T, atol=0.02)


def test_what_was_saved_shortens_alike(tmp_path: Path) -> None:
    axes, features = _axes(), RNG.normal(0, 1, 20).astype(np.float32)
    axes.save(tmp_path / "axes.npz")
    again = FeatureAxes.load(tmp_path / "axes.npz")
    assert (directions([axes.shorten(features)]) @ directions([again.shorten(features)]).T).item() > 0.999


def test_a_picture_without_features_is_near_to_none() -> None:
    axes = FeatureAxes(np.zeros(20, np.float32), np.zeros((20, 6), np.float32))
    assert (directions([axes.shorten(np.zeros(20, np.float32))]) == 0).all()


def test_features_of_two_networks_are_not_compared() -> None:
    with pytest.raises(ValueError, match="different networks"):
        directions([b"123", b"12"])


def test_the_shipped_axes_fit_the_shipped_network_and_the_pictures_that_banks_are_held_to() -> None:
    namer, validation = ThingNamer(), Validation.load()
    features = namer.name_picture(GREY).features
    assert list(features) == [namer.features_version] == [validation.network]
    assert {len(each) for each in (*features.values(), *validation.features)} == {128}


def test_no_axes_no_features(tmp_path: Path) -> None:
    (tmp_path / "names.onnx").symlink_to(SHIPPED / "names.onnx")
    namer = ThingNamer(tmp_path)
    assert (namer.features_version, namer.name_picture(GREY).features) == (None, {})


@pytest.mark.parametrize("rows", [FEATURES - 1, None])
def test_axes_of_another_network_or_a_broken_file_are_refused(tmp_path: Path, rows: int | None) -> None:
    (tmp_path / "names.onnx").symlink_to(SHIPPED / "names.onnx")
    file = tmp_path / "feature_axes.npz"
    if rows is None:
        file.write_bytes(b"PK")
    else:
        FeatureAxes(np.ones(rows, np.float32), np.ones((rows, 2), np.float32)).save(file)
    with pytest.raises(ModelBroken):
        ThingNamer(tmp_path).name_picture(GREY)
