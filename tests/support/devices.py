"""A push service that speaks the RFCs, what sends to it, and browsers that say that they want to be told. Fixtures for
every test (``tests/conftest.py``); a container uses them where ``overrides`` gives it the ``pusher``::

    @pytest.fixture
    def overrides(pusher: WebPush) -> dict[type, object]:
        return {Pusher: pusher}
"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.push_service import Browser, PushService, push_service

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.chat.service.subscriptions import Subscriptions
from bunri.kit.clock import now
from bunri.kit.languages import Language
from bunri.platform.push import PushTarget
from bunri.platform.push.sender import WebPush
from bunri.platform.push.settings import PushSettings

PUSH_SECRET = "a secret for tests only, and long enough"


def target_of(browser: Browser) -> PushTarget:
    return PushTarget(browser.endpoint, browser.p256dh, browser.auth)


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[PushService]:
    async with push_service(tmp_path) as started:
        yield started


@pytest.fixture
async def pusher(service: PushService) -> AsyncIterator[WebPush]:
    settings = PushSettings(hosts=(service.host,), timeout_s=3)  # a busy machine takes a second for a connection
    made = WebPush(settings, PUSH_SECRET, "mailto:someone@bunri.example", now, service.trusting)
    yield made
    await made.aclose()


class Devices:
    """Browsers that say that they want to be told."""

    def __init__(self, service: PushService, subscriptions: Subscriptions) -> None:
        self._service = service
        self._subscriptions = subscriptions

    async def of(self, caller: Caller, *, shows_text: bool = False, language: Language = "ko") -> Browser:
        browser = self._service.subscribed(self._subscriptions.key)
        await self.again(browser, caller, shows_text=shows_text, language=language)
        return browser

    async def again(
        self, browser: Browser, caller: Caller, *, shows_text: bool = False, language: Language = "ko"
    ) -> None:
        await self._subscriptions.keep(caller, target_of(browser), language, shows_text=shows_text)


@pytest.fixture
def devices(service: PushService, container: InlineContainer) -> Devices:
    return Devices(service, container.get(Subscriptions))
