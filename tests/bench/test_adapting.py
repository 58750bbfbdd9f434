"""Replaying confirmed photos of a place."""

from pathlib import Path

from bench.adapting import Place, Score, photo_of, said_of
from bench.sources import Answer
from tests.domains.waste.field_bank.places import NETWORK, elsewhere, features, says

from bunri.domains.recycling.table import load_table
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import VisionResult


def _place(many: int) -> Place:
    """Glass and paper in turns, which the networks take for each other."""
    seen = {}
    for number in range(many):
        kind = ("glass", "paper")[number % 2]
        wrong = says((Material.PAPER, Material.GLASS)[number % 2], 0.5)
        result = VisionResult((), {}, wrong, 0.97, {}, wrong, features={NETWORK: features(number % 2, number)})
        seen[Path(f"place/{kind}/p{number:03}.jpg")] = result
    return Place(seen, load_table(), elsewhere())


def test_who_confirmed_fifty_photos_is_answered_better_about_the_rest() -> None:
    replay = _place(80).replay(50, people=2, seed=None)
    assert replay.worth is not None
    before, after = Score.of(replay.untaught), Score.of(replay.answers)
    assert before.answers == after.answers == 30
    assert (before.first, after.first) == (0, 30)


def test_without_confirmed_photos_nothing_changes() -> None:
    replay = _place(30).replay(0, people=2, seed=3)
    assert (replay.worth, replay.answers) == (None, replay.untaught)


def test_crops_of_one_photo_are_one() -> None:
    crops = ("cable__20250616_194109_0", "cable__20250616_194109_1", "cable__20250616_194130_0")
    assert [photo_of(Path(f"n/glass/{name}.jpg")) for name in crops] == [crops[0][:-2], crops[0][:-2], crops[2][:-2]]
    assert photo_of(Path("d/glass/dc001_37_photo.jpg")) == photo_of(Path("d/glass/dc001_37_2.jpg")) == "dc001_37"
    assert photo_of(Path("v/glass/g093.jpg")) == "g093"


def test_people_say_the_item_where_no_material_does() -> None:
    assert said_of(Path("d/ceramic/1.jpg")) == (Material.OTHER, "ceramic")
    assert said_of(Path("d/glass/1.jpg")) == (Material.GLASS, None)


def test_a_score_counts_what_was_stated_apart() -> None:
    answers = [Answer(True, True, True), Answer(False, False, True), Answer(True, True, False)]
    assert Score.of(answers) == Score(answers=3, first=2, stated=2, stated_right=1)
