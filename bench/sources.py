"""``python -m bench.sources DATA [FOLDER…]``: how often the product is right about the disposal, source by source.

A source is a folder of photos that one collector took in their own places, with a folder for each kind of thing in it.
Photos of one source resemble each other, so a figure over all of them hides the source where the product fails, and a
threshold that holds on one may not hold on the next. The material model was trained on none of them. The layer on the
namer's features was trained on those whose licence allows it: ``--layers`` takes for each the one that was trained
without it (``python -m training.material_layer``). What the vision models saw is kept below ``--cache`` and used until
a model or a picture changes.
"""

import argparse
import asyncio
import hashlib
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import orjson
from training.samples import taco_elsewhere

from bench.answers import divided, kinds, meant, product_vision
from bench.stats import wilson
from bunri.domains.recycling.ranking import decide, guess_categories
from bunri.domains.recycling.table import RuleTable, load_table
from bunri.domains.waste import fusion
from bunri.domains.waste.fusion.field import FieldOpinion
from bunri.domains.waste.settings import WasteSettings
from bunri.kit.languages import add_catalogue
from bunri.kit.materials import Material
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_picture
from bunri.platform.vision.local import LocalVision
from bunri.platform.vision.protocol import VisionResult
from bunri.platform.vision.stored import from_stored, to_stored

RIGHT: Final = {
    "aluminium": {"can", "scrap_metal"},
    "cardboard": {"cardboard"},
    "carton": {"carton"},
    "electronics": {"small_electronics", "large_electronics"},
    "food": {"food"},
    "glass": {"glass", "deposit"},
    "metal": {"can", "scrap_metal"},
    "organic-waste": {"food"},
    "other-plastics": {"clear_pet", "plastic"},
    "paper": {"paper"},
    "paper-and-cardboard": {"paper", "cardboard"},
    "plastic": {"clear_pet", "plastic"},
    "shoe": {"textile"},
    "textiles": {"textile"},
}
"""The disposals that count as right for a folder's name. The sets tell materials, but not which plastic bottle is
clear, which metal a can and which glass has a deposit, so either is right."""

