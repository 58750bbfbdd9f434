"""The shipped registry of image–text models, and which of them suits a machine."""

import pytest

from bunri.kit.languages import text
from bunri.platform.vision.vocabulary.cards import cards, chosen

GIB = 2**30


class TestCards:
    def test_each_is_pinned_to_a_revision_and_says_its_licence(self) -> None:
        assert {name: card.licence for name, card in cards().items()} == {
            "siglip2_base": "Apache-2.0",
            "clip_vit_b32": "MIT",
            "tinyclip_8m": "MIT",
        }
        for card in cards().values():
            assert len(card.revision) == 40
            assert text(f"vision.licences.{card.licence}", "ko")

    def test_each_has_two_graphs_or_one_of_both_and_a_tokenizer(self) -> None:
        kinds = [{"vision", "text", "tokenizer"}, {"both", "tokenizer"}]
        assert all(set(card.files) in kinds for card in cards().values())

    def test_the_files_of_the_shipped_ones_are_known_by_size_and_hash(self) -> None:
        assert all(file.sha256 and file.bytes for card in cards().values() for file in card.files.values())

    def test_a_file_is_at_its_revision_on_whatever_hub(self) -> None:
        card = cards()["tinyclip_8m"]
        assert card.address("http://localhost:9/hub/", "tokenizer") == (
            f"http://localhost:9/hub/{card.repository}/resolve/{card.revision}/tokenizer.json"
        )


class TestChoosing:
    @pytest.mark.parametrize(
        ("memory", "name"),
        [(GIB, "tinyclip_8m"), (2 * GIB, "clip_vit_b32"), (4 * GIB, "siglip2_base"), (64 * GIB, "siglip2_base")],
    )
    def test_the_machines_memory_chooses(self, memory: int, name: str) -> None:
        assert chosen("auto", memory) == name

    def test_the_operator_may_name_one_or_none(self) -> None:
        assert chosen("off", 64 * GIB) is None
        assert chosen("clip_vit_b32", GIB) == "clip_vit_b32"
