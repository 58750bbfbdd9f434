"""``python -m bench.duplicates DATA [--every N] [--write]``: prints the tables, or writes docs/near-duplicates.md."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.duplicates import chart, page
from bench.duplicates.analysis import AnalysisCache, WeightsMissing
from bench.duplicates.counting import MAX_BITS
from bench.duplicates.measure import measure
from bench.duplicates.photos import trashnet
from bench.worker_processes import ROOT
from bunri.domains.waste.settings import WasteSettings

PAGE = ROOT / "docs" / "near-duplicates.md"
CHART = ROOT / "docs" / "images" / "near-duplicates.svg"


def duplicates(
    data: Annotated[Path, typer.Argument(help="The folder with trashnet/ and more-photos/.")],
    every: Annotated[int, typer.Option(min=1, help="Vary every so manyth photo.")] = 8,
    processes: Annotated[int, typer.Option(min=1)] = 2,
    cache: Annotated[Path, typer.Option(help="Where analyses are kept for the next run.")] = Path("data/duplicates"),
    write: Annotated[bool, typer.Option("--write", help="Renew the page's tables and its figure.")] = False,
) -> None:
    """How often a changed photo is known again, and how often another thing's is taken for it, at 0 to 40 bits."""
    most_bits = WasteSettings().near_bits
    try:
        analyses = AnalysisCache(cache, processes=processes)
        measured = measure(data, trashnet(data / "trashnet"), every, analyses, most_bits)
    except WeightsMissing:
        raise typer.BadParameter("no weights: set BUNRI_MODELS_DIR or BUNRI_SHARED") from None
    blocks = page.blocks(measured, most_bits)
    for name, block in {**blocks, "every threshold": page.thresholds(measured, range(MAX_BITS + 1))}.items():
        Console(width=200, file=sys.stdout).print(f"\n{name}\n{block}", markup=False, highlight=False)
    if write:
        page.renew(PAGE, blocks)
        CHART.write_text(chart.draw(measured, most_bits))


if __name__ == "__main__":
    typer.run(duplicates)
