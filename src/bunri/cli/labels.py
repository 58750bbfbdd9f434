"""``bunri waste export-labels``: exports the training samples that people consented to, as a data set."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from bunri.cli.connection import Connection
from bunri.cli.labelfiles import Format, LabelsFolder
from bunri.cli.models import errors_printed
from bunri.cli.options import Data, Lang
from bunri.domains.waste.records import TrainingSample
from bunri.domains.waste.service.training_samples import TrainingSamples
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.kit.materials import Material
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.pool import DecoderPool

waste = typer.Typer(help="분석 · What came of people's photos.", no_args_is_help=True)

CONCURRENCY: Final = 16
"""Pictures that are fetched from the store at the same time."""


@waste.callback()
def group() -> None:
    """분석 · What came of people's photos."""


@dataclass
class Tally:
    """Counts of what an export wrote; ``left_out`` counts samples whose picture is missing or broken."""

    pictures: int = 0
    left_out: int = 0
    materials: Counter[Material] = field(default_factory=Counter)


@waste.command("export-labels")
def export_labels(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Made when missing; empty, unless --force.")],
    since: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"], help="Said then or later, UTC.")
    ] = None,
    formats: Annotated[
        list[Format], typer.Option("--format", help="Repeat for several. [default: all]", show_default=False)
    ] = list(Format),  # noqa: B006  # Typer copies it
    force: Annotated[bool, typer.Option("--force", help="Replace the export that DIR holds.")] = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Write the pictures that people let us keep, with what they said is in them.

    Run again after it was broken off, it goes on from there. Ends with 0 when every sample was written and 1 when
    pictures were missing or it could not be done at all.
    """
    connection: Connection = context.obj
    connection.data = data
    moment = since.replace(tzinfo=UTC) if since else None
    with errors_printed(lang):
        opened, decoders = connection.open(TrainingSamples), DecoderPool(connection.given.decoders)
        tally = asyncio.run(_export(opened, decoders, LabelsFolder(folder, formats, force=force), moment, lang))
    _print_tally(tally, lang)
    raise typer.Exit(1 if tally.left_out else 0)


async def _export(
    opened: AbstractAsyncContextManager[TrainingSamples],
    decoders: DecoderPool,
    folder: LabelsFolder,
    since: datetime | None,
    lang: Language,
) -> Tally:
    tally, console = Tally(), Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        async with opened as samples:
            with folder, closing(decoders):
                total = await samples.count(since)
                task = progress.add_task(text("waste.labels.exporting", lang), total=total)
                async for group in _groups(samples, since):
                    await _write(samples, decoders, folder, group, tally)
                    progress.advance(task, sum(map(len, group)))
    return tally


async def _groups(samples: TrainingSamples, since: datetime | None) -> AsyncIterator[list[list[TrainingSample]]]:
    """The samples grouped by picture, CONCURRENCY pictures at a time."""
    group: list[list[TrainingSample]] = []
    async for page in samples.pages(since):
        for sample in page:
            if group and group[-1][0].job_id == sample.job_id:
                group[-1].append(sample)
                continue
            if len(group) == CONCURRENCY:
                yield group
                group = []
            group.append([sample])
    if group:
        yield group


async def _write(
    samples: TrainingSamples,
    decoders: DecoderPool,
    folder: LabelsFolder,
    group: Sequence[list[TrainingSample]],
    tally: Tally,
) -> None:
    pictures = await asyncio.gather(*(_picture(samples, folder, each[0].job_id) for each in group))
    for each, picture in zip(group, pictures, strict=True):
        size = await _size(picture, decoders) if picture else None
        if picture is None or size is None:
            tally.left_out += len(each)
            continue
        folder.add(picture, size, each)
        tally.pictures += 1
        tally.materials.update(Material(sample.material) for sample in each)


async def _picture(samples: TrainingSamples, folder: LabelsFolder, job_id: UUID) -> bytes | None:
    return folder.earlier(job_id) or await samples.picture(job_id)


async def _size(picture: bytes, decoders: DecoderPool) -> tuple[int, int] | None:
    """Width and height in pixels; None when the picture is broken."""
    try:
        header = await asyncio.wrap_future(decoders.header(picture, PhotoLimits()))
        return header.upright
    except BunriError:
        return None


def _print_tally(tally: Tally, lang: Language) -> None:
    table = Table(text("waste.labels.material", lang), text("waste.labels.examples", lang), show_footer=True)
    table.columns[0].footer = text("waste.labels.total", lang)
    table.columns[1].footer, table.columns[1].justify = f"{tally.materials.total():,}", "right"
    for material, count in tally.materials.most_common():
        table.add_row(text(f"waste.material.{material}", lang), f"{count:,}")
    Console().print(table)
    typer.echo(text("waste.labels.pictures", lang, count=f"{tally.pictures:,}"))
    if tally.left_out:
        typer.echo(text("waste.labels.left_out", lang, count=f"{tally.left_out:,}"), err=True)
