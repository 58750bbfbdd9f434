"""How songs are put together: what ``app/modules/songs.py`` would be."""

from tests.app.toy.songs.endpoints import router
from tests.app.toy.songs.public import SongsPublic
from tests.app.toy.songs.repository import SongsRepository
from tests.app.toy.songs.service import SongIn, SongsService

from bunri.app.container import Container
from bunri.app.module import Module, Queue, Schedule, Subscription
from bunri.domains.waste.public import AnalysisDone
from bunri.platform.queue import handler, scheduled
from bunri.platform.realtime import Emitter, Socket, SocketHandler


async def _sing(songs: SongsService, socket: Socket, song: SongIn) -> dict[str, str]:
    return await songs.sing(socket.caller, song)


async def _hum(_: SongsService) -> None: ...


HANDLERS = (
    handler("songs.thank", on=AnalysisDone, service=SongsService, call=SongsService.thank),
    scheduled("songs.hum", service=SongsService, call=_hum),
)


def _service(container: Container) -> SongsService:
    return SongsService(container.transactions("songs", SongsRepository), container.get(Emitter))


def _public(container: Container) -> SongsPublic:
    return container.get(SongsService)


MODULE = Module(
    name="songs",
    package="tests.app.toy.songs",
    target="songs",
    services={"service.SongsService": _service, "public.SongsPublic": _public},
    schema="songs",
    public=SongsPublic,
    prefixes=("/api/v1/songs",),
    routers=lambda _: [router],
    socket_handlers=lambda _: [SocketHandler("sing", SongIn, SongsService, _sing)],
    queues=(Queue("songs", concurrency=2),),
    task_handlers=lambda _, queue: HANDLERS if queue == "songs" else (),
    subscriptions=(Subscription(AnalysisDone, "songs.thank", "songs"),),
    schedule=(Schedule("songs.hum", "songs", 60),),
    user_data=lambda container: container.get(SongsService),
)
