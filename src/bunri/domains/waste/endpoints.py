"""``/api/v1/waste``: a photo becomes advice."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated, Final
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from bunri.domains.auth.public import Caller
from bunri.domains.waste.polling import headers_of
from bunri.domains.waste.records import Job
from bunri.domains.waste.schemas import (
    AnalyzeIn,
    AnswerIn,
    Eyes,
    JobSummary,
    Processing,
    Status,
    Ticket,
    UploadCompleteIn,
)
from bunri.domains.waste.service.feedback import Feedback
from bunri.domains.waste.service.jobs import Jobs
from bunri.domains.waste.service.training_samples import TrainingSamples
from bunri.domains.waste.service.vocabulary_arrival import VocabularyArrival
from bunri.domains.waste.states import ENDED
from bunri.domains.waste.status import document_of
from bunri.domains.waste.status_cache import EVENT, StatusCache
from bunri.domains.waste.streams import StreamLimit
from bunri.kit import cursor as cursors
from bunri.kit.errors import BunriError
from bunri.platform.http import BaseUrl, PreferredLanguage, Quota, policy, quota, signed_in, use
from bunri.platform.providers import Providers
from bunri.platform.realtime import MISSED, RoomListener, Subscriber, user_room
from bunri.platform.vision.vocabulary.state import VocabularyState

router = APIRouter(prefix="/api/v1/waste", tags=["waste"])

JobsService = Annotated[Jobs, use(Jobs)]
FeedbackService = Annotated[Feedback, use(Feedback)]
CurrentCaller = Annotated[Caller, signed_in]
SampleService = Annotated[TrainingSamples, use(TrainingSamples)]

SIGN_OF_LIFE_EVERY_S = 15.0
"""Seconds after which something is written, and a watched job looked at, although nothing was pushed."""
WATCH_FOR_S = 600.0
"""Seconds that one stream lasts at most."""


_LARGEST_MB: Final = 100
"""Photos above are refused for their size, whatever the setting."""


@router.post("/analyze", status_code=201, summary="Start an analysis")
@policy(idempotent=True, rate_limit="photo")
async def analyze(
    body: AnalyzeIn,
    caller: CurrentCaller,
    jobs: JobsService,
    language: PreferredLanguage,
    base: BaseUrl,
    room: Annotated[Quota, quota("photo_mb")],
) -> Ticket:
    """Gives a job and a ticket: `PUT` the photo to `upload_url` with exactly `upload_headers`, within five minutes.

    With `sha256` and `details` a photo that you have sent before is answered at once: `status` is then `done` or
    `asked`, and there is nothing to send.
    """
    async with room.spent(min(-(-body.size // 2**20), _LARGEST_MB)):
        job, ticket = await jobs.analyze(caller.id, body, language, base)
    return Ticket(
        job_id=job.id,
        status=job.state,
        upload_url=ticket.url,
        upload_headers=ticket.headers,
        upload_fields=ticket.fields,
        expires_at=ticket.expires_at,
        status_url=_status_url(base, job.id),
    )


@router.get("/eyes", summary="Who looks at photos?")
async def eyes(eyes: Annotated[Eyes, use(Eyes)]) -> Eyes:
    """Whether photos are shown to somebody else's model, too."""
    return eyes


@router.post("/upload-complete/{job_id}", summary="The photo is there: begin")
@policy()
async def upload_complete(
    job_id: UUID, caller: CurrentCaller, jobs: JobsService, base: BaseUrl, body: UploadCompleteIn | None = None
) -> Processing:
    """Starts the work. Calling it twice starts it once."""
    job = await jobs.upload_complete(caller.id, job_id, body or UploadCompleteIn())
    return Processing(job_id=job.id, status_url=_status_url(base, job.id))


@router.get("/status/{job_id}", summary="Where is it?", response_model=Status)
@policy(rate_limit="poll")
async def status(job_id: UUID, caller: CurrentCaller, jobs: JobsService) -> Response:
    """Poll every half second, or watch `…/events`. `asked` has a result with a question; answering makes it `done`."""
    status = await jobs.status(caller.id, job_id)
    document = document_of(status)
    return Response(document, headers=headers_of(document, status.status in ENDED), media_type="application/json")


@router.get(
    "/status/{job_id}/events",
    summary="Watch it by server-sent events",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/event-stream": {}}, "description": "`status` events until the job ends"}},
)
@policy(rate_limit="stream")
async def events(
    job_id: UUID, caller: CurrentCaller, limit: Annotated[StreamLimit, use(StreamLimit)], request: Request
) -> StreamingResponse:
    """The status document whenever it changes; the stream ends with the job. A person has up to eight at a time."""
    providers: Providers = request.app.state.providers
    await _document(providers, caller.id, job_id)  # a foreign job is refused before the stream begins
    limit.check(caller.id)  # last: nothing may be waited for from here until the stream counts, or others slip in
    return EventStream(_watch(providers, caller.id, job_id), caller.id, limit)


