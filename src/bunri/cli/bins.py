"""``bunri bins``: imports, pulls, lists and counts bins."""

import asyncio
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from functools import partial
from pathlib import Path
from typing import IO, Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bunri.cli.connection import Connection
from bunri.cli.import_report import label, print_counts, print_note, print_problems
from bunri.cli.models import errors_printed
from bunri.cli.options import Data, Lang
from bunri.cli.pulling import Provider, pull
from bunri.domains.locations import importing
from bunri.domains.locations.area import KOREA, WORLD
from bunri.domains.locations.importing.kinds import kinds_in
from bunri.domains.locations.importing.rows import ImportDefaults, RowResult
from bunri.domains.locations.importing.summary import ImportSummary
from bunri.domains.locations.public import BinKind
from bunri.domains.locations.pulling.datasets import OPENSTREETMAP
from bunri.domains.locations.pulling.puller import Puller
from bunri.domains.locations.regions import wanted_region
from bunri.domains.locations.repository import Bin
from bunri.domains.locations.service import LocationsService
from bunri.kit.languages import Language, text

bins = typer.Typer(help="수거함 · Bins on the map.", no_args_is_help=True)

OpenedLocations = AbstractAsyncContextManager[LocationsService]


def open_locations(context: typer.Context, data: Path | None) -> OpenedLocations:
    """The service. Must be called outside the event loop, because it may have to start servers."""
    connection: Connection = context.obj
    connection.data = data
    return connection.open(LocationsService)


@bins.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A table, .xlsx, GeoJSON or .osm.pbf.")
    ],
    kind: Annotated[BinKind | None, typer.Option(help="Of rows that don't say; else the file's name is asked.")] = None,
    map_: Annotated[
        list[str], typer.Option("--map", metavar="COLUMN=FIELD", help="FIELD: lat, lng, name, address, kind, source.")
    ] = [],  # noqa: B006  # Typer copies it
    source: Annotated[str | None, typer.Option(help="Of rows that don't say. [default: the file's name]")] = None,
    encoding: Annotated[
        Literal["utf-8", "cp949", "utf-16"] | None, typer.Option(help="Of a table. Detected when left out.")
    ] = None,
    crs: Annotated[
        str | None, typer.Option(metavar="EPSG:CODE", help="The coordinates' system. Detected when left out.")
    ] = None,
    sheet: Annotated[
        str | None, typer.Option(help="Of a workbook. [default: the first with columns for coordinates]")
    ] = None,
    world: Annotated[bool, typer.Option("--world", help="Take bins outside Korea too.")] = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Add the bins of an open-data file. Known ones are merged, bad rows reported.

    Ends with 0 when every row was taken and 1 when a row was refused or the file could not be imported at all.
    """
    file_source = unicodedata.normalize("NFC", source or file.name)  # macOS gives names decomposed
    defaults = ImportDefaults(file_source, kind or _only(kinds_in(file.stem)), WORLD if world else KOREA, crs)
    mapping = _mapping(map_)
    with errors_printed(lang), file.open("rb") as bytes_:

        def read() -> Iterator[RowResult]:
            return importing.read_rows(bytes_, defaults, mapping, encoding, sheet, partial(print_note, lang))

        summary = asyncio.run(_import(open_locations(context, data), bytes_, file_source, read, lang))
    print_problems(summary, lang)
    counted = ("read", *(("extra",) if summary.extra else ()), "added", "merged", "corrected", "refused")
    print_counts([(name, getattr(summary, name)) for name in counted], lang)
    raise typer.Exit(1 if summary.refused else 0)


@bins.command("pull")
def pull_region(
    context: typer.Context,
    region: Annotated[str, typer.Argument(help="A province or district, such as 부산 or Haeundae-gu, or all.")] = "all",
    source: Annotated[
        list[Provider], typer.Option(help="Repeat for several. [default: all; data.go.kr needs a service key]")
    ] = [],  # noqa: B006  # Typer copies it
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Bring real bins from open data: the state's portal (data.go.kr) and OpenStreetMap. Again, it brings what changed.

    Ends with 0 when all of it came and 1 when some of it did not; what came is kept.
    """
    connection: Connection = context.obj
    connection.data = data
    with errors_printed(lang):
        wanted = wanted_region(region)
        complete = asyncio.run(pull(connection.open(Puller), wanted, source, lang))
    raise typer.Exit(0 if complete else 1)


@bins.command("list")
def list_newest(
    context: typer.Context,
    kind: Annotated[BinKind | None, typer.Option(help="Only of this kind.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Show the bins that came last."""

    async def newest(opened: OpenedLocations) -> list[Bin]:
        async with opened as locations:
            return await locations.newest(kind, limit)

    with errors_printed(lang):
        found = asyncio.run(newest(open_locations(context, data)))
    table = Table(*(label(column, lang) for column in ("kind", "name", "address", "position", "source")))
    for each in found:
        table.add_row(
            text(f"locations.kinds.{each.kind}", lang),
            escape(each.name),
            escape(each.address or ""),
            f"{each.lat:.5f}, {each.lng:.5f}",
            escape(each.source),
        )
    Console().print(table)


@bins.command()
def count(context: typer.Context, data: Data = None, lang: Lang = "ko") -> None:
    """Count the bins of each kind."""

    async def counts(opened: OpenedLocations) -> dict[BinKind, int]:
        async with opened as locations:
            return await locations.counts()

    with errors_printed(lang):
        found = asyncio.run(counts(open_locations(context, data)))
    table = Table(label("kind", lang), label("count", lang), show_footer=True)
    table.columns[0].footer, table.columns[1].footer = label("total", lang), f"{sum(found.values()):,}"
    table.columns[1].justify = "right"
    for kind in BinKind:
        table.add_row(text(f"locations.kinds.{kind}", lang), f"{found.get(kind, 0):,}")
    Console().print(table)


async def _import(
    opened: OpenedLocations, file: IO[bytes], name: str, read: Callable[[], Iterator[RowResult]], lang: Language
) -> ImportSummary:
    """Imports with a progress bar over the file's bytes, shown on a terminal only."""
    size = file.seek(0, 2)
    dataset = OPENSTREETMAP if importing.is_openstreetmap(file) else None
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        async with opened as locations:  # which adds the domain's sentences to the catalogue
            task = progress.add_task(text("locations.cli.importing", lang, file=escape(name)), total=size)
            return await locations.import_bins(
                read(), lambda _: progress.update(task, completed=file.tell()), dataset=dataset
            )


def _mapping(pairs: list[str]) -> dict[str, str]:
    if any("=" not in pair for pair in pairs):
        raise typer.BadParameter("COLUMN=FIELD", param_hint="--map")
    return {column.strip(): field.strip() for column, _, field in (pair.rpartition("=") for pair in pairs)}


def _only(kinds: tuple[BinKind, ...]) -> BinKind | None:
    return kinds[0] if len(kinds) == 1 else None