UNNAMED: Final = {
    "aerosol": {"can"},
    "battery": {"battery"},
    "battery-eval": {"battery"},
    "ceramic": {"incombustible"},
    "film": {"vinyl"},
    "medicine": {"medicine", "general"},
    "paper_cup": {"paper"},
    "pushin-pill/medicine": {"medicine"},
    "styrofoam": {"styrofoam"},
    "tissue": {"general"},
    "wood": {"general"},
}
"""The same for kinds that are no class of the material model. Loose tablets are medicine; of blisters no picture tells
whether they are empty, so either is right."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The product's answer to one picture, by disposal."""

    first: bool
    """Whether the likeliest disposal is right."""
    among: bool
    """Whether the right one is the answer, or among the likely choices of the question."""
    sure: bool
    """Whether it answered without a question."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.sources", description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("more", type=Path, nargs="*", metavar="FOLDER", help="further sources: folders of kinds")
    parser.add_argument("--layers", type=Path, help="folder of the layers without each source")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "bunri-sources")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    add_catalogue("bunri.domains.waste")  # whose names of materials fusion uses
    table = load_table()
    print(_HEAD)
    for name, pictures in sources(arguments.data, arguments.more).items():
        vision = product_vision(layer_without(name, arguments.layers))
        results = analysed(vision, pictures, arguments.cache / name)
        vision.close()
        for title, truths in ((name, RIGHT), (f"{name}, of no class", UNNAMED)):
            rights = {path: right_for(path, truths) for path in results}
            answers = [judged(results[path], right, table) for path, right in rights.items() if right]
            if answers:
                print(row(title, answers), flush=True)


def layer_without(name: str, layers: Path | None) -> Path | None:
    """The layer that was trained without a source; None, which is the shipped one, where it was never trained on it."""
    layer = layers / f"without {name}.npz" if layers else None
    return layer if layer and layer.exists() else None


def right_for(picture: Path, truths: Mapping[str, set[str]]) -> set[str] | None:
    """The disposals that are right for a picture in a folder of its kind, below a folder of its source."""
    kind, source = picture.parent.name, picture.parent.parent.name
    return truths.get(f"{source}/{kind}", truths.get(kind))


_HEAD: Final = (
    "| source | pictures | first right | among three | answered | right when answered |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: |"
)


def row(title: str, answers: Sequence[Answer]) -> str:
    """A row of the table: shares with their 95 % bounds."""
    sure = [each for each in answers if each.sure]
    cells = [
        title,
        str(len(answers)),
        _share(answers, lambda each: each.first),
        _share(answers, lambda each: each.among),
        _share(answers, lambda each: each.sure),
        f"{_share(sure, lambda each: each.first)}{f' of {len(sure)}' if sure else ''}",
    ]
    return f"| {' | '.join(cells)} |"


def _share(answers: Sequence[Answer], has: Callable[[Answer], bool]) -> str:
    if not answers:
        return "–"
    hits = sum(map(has, answers))
    low, high = wilson(hits, len(answers))
    return f"{hits / len(answers):.0%} ({100 * low:.0f}–{100 * high:.0f})"


def sources(data: Path, more: Iterable[Path] = ()) -> dict[str, list[Path]]:
    """The pictures of each source that the shipped models were not trained on, below folders that name their kind."""
    folders = [data / "more-photos" / name for name in ("datacluster-bottles", "noman-bd", "bearlogic", "pushin-pill")]
    found = {folder.name: _pictures(folder) for folder in (*folders, data / "vn-store", *more)}
    found["litter (TACO)"] = sorted(sample.path for sample in taco_elsewhere(data))
    found["web pictures"] = _pictures(data / "waste-web")
    found["battery cells"] = sorted((data / "battery-eval").iterdir())
    return found


def _pictures(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*/*") if path.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))


def analysed(vision: LocalVision, pictures: Sequence[Path], cache: Path) -> dict[Path, VisionResult]:
    """What the vision models see in each picture; read from ``cache`` where it was seen before."""
    version = hashlib.sha256(orjson.dumps(vision.models, option=orjson.OPT_SORT_KEYS)).hexdigest()[:8]
    file = cache.with_name(f"{cache.name} {version}.json")
    stored = orjson.loads(file.read_bytes()) if file.exists() else {}
    keys = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in pictures}
    for path, key in keys.items():
        if key not in stored:
            pixels = open_picture(path.read_bytes(), PhotoLimits()).pixels
            stored[key] = to_stored(asyncio.run(vision.see(pixels)))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps(stored))
    return {path: from_stored(stored[key]) for path, key in keys.items()}


def judged(result: VisionResult, right: set[str], table: RuleTable, field: FieldOpinion | None = None) -> Answer:
    """The product's answer or question about the first thing in a picture, perhaps with what confirmed photos say.
    ``right``: categories."""
    labels = (*(thing.label for thing in result.objects), *result.names, *(field.items if field else ()))
    known = {label: meant(table, label) for label in labels}
    meant_by = {label: each for label, each in known.items() if each is not None}
    item = fusion.fuse(result, meant_by, "en", divisions=divided(table), field=field)[0]
    facts = item.facts()
    categories = guess_categories(table, facts, decide(table, facts))
    question = fusion.question(item, WasteSettings().sure, "en", categories, kinds(table))
    first = bool(categories) and categories[0] in right
    if question is None:
        return Answer(first, among=first, sure=True)
    likely = [each.value for each in question.choices if each.group is fusion.ChoiceGroup.LIKELY]
    return Answer(first, among=any(_category(table, value) in right for value in likely), sure=False)


def _category(table: RuleTable, value: str) -> str:
    """Where a choice's thing goes; that of a material is its usual thing."""
    return table.items[value if value in table.items else table.defaults[Material(value)]].category


if __name__ == "__main__":
    main()
