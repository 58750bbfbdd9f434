"""Kakao Login, with the answers and error codes of its documentation."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from tests.platform.oauth.browsers import Browser, browsing
from tests.support.oauth_server import KAKAO_JSON
from tests.support.servers import status

from bunri.platform.oauth.errors import (
    AgeRefused,
    ProviderMisconfigured,
    ProviderUnavailable,
    SignInDenied,
    SignInFailed,
)
from bunri.platform.oauth.protocol import Identity

PERSON = "/kakao/v2/user/me"
TOKEN = "/kakao/oauth/token"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as opened:
        yield opened


def error(code: int, own: int) -> Any:
    return status(code, {"msg": "as documented", "code": own}, KAKAO_JSON)


class TestSendingThere:
    async def test_the_page_gets_what_openid_connect_and_pkce_want(self, browser: Browser) -> None:
        attempt = browser.attempt("kakao")
        query = dict(parse_qsl(urlsplit(browser.opened["kakao"].authorize_url(attempt)).query))
        challenge = query.pop("code_challenge")
        assert query == {
            "response_type": "code",
            "client_id": "kakao-client",
            "redirect_uri": "https://bunri.example/api/v1/auth/oauth/kakao/callback",
            "scope": "openid,profile_nickname",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge_method": "S256",
        }
        assert len(challenge) == 43
        assert attempt.code_verifier not in browser.opened["kakao"].authorize_url(attempt)

    @pytest.mark.parametrize(
        ("settings", "scope"),
        [
            ({"ask_email": True}, "openid,profile_nickname,account_email"),
            ({"ask_nickname": False}, "openid"),
        ],
    )
    async def test_only_what_is_set_up_at_kakao_is_asked_for(self, settings: dict[str, bool], scope: str) -> None:
        async with browsing(kakao=settings) as browser:
            url = browser.opened["kakao"].authorize_url(browser.attempt("kakao"))
        assert parse_qs(urlsplit(url).query)["scope"] == [scope]


class TestComingBack:
    async def test_who_came_back(self, browser: Browser) -> None:
        identity = await browser.sign_in("kakao")
        assert identity == Identity(
            provider="kakao",
            subject="2632890179123456789",
            email="green@kakao.example",
            email_verified=True,
            name="초록이",
            access_token=identity.access_token,
            refresh_token=identity.refresh_token,
        )
        assert identity.access_token in browser.providers.kakao.tokens

    async def test_neither_secret_nor_code_stands_in_an_address(self, browser: Browser) -> None:
        await browser.sign_in("kakao")
        (request,) = browser.providers.requests(TOKEN)
        assert request.query == {}
        form = dict(parse_qsl(request.body.decode()))
        assert form["client_secret"] == "kakao-secret"
        assert request.headers["content-type"] == "application/x-www-form-urlencoded;charset=utf-8"

    @pytest.mark.parametrize(("valid", "verified"), [(True, False), (False, True), (False, False)])
    async def test_an_address_counts_only_as_valid_and_verified(
        self, browser: Browser, valid: bool, verified: bool
    ) -> None:
        account = browser.providers.kakao.person["kakao_account"]
        account.update(is_email_valid=valid, is_email_verified=verified)
        identity = await browser.sign_in("kakao")
        assert (identity.email, identity.email_verified) == ("green@kakao.example", False)

    async def test_who_agreed_to_nothing_has_neither_name_nor_address(self, browser: Browser) -> None:
        browser.providers.kakao.person = {"id": 77, "connected_at": "2026-04-11T01:45:28Z"}
        identity = await browser.sign_in("kakao")
        assert (identity.subject, identity.email, identity.email_verified, identity.name) == ("77", None, False, None)

    async def test_an_account_without_an_address(self, browser: Browser) -> None:
        browser.providers.kakao.person["kakao_account"] = {"email_needs_agreement": True, "profile": {}}
        identity = await browser.sign_in("kakao")
        assert (identity.email, identity.email_verified, identity.name) == (None, False, None)

    async def test_without_a_secret_where_kakao_wants_none(self) -> None:
        async with browsing(kakao={"client_secret": None}) as browser:
            browser.providers.kakao.client_secret = None  # type: ignore[assignment]
            assert (await browser.sign_in("kakao")).subject == "2632890179123456789"
            (request,) = browser.providers.requests(TOKEN)
        assert b"client_secret" not in request.body

    async def test_a_profile_of_somebody_else_than_the_id_token(self, browser: Browser) -> None:
        browser.providers.kakao.changed_claims = {"sub": "1"}
        assert await browser.refused("kakao", SignInFailed) == "sub"

    @pytest.mark.parametrize("wrong", ["2632890179123456789", 0, -4, 1.5, None, True])
    async def test_an_id_that_is_no_number_of_kakao_is_garbage(self, browser: Browser, wrong: object) -> None:
        browser.providers.kakao.person["id"] = wrong
        browser.providers.kakao.changed_claims = {"sub": "2632890179123456789"}
        assert await browser.refused("kakao", ProviderUnavailable) == "garbage"


class TestRefusals:
    async def test_the_person_said_no(self, browser: Browser) -> None:
        browser.providers.deny = True
        assert await browser.refused("kakao", SignInDenied) == "access_denied"
        assert browser.providers.requests(TOKEN) == []

    async def test_a_code_works_once(self, browser: Browser) -> None:
        attempt = browser.attempt("kakao")
        callback = await browser.visit("kakao", attempt)
        await browser.opened["kakao"].finish(callback, attempt)
        with pytest.raises(SignInFailed) as caught:
            await browser.opened["kakao"].finish(callback, attempt)
        assert caught.value.reason == "KOE320"

    async def test_a_callback_that_somebody_else_sent(self, browser: Browser) -> None:
        attempt = browser.attempt("kakao")
        callback = await browser.visit("kakao", attempt) | {"iss": "https://accounts.google.com"}
        with pytest.raises(SignInFailed) as caught:
            await browser.opened["kakao"].finish(callback, attempt)
        assert caught.value.reason == "iss"
        assert browser.providers.requests(TOKEN) == []

    async def test_a_stolen_code_without_its_verifier(self, browser: Browser) -> None:
        mine, theirs = browser.attempt("kakao"), browser.attempt("kakao")
        stolen = (await browser.visit("kakao", theirs))["code"]
        with pytest.raises(SignInFailed):
            await browser.opened["kakao"].finish({"code": stolen, "state": mine.state}, mine)

    @pytest.mark.parametrize(
        ("settings", "code"),
        [
            ({"client_secret": "wrong"}, "KOE010"),
            ({"client_secret": None}, "KOE010"),
        ],
    )
    async def test_what_only_the_operator_can_mend(self, settings: dict[str, Any], code: str) -> None:
        async with browsing(kakao=settings) as browser:
            assert await browser.refused("kakao", ProviderMisconfigured) == code

    async def test_an_address_that_differs_is_no_fault_of_the_person(self, browser: Browser) -> None:
        attempt = browser.attempt("kakao")
        callback = await browser.visit("kakao", attempt)
        browser.providers.kakao.grants[callback["code"]].query["redirect_uri"] = "https://elsewhere.example/"
        with pytest.raises(ProviderMisconfigured) as caught:
            await browser.opened["kakao"].finish(callback, attempt)
        assert caught.value.reason == "KOE303"

    async def test_openid_connect_that_is_not_switched_on(self, browser: Browser) -> None:
        browser.providers.fail(TOKEN, status(200, {"access_token": "a", "token_type": "bearer"}, KAKAO_JSON))
        assert await browser.refused("kakao", ProviderMisconfigured) == "no_id_token"

    async def test_under_14(self, browser: Browser) -> None:
        browser.providers.fail(PERSON, error(401, -406))
        assert await browser.refused("kakao", AgeRefused) == "-406"

    @pytest.mark.parametrize(("code", "own"), [(401, -401), (400, -101), (400, -103), (403, -4)])
    async def test_an_account_that_cannot_be_used(self, browser: Browser, code: int, own: int) -> None:
        browser.providers.fail(PERSON, error(code, own))
        assert await browser.refused("kakao", SignInFailed) == str(own)

    @pytest.mark.parametrize(("code", "own"), [(403, -402), (403, -3), (403, -5), (400, -2), (403, -12)])
    async def test_an_app_that_lacks_something(self, browser: Browser, code: int, own: int) -> None:
        browser.providers.fail(PERSON, error(code, own))
        assert await browser.refused("kakao", ProviderMisconfigured) == str(own)

    @pytest.mark.parametrize(
        ("code", "own", "reason"),
        [
            (503, -9798, "maintenance"),
            (400, -7, "maintenance"),
            (400, -603, "timeout"),
            (400, -1, "internal"),
            (400, -10, "spent"),
            (400, -9999, "status_400"),
            (502, -9999, "status_502"),
        ],
    )
    async def test_a_kakao_that_is_not_well(self, browser: Browser, code: int, own: int, reason: str) -> None:
        browser.providers.fail(PERSON, error(code, own))
        assert await browser.refused("kakao", ProviderUnavailable) == reason

    async def test_too_many_requests_for_tokens(self, browser: Browser) -> None:
        said = {"error": "too_many_requests", "error_code": "KOE237"}
        browser.providers.fail(TOKEN, status(400, said, KAKAO_JSON))
        assert await browser.refused("kakao", ProviderUnavailable) == "too_many"


class TestUnlinking:
    async def test_with_the_persons_token(self, browser: Browser) -> None:
        identity = await browser.sign_in("kakao")
        assert await browser.opened["kakao"].unlink(identity.subject, identity.access_token)
        assert browser.providers.kakao.unlinked == [identity.subject]

    async def test_twice_is_once(self, browser: Browser) -> None:
        identity = await browser.sign_in("kakao")
        for _ in range(2):
            assert await browser.opened["kakao"].unlink(identity.subject, identity.access_token)
        assert browser.providers.kakao.unlinked == [identity.subject]

    async def test_a_token_that_is_over_ends_nothing(self, browser: Browser) -> None:
        assert not await browser.opened["kakao"].unlink("2632890179123456789", "long-gone")
        assert browser.providers.kakao.unlinked == []

    async def test_a_token_of_somebody_else_is_not_taken_for_success(self, browser: Browser) -> None:
        identity = await browser.sign_in("kakao")
        assert not await browser.opened["kakao"].unlink("1", identity.access_token)

    async def test_without_a_token_nothing_is_asked(self, browser: Browser) -> None:
        assert not await browser.opened["kakao"].unlink("2632890179123456789")
        assert browser.providers.server.requests == []

    async def test_the_admin_key_needs_no_token(self) -> None:
        async with browsing(kakao={"admin_key": "kakao-admin-key\n"}) as browser:
            assert await browser.opened["kakao"].unlink("2632890179123456789")
            assert browser.providers.kakao.unlinked == ["2632890179123456789"]

    async def test_a_wrong_admin_key_is_told(self) -> None:
        async with browsing(kakao={"admin_key": "old"}) as browser:
            with pytest.raises(ProviderMisconfigured):
                await browser.opened["kakao"].unlink("2632890179123456789")

    async def test_a_kakao_that_is_not_well(self, browser: Browser) -> None:
        browser.providers.fail("/kakao/v1/user/unlink", error(503, -9798))
        with pytest.raises(ProviderUnavailable):
            await browser.opened["kakao"].unlink("2632890179123456789", "token")
