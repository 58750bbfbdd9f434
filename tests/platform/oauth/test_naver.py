"""Naver Login, with the answers and error codes of its documentation."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.platform.oauth.browsers import Browser, browsing
from tests.support.servers import Step, ok, status

from bunri.platform.oauth.errors import ProviderMisconfigured, ProviderUnavailable, SignInDenied, SignInFailed
from bunri.platform.oauth.protocol import Identity

PERSON = "/naver/v1/nid/me"
TOKEN = "/naver/oauth2.0/token"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as opened:
        yield opened


class TestSigningIn:
    async def test_the_page_gets_what_naver_documents(self, browser: Browser) -> None:
        attempt = browser.attempt("naver")
        url = browser.opened["naver"].authorize_url(attempt)
        assert dict(parse_qsl(urlsplit(url).query)) == {
            "response_type": "code",
            "client_id": "naver-client",
            "redirect_uri": "https://bunri.example/api/v1/auth/oauth/naver/callback",
            "state": attempt.state,
        }

    async def test_who_came_back_and_that_no_address_is_verified(self, browser: Browser) -> None:
        identity = await browser.sign_in("naver")
        assert identity == Identity(
            provider="naver",
            subject="Qd4_hQ0LhJ3nYH3uSiyQ7y9TrgXGN3Z0jCjs0j2Ks7k",
            email="green@naver.example",
            email_verified=False,
            name="초록이",
            access_token=identity.access_token,
            refresh_token=identity.refresh_token,
        )

    async def test_neither_secret_nor_code_stands_in_an_address(self, browser: Browser) -> None:
        await browser.sign_in("naver")
        (request,) = browser.providers.requests(TOKEN)
        assert (request.method, request.query) == ("POST", {})
        assert b"client_secret=naver-secret" in request.body

    async def test_who_gave_nothing_but_an_id(self, browser: Browser) -> None:
        browser.providers.naver.person = {"id": "32742776"}
        identity = await browser.sign_in("naver")
        assert (identity.subject, identity.email, identity.name) == ("32742776", None, None)

    async def test_without_a_nickname_the_name_stands_in(self, browser: Browser) -> None:
        del browser.providers.naver.person["nickname"]
        assert (await browser.sign_in("naver")).name == "김초록"

    @pytest.mark.parametrize("wrong", ["", "x" * 65, None, 5])
    async def test_an_id_that_is_none_of_navers_is_garbage(self, browser: Browser, wrong: object) -> None:
        browser.providers.naver.person["id"] = wrong
        assert await browser.refused("naver", ProviderUnavailable) == "garbage"


class TestRefusals:
    async def test_the_person_said_no(self, browser: Browser) -> None:
        browser.providers.deny = True
        assert await browser.refused("naver", SignInDenied) == "access_denied"

    async def test_a_code_works_once(self, browser: Browser) -> None:
        attempt = browser.attempt("naver")
        callback = await browser.visit("naver", attempt)
        await browser.opened["naver"].finish(callback, attempt)
        with pytest.raises(SignInFailed) as caught:
            await browser.opened["naver"].finish(callback, attempt)
        assert caught.value.reason == "invalid_request"

    async def test_a_wrong_secret_is_told_from_a_wrong_code(self) -> None:
        async with browsing(naver={"client_secret": "wrong"}) as browser:
            assert await browser.refused("naver", ProviderMisconfigured) == "invalid_request"

    @pytest.mark.parametrize("http", [200, 401])
    async def test_024_is_a_failure_whatever_the_status_says(self, browser: Browser, http: int) -> None:
        refused = {"resultcode": "024", "message": "Authentication failed"}
        browser.providers.fail(PERSON, status(http, refused))
        assert await browser.refused("naver", SignInFailed) == "024"

    async def test_an_app_that_may_not_read_profiles(self, browser: Browser) -> None:
        browser.providers.fail(PERSON, status(403, {"resultcode": "403", "message": "Forbidden"}))
        assert await browser.refused("naver", ProviderMisconfigured) == "403"

    @pytest.mark.parametrize(
        ("step", "reason"),
        [
            (ok({"resultcode": "00", "message": "success"}), "garbage"),
            (ok({"error": "?"}), "garbage"),
            (status(404, {"errorMessage": "Not Found"}), "status_404"),
            (status(500, {"resultcode": "500", "message": "Internal Server Error"}), "status_500"),
        ],
    )
    async def test_a_profile_that_is_none(self, browser: Browser, step: Step, reason: str) -> None:
        browser.providers.fail(PERSON, step)
        assert await browser.refused("naver", ProviderUnavailable) == reason

    async def test_a_server_error_under_status_200(self, browser: Browser) -> None:
        browser.providers.fail(TOKEN, ok({"error": "server_error", "error_description": "internal"}))
        assert await browser.refused("naver", ProviderUnavailable) == "server_error"


class TestUnlinking:
    async def test_with_the_persons_token(self, browser: Browser) -> None:
        identity = await browser.sign_in("naver")
        assert await browser.opened["naver"].unlink(identity.subject, identity.access_token)
        assert browser.providers.naver.unlinked == [identity.subject]
        form = dict(parse_qsl(browser.providers.requests(TOKEN)[-1].body.decode()))
        assert (form["grant_type"], form["service_provider"]) == ("delete", "NAVER")

    async def test_success_is_not_believed_of_a_token_that_is_over(self, browser: Browser) -> None:
        assert not await browser.opened["naver"].unlink("32742776", "long-gone")
        assert browser.providers.requests(TOKEN) == []

    async def test_a_token_of_somebody_else_ends_nothing(self, browser: Browser) -> None:
        identity = await browser.sign_in("naver")
        assert not await browser.opened["naver"].unlink("another", identity.access_token)
        assert browser.providers.naver.unlinked == []

    async def test_without_a_token_nothing_is_asked(self, browser: Browser) -> None:
        assert not await browser.opened["naver"].unlink("32742776")
        assert browser.providers.server.requests == []

    async def test_a_naver_that_is_not_well(self, browser: Browser) -> None:
        identity = await browser.sign_in("naver")
        failed: dict[str, Any] = {"error": "server_error"}
        browser.providers.fail(TOKEN, ok(failed))
        with pytest.raises(ProviderUnavailable):
            await browser.opened["naver"].unlink(identity.subject, identity.access_token)