class EventStream(StreamingResponse):
    """Server-sent events for ``owner``, counted for as long as they are sent: a generator that is never begun would
    never say that it has ended."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes], owner: str, limit: StreamLimit) -> None:
        super().__init__(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        self._owner = owner
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._limit.opened(self._owner)
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._limit.closed(self._owner)


async def _watch(providers: Providers, owner: str, job_id: UUID) -> AsyncIterator[bytes]:
    """Whatever changes until the job ends, for WATCH_FOR_S at most; a client that wants more connects again."""
    loop = asyncio.get_running_loop()
    ends, last, written = loop.time() + WATCH_FOR_S, b"", loop.time()
    # It listens before it looks, so that nothing that happens in between is missed.
    with providers.get(Subscriber).listening(user_room(owner)) as pushes:
        pushed: tuple[bytes, bool] | None = None
        while loop.time() < ends:
            try:
                document, ended = pushed or await _document(providers, owner, job_id)
            except BunriError as error:  # removed meanwhile, or a part is away: the stream has begun, so it says so
                yield f'event: error\ndata: {{"code":"{error.code}"}}\n\n'.encode()
                return
            if document != last:
                yield b"event: status\ndata: " + document + b"\n\n"
                last, written = document, loop.time()
            elif pushed is None and loop.time() - written >= SIGN_OF_LIFE_EVERY_S / 2:
                yield b": still here\n\n"
                written = loop.time()
            if ended:
                return
            pushed = await _pushed(pushes, job_id)


async def _pushed(pushes: RoomListener, job_id: UUID) -> tuple[bytes, bool] | None:
    """The next document of the job and whether it has ended; None when it is time to look."""
    loop = asyncio.get_running_loop()
    until = loop.time() + SIGN_OF_LIFE_EVERY_S
    while (left := until - loop.time()) > 0:
        push = await pushes.next(left)
        if push and push.event == MISSED:
            return None
        if push and push.event == EVENT and push.data["job_id"] == str(job_id):
            return orjson.dumps(push.data), push.data["status"] in ENDED
    return None


async def _document(providers: Providers, owner: str, job_id: UUID) -> tuple[bytes, bool]:
    """The status document, from the cache when it is fresh, and whether the job has ended."""
    cached = await providers.get(StatusCache).read(job_id)
    if cached and cached.owner == owner and cached.fresh:
        return cached.document, cached.ended
    status = await providers.get(Jobs).status(owner, job_id)
    return document_of(status), status.status in ENDED


@router.post("/jobs/{job_id}/answer", summary="Answer the question", response_model=Status)
@policy()
async def answer(job_id: UUID, body: AnswerIn, caller: CurrentCaller, feedback: FeedbackService) -> Response:
    """A choice, words of one's own, or the state of the thing (tags). Gives the new advice at once.

    With `consent` the picture, without EXIF, and what was said of the item are kept to train the models, until they are
    withdrawn: `DELETE …/jobs/{job_id}` for one photo, `DELETE …/examples` for all. If the picture cannot be kept just
    then, the answer counts all the same.
    """
    status = await feedback.reply(caller.id, job_id, body, kind="answer")
    return Response(document_of(status), media_type="application/json")


@router.post("/jobs/{job_id}/correct", summary="It is something else, or just that", response_model=Status)
@policy()
async def correct(job_id: UUID, body: AnswerIn, caller: CurrentCaller, feedback: FeedbackService) -> Response:
    """Says what an item really is, or with `confirm` that it is what the result says. Gives the new advice at once.

    `consent` is that of `…/answer`.
    """
    status = await feedback.reply(caller.id, job_id, body, kind="correct")
    return Response(document_of(status), media_type="application/json")


@router.delete("/jobs/{job_id}", status_code=204, summary="Cancel or remove")
@policy()
async def drop(job_id: UUID, caller: CurrentCaller, jobs: JobsService) -> None:
    """Cancels a running analysis; removes an ended one with its picture and all that was kept of it with consent, even
    after the analysis itself has been forgotten."""
    await jobs.drop(caller.id, job_id)


@router.delete("/examples", status_code=204, summary="Take back every consent")
@policy()
async def withdraw(caller: CurrentCaller, samples: SampleService) -> None:
    """Removes all pictures that this person let us keep to train the models, and what was said of them. The analyses
    stay."""
    await samples.withdraw(caller.id)


@router.get("/jobs", summary="History, newest first", response_model_exclude_none=True)
async def history(
    caller: CurrentCaller,
    jobs: JobsService,
    base: BaseUrl,
    response: Response,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=64)] = None,
) -> list[JobSummary]:
    """The next page's cursor comes in `X-Next-Cursor`."""
    page = await jobs.history(caller.id, cursors.decode(cursor) if cursor else None, limit)
    if len(page) == limit:
        response.headers["X-Next-Cursor"] = cursors.encode(page[-1].id)
    return [_summary(job, await jobs.photo_url(job, base), base) for job in page]


@router.get("/jobs/{job_id}", summary="One of the history", response_model_exclude_none=True)
async def one(job_id: UUID, caller: CurrentCaller, jobs: JobsService, base: BaseUrl) -> JobSummary:
    """Its line with a fresh link to the picture, for an answer that is opened again."""
    job = await jobs.owned(job_id, caller.id)
    return _summary(job, await jobs.photo_url(job, base), base)


@router.get("/open-vocabulary", summary="Is a stronger network on its way?", response_model_exclude_none=True)
async def open_vocabulary(arrival: Annotated[VocabularyArrival, use(VocabularyArrival)]) -> VocabularyState:
    """Names things by an image–text model that is fetched in the background after the first start, where this process
    runs; everything works without it."""
    return await asyncio.to_thread(arrival.state)


def _summary(job: Job, photo_url: str | None, base: str) -> JobSummary:
    result = job.result
    return JobSummary(
        job_id=job.id,
        status=job.state,
        created_at=job.created_at,
        name=result.items[0].name if result else None,
        waste_type=result.waste_type if result else None,
        confidence=result.confidence if result else None,
        code=job.failure.code if job.failure else None,
        photo_url=photo_url,
        status_url=_status_url(base, job.id),
    )


def _status_url(base: str, job_id: UUID) -> str:
    return f"{base}/api/v1/waste/status/{job_id}"
