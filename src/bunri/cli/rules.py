"""``bunri rules``: what an operator knows of a district."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from bunri.cli.connection import Connection
from bunri.cli.models import errors_printed
from bunri.cli.options import Data, Lang
from bunri.domains.recycling.collecting import CollectionDays
from bunri.domains.recycling.collection_days import MOST_BYTES
from bunri.kit.languages import text

rules = typer.Typer(help="규칙 · What holds in a district.", no_args_is_help=True)


@rules.callback()
def _group() -> None:
    """A group, also while it has one command."""


@rules.command("collection-days")
def collection_days(
    context: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV: region,material,weekday,from,to,source."),
    ],
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Load when what is collected in districts, in place of what was there of them. A wrong line changes nothing."""
    connection: Connection = context.obj
    connection.data = data
    opened = connection.open(CollectionDays)

    async def load() -> int:
        with file.open("rb") as bytes_:
            table = bytes_.read(MOST_BYTES + 1)
        async with opened as collecting:
            return await collecting.load(table)

    with errors_printed(lang):
        count = asyncio.run(load())
    typer.echo(text("recycling.cli.loaded", lang, count=count))
