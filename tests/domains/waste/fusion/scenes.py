"""Pictures made of things, and what fusion makes of them."""

from collections.abc import Mapping

from hypothesis import strategies as st

from bunri.domains.recycling.public import Kind, Match, Meaning
from bunri.domains.waste import fusion
from bunri.domains.waste.fusion import ChoiceGroup, SeenItem, fuse, question
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import Box, DetectedObject, VisionResult

BOX: Box = (0.1, 0.1, 0.5, 0.9)
SMALL: Box = (0.2, 0.2, 0.4, 0.4)
MEANINGS = {
    "bottle": (
        Meaning(item="pet-bottle", name="투명 페트병", material=Material.PET, form="bottle", prior=0.5),
        Meaning(item="glass-bottle", name="유리병", material=Material.GLASS, form="bottle", prior=0.3),
        Meaning(item="coloured-pet", name="유색 페트병", material=Material.PLASTIC, form="bottle", prior=0.1),
        Meaning(item="jar", name="유리 단지", material=Material.GLASS, form="jar", prior=0.05),
    ),
    "banana": (Meaning(item="fruit-peel", name="과일 껍질", material=Material.FOOD, form=None, prior=1.0),),
    "cell phone": (Meaning(item="phone", name="휴대폰", material=Material.ELECTRONICS, form=None, prior=1.0),),
    "book": (
        Meaning(item="magazine", name="책·잡지", material=Material.PAPER, form="book", prior=0.7),
        Meaning(item="paper-box", name="종이 상자", material=Material.PAPER, form="box", prior=0.3),
    ),
    "dining table": (Meaning(item="table", name="식탁", material=Material.WOOD, form="furniture", prior=0.5),),
    "toothbrush": (Meaning(item="brush", name="칫솔", material=Material.PLASTIC, form=None, prior=0.9),),
    "bowl": (
        Meaning(item="container", name="배달 용기", material=Material.PLASTIC, form="container", prior=0.6),
        Meaning(item="noodle-cup", name="컵라면 용기", material=Material.STYROFOAM, form="cup", prior=0.4),
    ),
    "frisbee": (
        Meaning(item="sports-gear", name="운동용품", material=Material.OTHER, form=None, prior=0.6),
        Meaning(item="lid", name="플라스틱 뚜껑", material=Material.PLASTIC, form="lid", prior=0.4),
    ),
    "person": (),
    "name:magazine": (Meaning(item="magazine", name="책·잡지", material=Material.PAPER, form="book", prior=1.0),),
    "name:jar": (
        Meaning(item="jar", name="유리 단지", material=Material.GLASS, form="jar", prior=0.8),
        Meaning(item="lid", name="플라스틱 뚜껑", material=Material.PLASTIC, form="lid", prior=0.2),
    ),
    "name:clothes": (Meaning(item="clothes", name="옷", material=Material.TEXTILE, form="cloth", prior=1.0),),
    "name:pills": (Meaning(item="medicine", name="약", material=Material.OTHER, form=None, prior=1.0),),
    "name:crane": (),
}
KINDS = tuple(
    Kind(value=value, name=name, item=item, material=material, form=None, category=category, hazard=hazard)
    for value, name, item, material, category, hazard in (
        ("vinyl", "Film", "plastic-bag", Material.VINYL, "vinyl", False),
        ("plastic", "Plastic", "container", Material.PLASTIC, "plastic", False),
        ("paper", "Paper", "sheet", Material.PAPER, "paper", False),
        ("pet", "Clear bottle", "pet-bottle", Material.PET, "pet", False),
        ("metal", "Can", "can", Material.METAL, "metal", False),
        ("glass", "Glass", "glass-bottle", Material.GLASS, "glass", False),
        ("food", "Food", "leftovers", Material.FOOD, "food", False),
        ("wood", "Wood", "wood-piece", Material.WOOD, "general", False),
        ("rag", "Rag", "rag", Material.TEXTILE, "general", False),
        ("battery", "Battery", "battery", Material.BATTERY, "battery", True),
        ("broken-glass", "Broken glass", "broken-glass", Material.GLASS, "sack", True),
        ("medicine", "Medicine", "medicine", Material.OTHER, "medicine", True),
    )
)
HAZARDS = {kind.value for kind in KINDS if kind.hazard}
DIVISIONS = {
    Material.TEXTILE: (
        Meaning(item="clothes", name="옷", material=Material.TEXTILE, form="cloth", prior=0.75),
        Meaning(item="towel-rag", name="수건·걸레", material=Material.TEXTILE, form="cloth", prior=0.25),
    ),
    Material.METAL: (
        Meaning(item="drink-can", name="음료 캔", material=Material.METAL, form="can", prior=0.9),
        Meaning(item="foil", name="알루미늄 호일", material=Material.METAL, form="sheet", prior=0.1),
    ),
}
JUDGED = (
    Material.GLASS,
    Material.METAL,
    Material.PAPER,
    Material.CARDBOARD,
    Material.CARTON,
    Material.PLASTIC,
    Material.TEXTILE,
    Material.FOOD,
    Material.ELECTRONICS,
    Material.OTHER,
)
SURE = 0.926
NOODLES = Match(
    item="cup-noodle",
    name="컵라면 용기",
    category="styrofoam",
    category_name="스티로폼",
    material=Material.STYROFOAM,
    form="cup",
    score=0.9,
    sure=True,
)
PEEL = NOODLES.model_copy(update={"item": "fruit-peel", "name": "과일 껍질", "material": Material.FOOD})

