"""Chat beside the real auth, on a real PostgreSQL, without sockets."""

from typing import cast

import pytest
from tests.domains.chat.street import Street
from tests.domains.waste.conftest import FakeVision
from tests.support.callers import NewCaller

from bunri.app.inline import InlineContainer
from bunri.domains.chat.records import RoomKind
from bunri.domains.chat.schemas import RoomIn
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.moderation import Moderation
from bunri.domains.chat.service.reports import Reports
from bunri.domains.chat.service.retention import Retention
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.service.votes import Votes
from bunri.domains.chat.user_data import ChatUserData
from bunri.domains.waste.service.vision_stage import VisionModels
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.realtime import Emitter, RecordingEmitter
from bunri.platform.vision.protocol import DetectedObject


@pytest.fixture
def rooms(container: InlineContainer) -> Rooms:
    return container.get(Rooms)


@pytest.fixture
def messages(container: InlineContainer) -> Messages:
    return container.get(Messages)


@pytest.fixture
def votes(container: InlineContainer) -> Votes:
    return container.get(Votes)


@pytest.fixture
def history(container: InlineContainer) -> History:
    return container.get(History)


@pytest.fixture
def moderation(container: InlineContainer) -> Moderation:
    return container.get(Moderation)


@pytest.fixture
def reports(container: InlineContainer) -> Reports:
    return container.get(Reports)


@pytest.fixture
def retention(container: InlineContainer) -> Retention:
    return container.get(Retention)


@pytest.fixture
def data(container: InlineContainer) -> ChatUserData:
    return container.get(ChatUserData)


@pytest.fixture
def pushed(container: InlineContainer) -> RecordingEmitter:
    return cast("RecordingEmitter", container.get(Emitter))


@pytest.fixture
async def street(container: InlineContainer, rooms: Rooms, new_caller: NewCaller) -> Street:
    """Its coach sees a thing that is metal, or glass, or paper."""
    seen = {Material.METAL: 0.5, Material.GLASS: 0.25, Material.PAPER: 0.1}
    thing = DetectedObject("qqzzxx", 0.9, (0.1, 0.1, 0.9, 0.9), seen)
    vision = FakeVision({"detector": f"own@{new_id()}"}, (thing,))
    container.load_handlers()
    container.provide(VisionModels, lambda: VisionModels(vision, None))
    people = [await new_caller(name) for name in ("방장", "민지", "이웃0", "이웃1", "이웃2")]
    room = (await rooms.make(people[0], RoomIn(name="동네", kind=RoomKind.PUBLIC))).id
    for each in people[1:]:
        await rooms.join(each, room)
    return Street(container, vision, room, people[1], people[2:])
