"""``bunri analyze``: analyses photos from the terminal with the same pipeline as over HTTP."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated
from uuid import UUID

import orjson
import typer
from rich.console import Console, Group
from rich.markup import escape
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from bunri.app.inline import OWNER, InlineContainer
from bunri.app.settings import Settings
from bunri.cli.connection import Connection
from bunri.cli.models import errors_printed, fetch_missing, open_store, print_error
from bunri.cli.options import Data, Lang
from bunri.cli.photos import each_photo, read_photo, shown
from bunri.domains.recycling.service import RecyclingService
from bunri.domains.waste.fusion import ChoiceGroup, Question
from bunri.domains.waste.objects import upload_key
from bunri.domains.waste.schemas import AnalyzeIn, Coordinates, Item, Status, UploadCompleteIn
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.states import ANSWERED, Stage, State
from bunri.domains.waste.status_cache import StatusCache
from bunri.kit.errors import BunriError, Unavailable
from bunri.kit.ids import new_id
from bunri.kit.languages import Language, text
from bunri.kit.materials import Tag
from bunri.kit.sentences import sentence
from bunri.platform.photos.sniff import media_type

_NEAREST = 3


def analyze(
    context: typer.Context,
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTO…", help="JPEG, PNG, WebP or HEIC, or a folder of them.")
    ],
    lat: Annotated[float | None, typer.Option(min=-90, max=90, help="Where you are: for the nearest bins.")] = None,
    lng: Annotated[float | None, typer.Option(min=-180, max=180)] = None,
    region: Annotated[str | None, typer.Option(help="A district, by its slug or its name.")] = None,
    tag: Annotated[list[Tag], typer.Option(help="What a camera cannot see; repeat for several.")] = [],  # noqa: B006
    note: Annotated[str | None, typer.Option(help="What it is, in your own words.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document a line.")] = False,
    data: Data = None,
    lang: Lang = "ko",
) -> None:
    """Say what is in photos of waste and how to throw it away.

    Ends with 0 when every photo was answered or asked about, with 1 otherwise.
    """
    if (lat is None) != (lng is None):
        raise typer.BadParameter("--lat and --lng go together")
    details = UploadCompleteIn(
        note=note,
        tags=tag,
        location=None if lat is None or lng is None else Coordinates(lat=lat, lng=lng),
    )
    connection: Connection = context.obj
    connection.data = data
    _fetch_detector(connection.given, lang)
    succeeded = asyncio.run(_analyze(connection.settings, photos, details, region, lang, as_json))
    raise typer.Exit(0 if succeeded else 1)


def _fetch_detector(settings: Settings, lang: Language) -> None:
    """Fetches the weights of the detector when they are missing; without them people are asked more questions."""
    store, name = open_store(settings, settings.data), settings.vision.detector
    try:
        fetch_missing(store, name, lang, allowed=settings.vision.fetch)
    except BunriError as error:
        print_error(error, lang)


async def _analyze(
    settings: Settings,
    photos: Sequence[Path],
    details: UploadCompleteIn,
    region: str | None,
    lang: Language,
    as_json: bool,
) -> bool:
    container = InlineContainer(settings)
    succeeded = True
    try:
        if region:  # an unknown one would silently mean the national rules
            with errors_printed(lang):
                slug = await container.get(RecyclingService).region(region, lang)
            details = details.model_copy(update={"region": slug})
        container.load_handlers()
        for path in each_photo(photos):
            started = time.perf_counter()
            status = await _analyze_photo(container, path, details, lang, quiet=as_json)
            seconds = time.perf_counter() - started
            succeeded &= status.status in ANSWERED
            _print_json(path, status, seconds) if as_json else _print_result(path, status, seconds, lang)
        if details.note and not as_json:
            await _print_unknown(container.get(RecyclingService), details.note, lang)
    finally:
        await container.close()
    return succeeded


async def _analyze_photo(
    container: InlineContainer, path: Path, details: UploadCompleteIn, lang: Language, *, quiet: bool
) -> Status:
    """Analyses one photo. Errors of the photo or of a part of the product are in the returned status."""
    job_id = new_id()
    try:
        job_id = await _submit(container, path, details, lang)
        async with _progress_bar(container, job_id, path, quiet=quiet):
            await container.work()
        jobs = container.get(Jobs)
        return await jobs.status(OWNER, job_id)
    except BunriError as error:
        return Status(
            job_id=job_id,
            status=State.FAILED,
            progress=-1,
            stage=Stage.FAILED,
            message=sentence(error, lang),
            code=error.code,
            retryable=error.retryable,
        )


async def _submit(container: InlineContainer, path: Path, details: UploadCompleteIn, lang: Language) -> UUID:
    content = read_photo(path, container.settings.waste.max_photo_mb * 2**20 + 1)
    jobs = container.get(Jobs)
    body = AnalyzeIn(content_type=media_type(content), size=len(content))
    job, _ = await jobs.analyze(OWNER, body, lang, base_url="")
    await container.storage.write(upload_key(job.id), content, job.content_type)
    jobs = container.get(Jobs)
    await jobs.upload_complete(OWNER, job.id, details)
    return job.id


@asynccontextmanager
async def _progress_bar(container: InlineContainer, job_id: UUID, path: Path, *, quiet: bool) -> AsyncIterator[None]:
    """Shows a progress bar that follows the job's cached status, on a terminal only."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    columns = (TextColumn(escape(shown(path.name))), BarColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as progress:
        following = asyncio.create_task(_follow(container, job_id, progress))
        try:
            yield
        finally:
            following.cancel()
            with contextlib.suppress(asyncio.CancelledError, Unavailable):
                await following


