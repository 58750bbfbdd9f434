"""Users beside the real auth, on a real PostgreSQL and in a directory, with a clock of their own."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import HttpUrl
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.public import AccessVerifier, Caller
from bunri.domains.auth.service.guests import Guests
from bunri.domains.users.service.exporting import Exporting
from bunri.domains.users.service.exports import Exports
from bunri.domains.users.service.profiles import Profiles
from bunri.domains.users.user_data import UsersUserData
from bunri.kit.user_data import PersonalData, UserDataOfDomains
from bunri.platform.storage import Storage

NewCaller = Callable[[], Awaitable[Caller]]


class Album:
    """A domain that keeps the same few things of everybody."""

    def __init__(self) -> None:
        self.objects: list[str] = []
        self.failure: Exception | None = None

    async def export(self, owner: str) -> PersonalData:
        if self.failure:
            raise self.failure
        document: dict[str, Any] = {"owner": owner, "stamps": [1, 2], "pictures": self.objects}
        return PersonalData(document, self.objects)

    async def erase(self, owner: str) -> None: ...

    async def upgrade(self, old: str, new: str) -> None: ...


@pytest.fixture
def clock() -> Clockwork:
    return Clockwork()


@pytest.fixture
def album() -> Album:
    return Album()


@pytest.fixture
async def container(
    settings: Settings, tmp_path: Path, clock: Clockwork, album: Album
) -> AsyncIterator[InlineContainer]:
    own = settings.model_copy(update={"data": tmp_path, "public_url": HttpUrl("https://bunri.example/")})
    made = InlineContainer(own, clock=clock, overrides={UserDataOfDomains: UserDataOfDomains({"album": album})})
    yield made
    await made.close()


@pytest.fixture
def storage(container: InlineContainer) -> Storage:
    return container.storage


@pytest.fixture
def exports(container: InlineContainer) -> Exports:
    return container.get(Exports)


@pytest.fixture
def exporting(container: InlineContainer) -> Exporting:
    return container.get(Exporting)


@pytest.fixture
def profiles(container: InlineContainer) -> Profiles:
    return container.get(Profiles)


@pytest.fixture
def data(container: InlineContainer) -> UsersUserData:
    return container.get(UsersUserData)


@pytest.fixture
def new_caller(container: InlineContainer) -> NewCaller:
    async def make() -> Caller:
        tokens = await container.get(Guests).sign_in("초록이")
        return container.get(AccessVerifier).verify(tokens.access_token)

    return make


@pytest.fixture
async def caller(new_caller: NewCaller) -> Caller:
    return await new_caller()
