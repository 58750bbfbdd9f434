"""``bunri learn``: the schedule follows each person's own memory."""

import asyncio
from collections import Counter
from typing import Annotated

import typer

from bunri.cli.connection import Connection
from bunri.cli.models import errors_printed
from bunri.cli.options import Data, Lang
from bunri.domains.learning.service.optimizing import Optimizing
from bunri.kit.languages import Language, text

learn = typer.Typer(help="학습 · The schedule of reviews.", no_args_is_help=True)


@learn.callback()
def group() -> None:
    """학습 · The schedule of reviews."""


@learn.command()
def optimize(
    context: typer.Context,
    person: Annotated[str | None, typer.Option(metavar="ID", help="Only that person. [default: everybody]")] = None,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Find own parameters for who has reviewed 512 times and more.

    Needs PyTorch: pip install 'bunri[optimize]'. What was scheduled stays; each card follows at its next review.
    """
    connection: Connection = context.obj
    connection.data = data
    opened = connection.open(Optimizing)  # outside the event loop: it may have to start servers

    async def done() -> Counter[str]:
        outcomes: Counter[str] = Counter()
        async with opened as optimizing:
            async for each in optimizing.optimize(person):
                outcomes[each.outcome] += 1
                typer.echo(_line(each.person, each.reviews, each.outcome, lang))
        return outcomes

    with errors_printed(lang):
        outcomes = asyncio.run(done())
    if not outcomes:
        typer.echo(text("learning.cli.nobody", lang))


def _line(person: str, reviews: int, outcome: str, lang: Language) -> str:
    return text(f"learning.cli.{outcome}", lang, who=person, reviews=reviews)
