"""Users beside the real auth, on a real PostgreSQL and in a directory, with a clock of their own."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import HttpUrl
from tests.support.callers import NewCaller

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.domains.auth.public import Caller
from bunri.domains.users.service.exporting import Exporting
from bunri.domains.users.service.exports import Exports
from bunri.domains.users.service.profiles import Profiles
from bunri.domains.users.user_data import UsersUserData
from bunri.kit.user_data import PersonalData, UserDataOfDomains
from bunri.platform.storage import Storage


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
def album() -> Album:
    return Album()


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """With a folder of its own, at an address."""
    return settings.model_copy(update={"data": tmp_path, "public_url": HttpUrl("https://bunri.example/")})


@pytest.fixture
def overrides(album: Album) -> dict[type, object]:
    return {UserDataOfDomains: UserDataOfDomains({"album": album})}


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
async def caller(new_caller: NewCaller) -> Caller:
    return await new_caller()
