"""Refresh tokens, by which a connection is ended long after its person was here."""

from collections.abc import AsyncIterator

import pytest
from tests.platform.oauth.browsers import NAMES, TOKEN_PATH, Browser, browsing
from tests.support.servers import garbage, status

from bunri.platform.oauth.errors import ProviderMisconfigured, ProviderUnavailable
from bunri.platform.oauth.protocol import ProviderName


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as opened:
        yield opened


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> ProviderName:
    found: ProviderName = request.param
    return found


async def test_gives_a_token_that_ends_the_connection(browser: Browser, name: ProviderName) -> None:
    identity = await browser.sign_in(name)
    assert identity.refresh_token
    assert identity.refresh_token not in repr(identity)
    renewed = await browser.opened[name].renew(identity.refresh_token)
    assert renewed not in (None, identity.access_token)
    assert await browser.opened[name].unlink(identity.subject, renewed)
    assert len(browser.providers.provider(name).unlinked) == 1


async def test_that_is_good_no_more_gives_none(browser: Browser, name: ProviderName) -> None:
    assert await browser.opened[name].renew("long-gone") is None


@pytest.mark.parametrize("step", [status(503, None), status(429, None), garbage()])
async def test_of_a_provider_that_is_not_well(browser: Browser, name: ProviderName, step: object) -> None:
    browser.providers.fail(TOKEN_PATH[name], step)  # type: ignore[arg-type]  # one of the steps above
    with pytest.raises(ProviderUnavailable):
        await browser.opened[name].renew("token")


async def test_with_a_wrong_secret_is_the_operators_to_mend(browser: Browser) -> None:
    said = {"error": "invalid_client", "error_description": "Bad client credentials", "error_code": "KOE010"}
    browser.providers.fail(TOKEN_PATH["kakao"], status(401, said))
    with pytest.raises(ProviderMisconfigured):
        await browser.opened["kakao"].renew("token")


async def test_is_not_asked_for_where_none_is_needed() -> None:
    async with browsing(kakao={"admin_key": "kakao-admin-key"}) as browser:
        assert (await browser.sign_in("kakao")).refresh_token is None
