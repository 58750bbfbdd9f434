"""The registry is complete: every model has its makers' address and a licence that people can read."""

import re

import pytest

from bunri.kit.languages import LANGUAGES, Language, catalogue
from bunri.platform.vision import coco
from bunri.platform.vision.registry import ModelCard, cards
from bunri.platform.vision.settings import VisionSettings


class TestCards:
    def test_the_default_may_be_used_by_everyone_and_is_pinned(self) -> None:
        card = cards()[VisionSettings().detector]
        assert card.licence == "Apache-2.0"
        assert card.sha256 is not None

    @pytest.mark.parametrize("card", cards().values(), ids=cards())
    def test_weights_come_from_their_makers_or_are_pinned(self, card: ModelCard) -> None:
        assert card.page.startswith("https://github.com/")
        if card.url and not card.url.startswith(f"{card.page}/releases/download/"):
            assert re.match(r"https://huggingface\.co/[\w-]+/[\w-]+/resolve/[0-9a-f]{40}/", card.url)
            assert card.sha256

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_licence_is_explained(self, language: Language) -> None:
        assert all(f"vision.licences.{card.licence}" in catalogue(language) for card in cards().values())

    @pytest.mark.parametrize("name", ["dfine_nano", "rfdetr_nano"])
    def test_the_detrs_may_be_used_by_everyone(self, name: str) -> None:
        assert cards()[name].licence == "Apache-2.0"
        assert cards()[name].names == coco.CLASSES

    def test_yolov5_is_shown_for_what_it_is(self) -> None:
        assert {card.licence for name, card in cards().items() if name.startswith("yolov5")} == {"AGPL-3.0"}


class TestClassNames:
    def test_there_are_eighty(self) -> None:
        assert len(coco.CLASSES) == len(set(coco.CLASSES)) == 80

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_each_has_a_name_of_its_own(self, language: Language) -> None:
        assert all(f"coco.{label}" in catalogue(language) for label in coco.CLASSES)

    def test_unknown_ones_keep_theirs(self) -> None:
        assert coco.name("wine glass", "ko") == "와인잔"
        assert coco.name("class 7", "ko") == "class 7"