async def _follow(container: InlineContainer, job_id: UUID, progress: Progress) -> None:
    task = progress.add_task("", total=100)
    while True:
        cached = await container.get(StatusCache).read(job_id)
        if cached:
            status = orjson.loads(cached.document)
            progress.update(task, completed=max(0, status["progress"]), description=status["message"])
        await asyncio.sleep(0.02)


def _print_json(path: Path, status: Status, seconds: float) -> None:
    """Prints the API's result plus ``file``, ``status`` and ``seconds``; for a failure its code and sentence."""
    document: dict[str, object] = {"file": shown(path), "status": status.status, "seconds": round(seconds, 3)}
    if status.result:
        document |= status.result.model_dump(mode="json", exclude_none=True)
        document.setdefault("cached", None)
    else:
        document |= {"code": status.code, "message": status.message, "retryable": status.retryable}
    typer.echo(orjson.dumps(document).decode())


def _print_result(path: Path, status: Status, seconds: float, lang: Language) -> None:
    title = f"{escape(shown(path))}  [dim]{seconds:.2f} s[/dim]"
    if status.result is None:
        Console(stderr=True).print(Panel(escape(status.message), title=title, title_align="left", border_style="red"))
        return
    parts: list[Text] = []
    for item in status.result.items:
        parts += _described(item, lang)
    if any(item.question is None for item in status.result.items):  # bins for a guess would look like an answer
        for found in status.result.nearby_bins:
            parts.append(Text(f"📍 {found.name} · {found.distance_m:,.0f} m", style=f"cyan link {found.route_url}"))
    style = "green" if status.status == State.DONE else "yellow"
    Console().print(Panel(Group(*parts), title=title, title_align="left", border_style=style))


async def _print_unknown(recycling: RecyclingService, note: str, lang: Language) -> None:
    """Says that the words name nothing we know, and what comes near: otherwise the answer would look as if it heeded
    them."""
    found = await recycling.search(note, lang, _NEAREST)
    if found and found[0].sure:
        return
    hint = text("waste.near", lang, near=", ".join(each.name for each in found)) if found else ""
    Console(stderr=True).print(Text(text("waste.note_unknown", lang, words=shown(note), hint=hint), style="yellow"))


def _described(item: Item, lang: Language) -> list[Text]:
    """An item as text: name and category, the steps, the reason and the source of the rule; or its question."""
    if item.question:
        return _asked(item, item.question, lang)
    lines = [Text.assemble((item.name, "bold"), f" → {item.disposal.category_name} ", (_sureness(item, lang), "dim"))]
    lines += [Text(f"  {number}. {step}") for number, step in enumerate(item.disposal.steps, 1)]
    lines += [Text(f"  + {part.name} → {part.category_name}") for part in item.parts]
    rule = item.disposal.rule
    lines += [Text(f"  {rule.notice}", style="yellow")] if rule.notice else []
    return [
        *lines,
        Text(f"  {item.disposal.why}", style="italic"),
        Text(f"  {rule.source} ({rule.date})", style="dim"),
    ]


def _sureness(item: Item, lang: Language) -> str:
    return text("waste.said", lang) if item.said else f"{item.confidence:.0%}"


def _asked(item: Item, question: Question, lang: Language) -> list[Text]:
    """The question, how to answer it, and what we only guess. No steps: people would follow them."""
    named = {
        group: " / ".join(choice.label for choice in question.choices if choice.group is group) for group in ChoiceGroup
    }
    guess = {"name": item.name, "category": item.disposal.category_name, "likely": f"{item.confidence:.0%}"}
    return [
        Text(f"? {question.text} {named[ChoiceGroup.LIKELY]}", style="yellow"),
        Text(f"  {text('waste.ask_others', lang, names=named[ChoiceGroup.OTHER])}", style="dim"),
        Text(f"  {text('waste.ask_hazards', lang, names=named[ChoiceGroup.HAZARD])}", style="dim"),
        Text(f"  {text('waste.guess', lang, **guess)}", style="dim"),
        Text(f"  {text('waste.answer_by_note', lang)}", style="dim"),
    ]
