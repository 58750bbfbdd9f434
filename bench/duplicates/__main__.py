"""``python -m bench.duplicates DATA [--every N] [--write]``: prints the tables, or writes docs/near-duplicates.md."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bench.duplicates import page
from bench.duplicates.fingerprints import FingerprintCache
from bench.duplicates.measure import measure
from bench.duplicates.photos import trashnet
from bench.worker_processes import ROOT

PAGE = ROOT / "docs" / "near-duplicates.md"


def duplicates(
    data: Annotated[Path, typer.Argument(help="The folder with trashnet/ and more-photos/.")],
    of: Annotated[int, typer.Option(min=1, help="Take only every so manyth photo at all.")] = 1,
    every: Annotated[int, typer.Option(min=1, help="Vary every so manyth photo.")] = 24,
    processes: Annotated[int, typer.Option(min=1)] = 2,
    cache: Annotated[Path, typer.Option(help="Where fingerprints are kept for the next run.")] = Path(
        "data/duplicates"
    ),
    write: Annotated[bool, typer.Option("--write", help="Renew the page's tables.")] = False,
) -> None:
    """How often a changed photo is known again, and how often another thing's is taken for it."""
    photos, fingerprints = trashnet(data / "trashnet")[::of], FingerprintCache(cache, processes=processes)
    blocks = page.blocks(*(measure(data, photos, every, fingerprints, half) for half in (0, 1)))
    for name, block in blocks.items():
        Console(width=200, file=sys.stdout).print(f"\n{name}\n{block}", markup=False, highlight=False)
    if write:
        page.renew(PAGE, blocks)


if __name__ == "__main__":
    typer.run(duplicates)
