"""The contract's result from what was seen and what the rules say. Pure."""

from collections.abc import Mapping, Sequence

from bunri.domains.locations.public import NearbyBin
from bunri.domains.recycling.public import Advice
from bunri.domains.waste import fusion
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.schemas import Item, Result
from bunri.kit.languages import Language, text


def eyes_of(models: Mapping[str, str]) -> str:
    """Who looked, as one string: ``detector=yolox_nano@a1b2c3d4``."""
    return ",".join(f"{role}={name}" for role, name in sorted(models.items()))


def assemble(
    seen: Sequence[SeenItem],
    advice: Sequence[Advice],
    bins: Sequence[NearbyBin],
    *,
    models: Mapping[str, str],
    cached: str | None,
    sure: float,
    language: Language,
) -> Result:
    """One result; ``seen`` and ``advice`` go in pairs and are not empty."""
    items = [_item(one, said, sure, language) for one, said in zip(seen, advice, strict=True)]
    return Result(
        items=items,
        feedback=_feedback(items, bool(models), language),
        nearby_bins=list(bins),
        cached="exact" if cached == "exact" else "near" if cached == "near" else None,
        models=dict(models),
        waste_type=items[0].disposal.category,
        confidence=items[0].confidence,
    )


def _item(seen: SeenItem, said: Advice, sure: float, language: Language) -> Item:
    return Item(
        box=seen.box,
        label=seen.label,
        item=said.item,
        name=said.name,
        material=seen.material,
        form=seen.form,
        confidence=round(fusion.confidence(seen, said.guess_categories), 3),
        parts=list(said.parts),
        tags=list(seen.tags),
        mixed=said.mixed,
        disposal=said.disposal,
        reasons=list(said.reasons),
        alternatives=list(said.alternatives),
        bin_kinds=list(said.bin_kinds),
        question=fusion.question(seen, sure, language, said.guess_categories),
    )


def _feedback(items: Sequence[Item], looked: bool, language: Language) -> str:
    first = items[0]
    if first.question is None:
        sentences = [
            text(
                "waste.feedback",
                language,
                name=first.name,
                category=first.disposal.category_name,
                why=first.disposal.why,
            )
        ]
    else:
        sentences = [text("waste.asked" if looked else "waste.eyes_missing", language)]
    if len(items) > 1:
        sentences.append(text("waste.more", language, count=len(items) - 1))
    return " ".join(sentences)
