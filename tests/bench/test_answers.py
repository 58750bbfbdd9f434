from pathlib import Path

from bench.answers import LabelledResult, ScoredAnswer, drawn, table_row, verdict
from training.samples import Sample

from bunri.domains.recycling.table import load_table
from bunri.kit.materials import Material
from bunri.platform.vision.material import MATERIALS
from bunri.platform.vision.protocol import VisionResult


def _sample(name: str, folder: str = "metal") -> Sample:
    right = MATERIALS.index(Material.GLASS if folder == "glass" else Material.METAL)
    return Sample(Path(f"/data/trashnet/{folder}/{name}.jpg"), "trashnet", "test", (), (right,))


def _labelled_result(folder: str, **shares: float) -> LabelledResult:
    whole = {m: shares.get(m.value, (1 - sum(shares.values())) / (len(MATERIALS) - len(shares))) for m in MATERIALS}
    return LabelledResult(_sample("one", folder), VisionResult((), {}, whole, 0.926))


def test_a_row_says_what_its_shares_are_shares_of() -> None:
    answered = [ScoredAnswer(True, asked=False, likely=True, among=True), ScoredAnswer(False, False, False, False)]
    asked = [ScoredAnswer(False, asked=True, likely=False, among=True)]
    assert table_row("set", [*answered, *asked]) == (
        "| set | 3 | 33% (1/3) | 67% (2/3) | 50% (1/2) | 33% (1/3) | 0% (0/1) | 100% (1/1) | 33% (1/3) |"
    )


def test_pictures_are_drawn_alike_from_any_order() -> None:
    samples = [_sample(str(number)) for number in range(50)]
    assert drawn(samples, 7) == drawn(samples[::-1], 7)
    assert len(set(drawn(samples, 7))) == 7


def test_a_sure_answer_is_right_or_wrong_and_a_question_holds_the_truth_or_not() -> None:
    table = load_table()
    assert verdict(_labelled_result("glass", glass=0.98), table) == ScoredAnswer(
        top=True, asked=False, likely=True, among=True
    )
    assert verdict(_labelled_result("metal", glass=0.98), table) == ScoredAnswer(
        top=False, asked=False, likely=False, among=False
    )
    assert verdict(_labelled_result("metal", glass=0.5, metal=0.4), table) == ScoredAnswer(
        top=False, asked=True, likely=True, among=True
    )


def test_cells_are_never_seen_but_may_be_asked_about() -> None:
    table = load_table()
    assert verdict(_labelled_result("battery-eval", metal=0.8), table) == ScoredAnswer(
        top=False, asked=True, likely=False, among=True
    )
