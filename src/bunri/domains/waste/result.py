"""The contract's result from the items of a photo and the advice on them. Pure."""

from collections.abc import Mapping, Sequence

from bunri.domains.locations.public import NearbyBin
from bunri.domains.recycling.public import Advice, Kind
from bunri.domains.waste import fusion
from bunri.domains.waste.fusion import SeenItem
from bunri.domains.waste.fusion.seen import UNKNOWN
from bunri.domains.waste.schemas import Item, Result
from bunri.kit.languages import Language, text


def model_versions_of(models: Mapping[str, str]) -> str:
    """The models and their versions as one string: ``detector=yolox_nano@a1b2c3d4``."""
    return ",".join(f"{role}={name}" for role, name in sorted(models.items()))


def assemble(
    seen: Sequence[SeenItem],
    advice: Sequence[Advice],
    bins: Sequence[NearbyBin],
    kinds: Sequence[Kind],
    *,
    models: Mapping[str, str],
    cached: str | None,
    sure: float,
    language: Language,
) -> Result:
    """One result; ``seen`` and ``advice`` go in pairs and are not empty. ``kinds``: what a question offers below its
    guesses."""
    items = [_item(one, advised, kinds, sure, language) for one, advised in zip(seen, advice, strict=True)]
    return Result(
        items=items,
        feedback=_feedback(items, bool(models), language),
        nearby_bins=list(bins),
        cached="exact" if cached == "exact" else "near" if cached == "near" else None,
        models=dict(models),
        waste_type=items[0].disposal.category,
        confidence=items[0].confidence,
    )


def _item(seen: SeenItem, advice: Advice, kinds: Sequence[Kind], sure: float, language: Language) -> Item:
    return Item(
        box=seen.box,
        label=_label(seen, advice),
        item=advice.item,
        name=advice.name,
        material=seen.material,
        form=seen.form,
        said=seen.said,
        confidence=round(fusion.confidence(seen, advice.guess_categories), 3),
        parts=list(advice.parts),
        tags=list(seen.tags),
        seen_tags=[tag for tag in seen.seen_tags if tag not in seen.tags],
        mixed=advice.mixed,
        disposal=advice.disposal,
        reasons=[text("waste.by_neighbours", language)] if seen.by_neighbours else list(advice.reasons),
        alternatives=list(advice.alternatives),
        bin_kinds=list(advice.bin_kinds),
        question=fusion.question(seen, sure, language, advice.guess_categories, kinds),
    )


def _label(seen: SeenItem, advice: Advice) -> str:
    """The detector's word, unless the item is something else: the person said so, or the material contradicted it."""
    best = seen.candidates[0] if seen.candidates else None
    if best is None:
        return seen.label
    contradicted = best.item is None and seen.label not in (UNKNOWN, best.name)
    return advice.name if seen.said or contradicted else seen.label


def _feedback(items: Sequence[Item], has_models: bool, language: Language) -> str:
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
        sentences = [text("waste.asked" if has_models else "waste.models_missing", language)]
    if len(items) > 1:
        sentences.append(text("waste.more", language, count=len(items) - 1))
    return " ".join(sentences)
