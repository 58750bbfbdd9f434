"""How each domain is furnished: which services it offers, and what they are given.

What requests need and what work needs are separate, so that a process that only answers requests never loads the eyes.
"""

from typing import TYPE_CHECKING

from bunri.app.house import House
from bunri.domains.locations.public import LocationsPublic
from bunri.domains.recycling.public import RecyclingPublic

if TYPE_CHECKING:
    from bunri.domains.waste.service.finishing import Begin, Finishing
    from bunri.domains.waste.service.renewal import Renewal


def auth(house: House) -> None:
    from bunri.domains.auth.repository import AuthRepository
    from bunri.domains.auth.service import AuthService

    seed, settings = house.settings.key("access tokens"), house.settings.auth
    house.offer_open(AuthService, AuthService(house.begin("auth", AuthRepository), seed, settings, house.clock))


def recycling_public(house: House) -> RecyclingPublic:
    from bunri.domains.recycling.service import RecyclingService

    if "recycling" not in house.settings.peers and not house.services.offers(RecyclingService):
        recycling(house)
    return house.sibling(RecyclingPublic, "recycling", RecyclingService)


def locations_public(house: House) -> LocationsPublic:
    from bunri.domains.locations.service import LocationsService

    if "locations" not in house.settings.peers and not house.services.offers(LocationsService):
        locations(house)
    return house.sibling(LocationsPublic, "locations", LocationsService)


def waste(house: House) -> None:
    """Jobs and replies: what requests need."""
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.examples import Examples
    from bunri.domains.waste.service.jobs import Jobs
    from bunri.domains.waste.service.replying import Replying

    waste_desk(house)
    settings, clock, storage = house.settings.waste, house.clock, house.storage
    begin, board, finishing = _waste_begin(house), Board(house.cache("jobs")), _finishing(house)
    examples = Examples(begin, storage, house.settings.key("examples"), clock)
    house.offer_open(Board, board)
    house.offer_open(Examples, examples)
    house.offer_open(Jobs, Jobs(begin, board, storage, examples, settings, clock))
    house.offer_open(Replying, Replying(begin, board, recycling_public(house), finishing, examples, settings, clock))


def renewal(house: House) -> "Renewal":
    """What keeps the mirrors of running jobs true while people poll."""
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.renewal import Renewal

    return Renewal(_waste_begin(house), Board(house.cache("jobs")))


def waste_desk(house: House) -> None:
    """What ends jobs and sweeps."""
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.models import outbox
    from bunri.domains.waste.service.finishing import Finishing
    from bunri.domains.waste.service.sweeping import Sweeping

    settings, clock = house.settings.waste, house.clock
    house.relay("waste", outbox)
    house.offer_open(Finishing, _finishing(house))
    sweeping = Sweeping(_waste_begin(house), Board(house.cache("jobs")), house.storage, settings, clock)
    house.offer_open(Sweeping, sweeping)


def waste_eyes(house: House) -> None:
    """What looks at photos."""
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.seeing import Seeing
    from bunri.platform.vision.remote.opening import open_remote

    waste_desk(house)
    remote = open_remote(house.settings.remote_vision)
    if remote:
        house.closing.push_async_callback(remote.aclose)
    begin, board, finishing = _waste_begin(house), Board(house.cache("jobs")), _finishing(house)
    settings, clock, storage = house.settings.waste, house.clock, house.storage
    advice = recycling_public(house)
    house.offer_open(Seeing, Seeing(begin, board, storage, house.eyes, remote, advice, finishing, settings, clock))


def _waste_begin(house: House) -> "Begin":
    from bunri.domains.waste.repository import WasteRepository

    return house.begin("waste", WasteRepository)


def _finishing(house: House) -> "Finishing":
    from bunri.domains.waste.board import Board
    from bunri.domains.waste.service.finishing import Finishing

    siblings = recycling_public(house), locations_public(house)
    settings, board = house.settings.waste, Board(house.cache("jobs"))
    return Finishing(_waste_begin(house), board, house.storage, *siblings, settings, house.clock)


def locations(house: House) -> None:
    from bunri.domains.locations.repository import LocationsRepository
    from bunri.domains.locations.service import LocationsService
    from bunri.domains.locations.settings import MapSettings
    from bunri.platform.places.opening import open_places

    places = open_places(house.settings.places)
    if places:
        house.closing.push_async_callback(places.aclose)
    begin = house.begin("locations", LocationsRepository)
    house.offer_open(LocationsService, LocationsService(begin, house.clock, places))
    house.offer_open(MapSettings, house.settings.map)


def detection(house: House) -> None:
    """The plain detector; its eyes open at the first look."""
    from bunri.domains.detection.service import DetectionService

    settings = house.settings
    service = DetectionService(settings.data, settings.vision, settings.detection)
    house.closing.callback(service.close)
    house.offer_open(DetectionService, service)


async def detection_remark(house: House, *, thorough: bool) -> str | None:
    """Really looks at a grey picture; says what there is not to look with."""
    from bunri.domains.detection.service import DetectionService

    async with house.services.open(DetectionService) as service:
        return await service.check(thorough=thorough)


async def eyes_remark(house: House) -> str | None:
    """Really looks at a grey picture; says what there is not to look with."""
    import numpy as np

    await house.eyes.see(np.full((96, 96, 3), 114, np.uint8))
    if "detector" not in house.eyes.models:
        return "no detector: one thing a photo, by its material alone (bunri models pull)"
    return None


def recycling(house: House) -> None:
    """Advice, search and the rule table."""
    from bunri.domains.recycling.repository import RecyclingRepository
    from bunri.domains.recycling.service import RecyclingService
    from bunri.domains.recycling.writer import BuiltinWriter, LlmWriter, Writer
    from bunri.platform.llm.opening import open_model

    model = open_model(house.settings.llm)
    writer: Writer = BuiltinWriter()
    if model:
        house.closing.push_async_callback(model.aclose)
        writer = LlmWriter(model, house.cache("llm_cache"))
    house.offer_open(RecyclingService, RecyclingService(house.begin("recycling", RecyclingRepository), writer))


def recycling_work(house: House) -> None:
    """What answers requests for advice."""
    from bunri.domains.recycling.explaining import Explaining
    from bunri.domains.recycling.models import outbox
    from bunri.platform.db import Outbox

    house.relay("recycling", outbox)
    begin = house.begin("recycling", lambda session: Outbox(session, outbox))
    house.offer_open(Explaining, Explaining(recycling_public(house), begin))
