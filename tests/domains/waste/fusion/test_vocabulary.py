"""What the open vocabulary adds: it orders choices and names things, beside the namer, and never decides."""

from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.fusion.scenes import (
    BOX,
    KINDS,
    MEANINGS,
    SMALL,
    categories,
    judged,
    judgements,
    looked,
)

from bunri.domains.waste.fusion import SeenItem, fuse, question
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject, VisionResult

rows = st.dictionaries(
    st.sampled_from(["name:magazine", "name:jar", "name:pills", "name:crane"]), st.floats(0, 0.22), max_size=4
)


def _item(result: VisionResult) -> SeenItem:
    return fuse(result, MEANINGS, "ko")[0]


def _asks(item: SeenItem) -> bool:
    return question(item, 0.75, "ko", categories(item), KINDS) is not None


def test_a_row_is_first_where_the_material_is_in_doubt() -> None:
    doubt = judged(electronics=0.4, glass=0.35)
    seen = _item(looked(whole=doubt, vocabulary={"name:jar": 0.45}))
    assert seen.candidates[0].material is Material.GLASS
    assert "jar" in [each.item for each in seen.candidates]


def test_it_counts_more_than_the_namer_which_counts_where_it_is_wrong() -> None:
    doubt = judged(paper=0.35, glass=0.35)
    jar, magazine = {"name:jar": 0.45}, {"name:magazine": 0.6}
    seen = _item(looked(whole=doubt, names=magazine, vocabulary=jar))
    assert seen.candidates[0].item == "jar"
    assert "magazine" in [each.item for each in seen.candidates]


def test_together_with_the_namer_it_does_not_make_sure() -> None:
    unsure = judged(glass=0.9)
    both = {"name:jar": 0.9}
    assert _asks(_item(looked(whole=unsure, names=both, vocabulary=both)))


def test_it_is_not_heard_where_nothing_is_in_doubt() -> None:
    sure = judged(glass=0.97)
    assert _item(looked(whole=sure, vocabulary={"name:magazine": 0.9})) == _item(looked(whole=sure))


def test_beside_other_things_it_says_nothing_of_one() -> None:
    banana = DetectedObject("banana", 0.9, BOX, judged(food=0.9))
    bottle = DetectedObject("bottle", 0.8, SMALL, judged(glass=0.9))
    alone = fuse(looked(banana, bottle, whole=judged(food=0.6)), MEANINGS, "ko")
    assert fuse(looked(banana, bottle, whole=judged(food=0.6), vocabulary={"name:jar": 0.5}), MEANINGS, "ko") == alone


def test_a_picture_of_nothing_to_throw_away_changes_nothing() -> None:
    doubt = judged(plastic=0.4, glass=0.35)
    assert _item(looked(whole=doubt, vocabulary={"name:crane": 0.5})) == _item(looked(whole=doubt))


@given(judgements, rows, rows)
def test_probabilities_stay_probabilities(
    shares: dict[Material, float], named: dict[str, float], seen: dict[str, float]
) -> None:
    item = _item(looked(whole=shares, names=named, vocabulary=seen))
    assert sum(each.probability for each in item.candidates) <= 1 + 1e-6


@given(judgements, rows)
def test_it_never_answers_what_would_be_asked_without_it(shares: dict[Material, float], seen: dict[str, float]) -> None:
    if max(shares.values()) < 0.85:
        assert _asks(_item(looked(whole=shares, vocabulary=seen)))