judgements = st.lists(st.floats(0.001, 1), min_size=10, max_size=10).map(
    lambda weights: {m: weight / sum(weights) for m, weight in zip(JUDGED, weights, strict=True)}
)
things = st.lists(
    st.builds(
        DetectedObject,
        st.sampled_from([*MEANINGS, "thing"]),
        st.floats(0, 1),
        st.sampled_from([BOX, SMALL, (0.0, 0.0, 1.0, 1.0), (0.6, 0.6, 0.9, 0.7)]),
        judgements,
    ),
    max_size=12,
)


def seen(*found: DetectedObject) -> VisionResult:
    """By a detector alone."""
    return VisionResult(found, {"detector": "test@1"})


def judged(**shares: float) -> dict[Material, float]:
    """Probabilities of the material model: the shares named, the rest spread evenly."""
    named = {Material(name): share for name, share in shares.items()}
    rest = (1 - sum(named.values())) / (len(JUDGED) - len(named))
    return {material: named.get(material, rest) for material in JUDGED}


def looked(
    *found: DetectedObject,
    whole: Mapping[Material, float],
    names: Mapping[str, float] | None = None,
    second: Mapping[Material, float] | None = None,
    vocabulary: Mapping[str, float] | None = None,
) -> VisionResult:
    """By a detector, a material model and, where there is more, a namer and an open vocabulary."""
    models = {"detector": "test@1", "classifier": "test@2"}
    return VisionResult(
        found, models, dict(whole), SURE, dict(names or {}), dict(second or {}), vocabulary=dict(vocabulary or {})
    )


def one(label: str, score: float, **shares: float) -> SeenItem:
    """The item of a picture that one thing fills."""
    return filling(DetectedObject(label, score, (0.0, 0.0, 1.0, 1.0), judged(**shares)))


def filling(thing: DetectedObject) -> SeenItem:
    (item,) = fuse(looked(thing, whole=thing.materials), MEANINGS, "ko")
    return item


def categories(item: SeenItem) -> list[str]:
    """As if each material were collected by itself."""
    return [candidate.material.value for candidate in item.candidates]


def asked(item: SeenItem, at: list[str] | None = None) -> fusion.Question:
    found = question(item, 0.75, "en", categories(item) if at is None else at, KINDS)
    assert found is not None
    return found


def values(asking: fusion.Question, *groups: ChoiceGroup) -> list[str]:
    """The choices' values, or those of ``groups`` alone."""
    return [choice.value for choice in asking.choices if choice.group in (groups or ChoiceGroup)]


def likely(asking: fusion.Question) -> list[str]:
    return values(asking, ChoiceGroup.LIKELY)
