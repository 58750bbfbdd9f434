"""What the names of a picture add to its materials."""

from hypothesis import given
from hypothesis import strategies as st
from tests.domains.waste.fusion.scenes import (
    BOX,
    DIVISIONS,
    KINDS,
    MEANINGS,
    SMALL,
    categories,
    judged,
    judgements,
    looked,
)

from bunri.domains.waste.fusion import SeenItem, confidence, fuse, question
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject, VisionResult


def _item(result: VisionResult) -> SeenItem:
    return fuse(result, MEANINGS, "ko")[0]


def _asks(item: SeenItem) -> bool:
    return question(item, 0.75, "ko", categories(item), KINDS) is not None


names = st.dictionaries(
    st.sampled_from(["name:magazine", "name:jar", "name:pills", "name:crane"]), st.floats(0, 0.25), max_size=4
)


def test_a_name_puts_its_thing_first_where_the_material_is_in_doubt() -> None:
    doubt = judged(electronics=0.4, glass=0.35)
    assert _item(looked(whole=doubt)).material is Material.ELECTRONICS
    named = _item(looked(whole=doubt, names={"name:jar": 0.6}))
    assert named.material is Material.GLASS
    assert "jar" in [each.item for each in named.candidates]


def test_a_name_offers_what_the_material_model_has_no_word_for() -> None:
    named = _item(looked(whole=judged(other=0.4, plastic=0.3), names={"name:pills": 0.8}))
    assert "medicine" in [each.item for each in named.candidates]


def test_one_thing_is_one_candidate_whoever_names_it() -> None:
    book = DetectedObject("book", 0.9, BOX, judged(paper=0.8))
    found = [each.item for each in _item(looked(book, whole=book.materials, names={"name:magazine": 0.7})).candidates]
    assert found.count("magazine") == 1


def test_an_agreeing_name_alone_does_not_make_sure() -> None:
    unsure = judged(glass=0.9)
    named = _item(looked(whole=unsure, names={"name:jar": 0.95}))
    assert confidence(named, categories(named)) > confidence(_item(looked(whole=unsure)))
    assert _asks(named)


def test_nor_does_a_name_of_a_thing_over_which_a_sure_material_divides() -> None:
    cloth = looked(whole=judged(textile=0.99), names={"name:clothes": 1.0})
    (item,) = fuse(cloth, MEANINGS, "ko", divisions=DIVISIONS)
    assert item.candidates[0].material is Material.TEXTILE
    at = ["general" if each.item == "towel-rag" else "textile" for each in item.candidates]
    assert question(item, 0.75, "ko", at, KINDS) is not None


def test_names_are_not_heard_where_nothing_is_in_doubt() -> None:
    sure = judged(glass=0.97)
    assert not _asks(_item(looked(whole=sure)))
    for name in ("name:jar", "name:magazine"):
        assert _item(looked(whole=sure, names={name: 0.9})) == _item(looked(whole=sure))


def test_beside_other_things_the_names_of_the_picture_say_nothing_of_one() -> None:
    banana = DetectedObject("banana", 0.9, BOX, judged(food=0.9))
    bottle = DetectedObject("bottle", 0.8, SMALL, judged(glass=0.9))
    whole = judged(food=0.6)
    named = fuse(looked(banana, bottle, whole=whole, names={"name:magazine": 0.9}), MEANINGS, "ko")
    assert named == fuse(looked(banana, bottle, whole=whole), MEANINGS, "ko")


def test_what_is_no_waste_changes_nothing() -> None:
    doubt = judged(plastic=0.4, glass=0.35)
    assert _item(looked(whole=doubt, names={"name:crane": 0.9})) == _item(looked(whole=doubt))


@given(judgements, names)
def test_probabilities_stay_probabilities(shares: dict[Material, float], named: dict[str, float]) -> None:
    item = _item(looked(whole=shares, names=named))
    assert sum(each.probability for each in item.candidates) <= 1 + 1e-6
    values = [each.value for each in item.candidates]
    assert len(values) == len(set(values))


@given(judgements, names)
def test_names_never_answer_what_would_be_asked_without_them(
    shares: dict[Material, float], named: dict[str, float]
) -> None:
    if max(shares.values()) < 0.85:
        assert _asks(_item(looked(whole=shares, names=named)))
