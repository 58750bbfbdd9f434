"""``bunri bins pull``: open data over the network, one data set after the other."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from enum import StrEnum

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from bunri.cli.import_report import label, print_counts, print_problems
from bunri.domains.locations.importing.summary import ImportSummary
from bunri.domains.locations.pulling.puller import Puller, PullReport
from bunri.domains.locations.pulling.sources import PullFailure, Source
from bunri.domains.locations.regions import Region
from bunri.kit.languages import Language, text


class Provider(StrEnum):
    """Who gives the data."""

    PORTAL = "data.go.kr"
    OPENSTREETMAP = "openstreetmap"


async def pull(
    opened: AbstractAsyncContextManager[Puller], region: Region | None, providers: Sequence[Provider], lang: Language
) -> bool:
    """Pulls from ``providers`` (from all that can be asked when empty) and says what came; whether all of it did."""
    console = Console(stderr=True)
    async with opened as puller:
        reports = [
            await _pull_one(puller, source, region, console, lang)
            for source in _sources(puller, providers, console, lang)
        ]
    return bool(reports) and not any(report.failures for report in reports)


def _sources(puller: Puller, providers: Sequence[Provider], console: Console, lang: Language) -> list[Source]:
    wanted = set(providers or Provider)
    sources: list[Source] = []
    if Provider.PORTAL in wanted:
        if puller.portal_has_key:
            sources += puller.standard_data
        else:
            console.print(label("no_key", lang), markup=False, highlight=False, soft_wrap=True)
    return sources + (puller.openstreetmap if Provider.OPENSTREETMAP in wanted else [])


async def _pull_one(
    puller: Puller, source: Source, region: Region | None, console: Console, lang: Language
) -> PullReport:
    """With a progress bar on a terminal, and a line elsewhere."""
    doing = label("pulling", lang, title=source.title)
    if not console.is_terminal:
        console.print(doing, markup=False, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task(escape(doing), total=None)

        def show(summary: ImportSummary, total: int | None) -> None:
            progress.update(task, completed=summary.read, total=total)

        report = await puller.pull(source, region, show)
    print_problems(report.summary, lang, "row")
    for failure in report.failures:
        console.print(_sentence(failure, lang), style="red", markup=False, highlight=False, soft_wrap=True)
    print_counts(_counts(report), lang, source.title)
    return report


def _counts(report: PullReport) -> list[tuple[str, int]]:
    """What was read, what came of it, and what is gone. Only ``read`` and ``added`` are shown when there are none."""
    summary = report.summary
    names = ("read", "extra", "added", "updated", "unchanged", "merged", "elsewhere", "corrected", "refused")
    counts = [*((name, getattr(summary, name)) for name in names), ("removed", report.removed)]
    return [(name, count) for name, count in counts if count or name in ("read", "added")]


def _sentence(failure: PullFailure, lang: Language) -> str:
    try:
        reason = text(f"locations.failures.{failure.reason}", lang)
    except KeyError:
        reason = text("locations.failures.other", lang, code=failure.reason)
    where = f" ({failure.where})" if failure.where else ""
    return label("incomplete", lang, where=where, reason=reason)
