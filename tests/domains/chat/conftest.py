"""Chat beside the real auth, on a real PostgreSQL, without sockets."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import cast

import pytest
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.moderation import Moderation
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.user_data import ChatUserData
from bunri.platform.realtime import Emitter, RecordingEmitter

NewCaller = Callable[..., Awaitable[Caller]]


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
async def container(settings: Settings, clock: Clockwork) -> AsyncIterator[InlineContainer]:
    made = InlineContainer(settings, clock=clock)
    yield made
    await made.close()


@pytest.fixture
def rooms(container: InlineContainer) -> Rooms:
    return container.get(Rooms)


@pytest.fixture
def messages(container: InlineContainer) -> Messages:
    return container.get(Messages)


@pytest.fixture
def history(container: InlineContainer) -> History:
    return container.get(History)


@pytest.fixture
def moderation(container: InlineContainer) -> Moderation:
    return container.get(Moderation)


@pytest.fixture
def data(container: InlineContainer) -> ChatUserData:
    return container.get(ChatUserData)


@pytest.fixture
def pushed(container: InlineContainer) -> RecordingEmitter:
    return cast("RecordingEmitter", container.get(Emitter))


@pytest.fixture
def new_caller(container: InlineContainer) -> NewCaller:
    async def make(name: str = "초록이") -> Caller:
        tokens = await container.get(Guests).sign_in(name)
        return container.get(AccessVerifier).verify(tokens.access_token)

    return make


@pytest.fixture
async def one(new_caller: NewCaller) -> Caller:
    return await new_caller("하나")


@pytest.fixture
async def other(new_caller: NewCaller) -> Caller:
    return await new_caller("둘")
