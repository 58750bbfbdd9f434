"""People who are signed in, and all of the product in this process for them, on a real PostgreSQL, with a clock of its
own. Fixtures for every test (``tests/conftest.py``)."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests

NewCaller = Callable[..., Awaitable[Caller]]


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def overrides() -> dict[type, object]:
    """What stands in the container for what it would make."""
    return {}


@pytest.fixture
async def container(
    settings: Settings, clock: Clockwork, overrides: dict[type, object]
) -> AsyncIterator[InlineContainer]:
    made = InlineContainer(settings, clock=clock, overrides=overrides)
    yield made
    await made.close()


@pytest.fixture
def new_caller(container: InlineContainer) -> NewCaller:
    """Signs in a guest."""

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
