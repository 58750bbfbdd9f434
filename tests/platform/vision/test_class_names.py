"""Names of classes are read in the spellings that exporters use, and nothing is made up where they do not fit."""

import json

import pytest

from bunri.platform.vision import coco
from bunri.platform.vision.class_names import class_names, named_classes

THREE = ("can", "cup", "pan")


class TestNamed:
    @pytest.mark.parametrize(
        "metadata",
        [
            {"names": "{0: 'can', 1: 'cup', 2: 'pan'}"},
            {"names": "['can', 'cup', 'pan']"},
            {"names": '{"0": "can", "2": "pan", "1": "cup"}'},
            {"names": "can, cup,pan"},
            {"names": "can\ncup\npan\n"},
            {"class_names": '["can", "cup", "pan"]'},
            {"labels": '{"can": 0, "cup": 1, "pan": 2}'},
            {"id2label": '{"0": "can", "1": "cup", "2": "pan"}'},
            {"categories": json.dumps([{"id": 1, "name": "can"}, {"name": "cup"}, {"name": "pan"}])},
            {"bunri.classes": '["can", "cup", "pan"]', "names": "['a', 'b']"},
        ],
    )
    def test_spellings(self, metadata: dict[str, str]) -> None:
        assert named_classes(metadata) == THREE

    @pytest.mark.parametrize(
        "written", ["", "[", "7", "can", "{0: 'can', 2: 'pan'}", "__import__('os'), 1", "()", "(" * 9999]
    )
    def test_what_names_nothing(self, written: str) -> None:
        assert named_classes({"names": written}) is None


class TestFitted:
    def test_each_class_has_a_name(self) -> None:
        assert class_names(3, THREE) == THREE
        assert class_names(2, THREE) == ("can", "cup")
        assert class_names(4, THREE) == (*THREE, "class 3")  # a DETR's last is nothing
        assert class_names(5, THREE) == tuple(f"class {number}" for number in range(5))

    def test_outputs_that_say_no_number_need_names(self) -> None:
        assert class_names(None, THREE) == THREE
        assert class_names(None, None) is None

    def test_eighty_nameless_ones_are_cocos(self) -> None:
        assert class_names(80, None) == coco.CLASSES

    @pytest.mark.parametrize("named", [None, coco.CLASSES])
    def test_ninety_one_are_cocos_ids(self, named: tuple[str, ...] | None) -> None:
        names = class_names(91, named)
        assert names is not None
        assert (names[0], names[1], names[44], names[90]) == ("class 0", "person", "bottle", "toothbrush")
        assert class_names(91, THREE) == tuple(f"class {number}" for number in range(91))
