"""The shipped namer: what it promises, what it refuses, and that it still knows things."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from bunri.platform.vision import material, names
from bunri.platform.vision.errors import ModelBroken, ProviderMissing, VisionFailed
from bunri.platform.vision.material.classifier import SHIPPED as FILES
from bunri.platform.vision.names import LABELS, ThingNamer
from bunri.platform.vision.names.namer import LEAST
from bunri.platform.vision.protocol import Namer, Pixels

SHIPPED = Path(names.__file__).parent
GREY = np.full((30, 40, 3), 90, np.uint8)


@pytest.fixture(scope="module")
def namer() -> ThingNamer:
    return ThingNamer()


def read(path: Path) -> Pixels:
    pixels = cv2.imread(str(path))
    assert pixels is not None
    return np.asarray(pixels, np.uint8)


class TestShippedFiles:
    def test_both_networks_are_small_enough_to_travel_in_the_package(self) -> None:
        beside = Path(material.__file__).parent
        files = [SHIPPED / "names.onnx", SHIPPED / "material_layer.npz", *(beside / name for name in FILES)]
        assert sum(file.stat().st_size for file in files) <= 12_000_000

    def test_it_is_a_namer_with_a_name_and_a_version(self, namer: ThingNamer) -> None:
        promised: Namer = namer
        assert promised.name == "names"
        assert len(promised.version) == 8

    def test_no_two_classes_share_a_label(self) -> None:
        assert len(set(LABELS)) == len(LABELS)


class TestNaming:
    def test_names_are_likeliest_first_and_none_is_unlikely(self, namer: ThingNamer) -> None:
        for seed in range(4):
            noise = np.random.default_rng(seed).integers(0, 256, (60, 90, 3), np.uint8)
            shares = list(namer.name_picture(noise).names.values())
            assert shares == sorted(shares, reverse=True)
            assert all(LEAST <= share <= 1 for share in shares)
            assert sum(shares) <= 1 + 1e-5

    @pytest.mark.parametrize("shape", [(1, 1), (3, 900), (900, 3), (1200, 1600)])
    def test_pictures_of_every_shape_are_looked_at(self, namer: ThingNamer, shape: tuple[int, int]) -> None:
        assert set(namer.name_picture(np.full((*shape, 3), 90, np.uint8)).names) <= set(LABELS)

    @pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3), (5, 5)])
    def test_a_picture_without_pixels_or_colour_is_refused(self, namer: ThingNamer, shape: tuple[int, ...]) -> None:
        with pytest.raises(VisionFailed):
            namer.name_picture(np.zeros(shape, np.uint8))

    def test_it_knows_a_bus_and_the_dog_before_a_bicycle(self, namer: ThingNamer, shared: Path) -> None:
        bus, dog = (namer.name_picture(read(shared / f"data/photos/{name}.jpg")).names for name in ("bus", "dog"))
        assert next(iter(bus)) == "imagenet:minibus"
        assert any(name.startswith("imagenet:animals ") for name in dog)

    def test_it_knows_what_the_material_model_has_no_class_for(self, namer: ThingNamer, shared: Path) -> None:
        cans = sorted((shared / "data/more-photos/datacluster-bottles/aerosol").glob("*.jpg"))
        assert cans
        assert all("imagenet:hair spray" in namer.name_picture(read(can)).names for can in cans)


class TestLoading:
    def test_a_folder_without_the_network_says_so(self, tmp_path: Path) -> None:
        with pytest.raises(ModelBroken):
            ThingNamer(tmp_path)

    def test_a_broken_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "names.onnx").write_bytes(b"nothing of the kind")
        with pytest.raises(ModelBroken):
            ThingNamer(tmp_path).name_picture(GREY)

    def test_a_network_of_other_classes_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "names.onnx").write_bytes((Path(material.__file__).parent / "material.onnx").read_bytes())
        with pytest.raises(ModelBroken):
            ThingNamer(tmp_path).name_picture(GREY)

    def test_a_provider_that_is_not_there_is_refused(self) -> None:
        with pytest.raises(ProviderMissing):
            ThingNamer(provider="TpuExecutionProvider").name_picture(GREY)

    def test_nothing_is_opened_before_the_first_picture(self) -> None:
        namer = ThingNamer()
        assert "_session" not in vars(namer)
        namer.name_picture(GREY)
        assert "_session" in vars(namer)
