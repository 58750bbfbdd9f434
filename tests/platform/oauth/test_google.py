"""Google by OpenID Connect: what is particular about it. ID tokens themselves are in test_id_tokens.py."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from tests.platform.oauth.browsers import Browser, browsing
from tests.support.servers import ok, status

from bunri.platform.oauth.errors import ProviderMisconfigured, ProviderUnavailable, SignInDenied, SignInFailed
from bunri.platform.oauth.protocol import Identity

DISCOVERY = "/google/.well-known/openid-configuration"
TOKEN = "/google/token"


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as opened:
        yield opened


class TestSigningIn:
    async def test_the_page_gets_what_openid_connect_and_pkce_want(self, browser: Browser) -> None:
        attempt = browser.attempt("google")
        query = dict(parse_qsl(urlsplit(browser.opened["google"].authorize_url(attempt)).query))
        assert len(query.pop("code_challenge")) == 43
        assert query == {
            "response_type": "code",
            "client_id": "google-client",
            "redirect_uri": "https://bunri.example/api/v1/auth/oauth/google/callback",
            "scope": "openid email profile",
            "access_type": "offline",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge_method": "S256",
        }

    async def test_who_came_back(self, browser: Browser) -> None:
        identity = await browser.sign_in("google")
        assert identity == Identity(
            provider="google",
            subject="110169484474386276334",
            email="green@gmail.example",
            email_verified=True,
            name="Green Kim",
            access_token=identity.access_token,
            refresh_token=identity.refresh_token,
        )

    @pytest.mark.parametrize(
        ("said", "verified"),
        [(True, True), ("true", True), (False, False), ("false", False), (None, False), (1, False)],
    )
    async def test_an_address_is_verified_when_google_says_so(
        self, browser: Browser, said: object, verified: bool
    ) -> None:
        browser.providers.google.changed_claims = {"email_verified": said}
        identity = await browser.sign_in("google")
        assert (identity.email, identity.email_verified) == ("green@gmail.example", verified)

    async def test_without_an_address_nothing_is_verified(self, browser: Browser) -> None:
        browser.providers.google.changed_claims = {"email": None}
        identity = await browser.sign_in("google")
        assert (identity.email, identity.email_verified) == (None, False)

    async def test_its_addresses_are_looked_up_once_an_hour(self, browser: Browser) -> None:
        for _ in range(3):
            await browser.sign_in("google")
        assert len(browser.providers.requests(DISCOVERY)) == 1
        browser.time.move(hours=1)
        await browser.sign_in("google")
        assert len(browser.providers.requests(DISCOVERY)) == 2


class TestTheCallbacksIssuer:
    @pytest.mark.parametrize("issuer", ["https://accounts.google.com", "accounts.google.com"])
    async def test_both_names_of_google_are_google(self, browser: Browser, issuer: str) -> None:
        browser.providers.google.issuer = issuer
        assert (await browser.sign_in("google")).subject == "110169484474386276334"

    async def test_another_sender_is_refused_before_its_code_is_used(self, browser: Browser) -> None:
        attempt = browser.attempt("google")
        callback = await browser.visit("google", attempt) | {"iss": "https://evil.example"}
        with pytest.raises(SignInFailed) as caught:
            await browser.opened["google"].finish(callback, attempt)
        assert caught.value.reason == "iss"
        assert browser.providers.requests(TOKEN) == []

    @pytest.mark.parametrize("promised", [True, False])
    async def test_it_may_be_missing_only_where_it_is_not_promised(self, browser: Browser, promised: bool) -> None:
        metadata = browser.providers.google_metadata() | {"authorization_response_iss_parameter_supported": promised}
        browser.providers.fail(DISCOVERY, ok(metadata))
        attempt = browser.attempt("google")
        callback = await browser.visit("google", attempt)
        del callback["iss"]
        if not promised:
            assert (await browser.opened["google"].finish(callback, attempt)).subject == "110169484474386276334"
            return
        with pytest.raises(SignInFailed) as caught:
            await browser.opened["google"].finish(callback, attempt)
        assert caught.value.reason == "iss"


class TestRefusals:
    async def test_the_person_said_no(self, browser: Browser) -> None:
        browser.providers.deny = True
        assert await browser.refused("google", SignInDenied) == "access_denied"

    async def test_a_code_works_once(self, browser: Browser) -> None:
        attempt = browser.attempt("google")
        callback = await browser.visit("google", attempt)
        await browser.opened["google"].finish(callback, attempt)
        with pytest.raises(SignInFailed) as caught:
            await browser.opened["google"].finish(callback, attempt)
        assert caught.value.reason == "invalid_grant"

    async def test_a_wrong_secret(self) -> None:
        async with browsing(google={"client_secret": "wrong"}) as browser:
            assert await browser.refused("google", ProviderMisconfigured) == "invalid_client"

    @pytest.mark.parametrize(
        "changed",
        [
            {"issuer": "https://evil.example"},
            {"token_endpoint": "https://elsewhere.example/token"},  # it came by http, from this machine
            {"jwks_uri": "https://elsewhere.example/certs"},
        ],
    )
    async def test_a_discovery_document_that_leads_elsewhere(self, browser: Browser, changed: dict[str, Any]) -> None:
        browser.providers.fail(DISCOVERY, ok(browser.providers.google_metadata() | changed))
        assert await browser.refused("google", ProviderMisconfigured) == "discovery"
        assert browser.providers.requests(TOKEN) == []

    async def test_without_a_discovery_document_nothing_is_sent(self, browser: Browser) -> None:
        browser.providers.fail(DISCOVERY, status(404, None))
        assert await browser.refused("google", ProviderUnavailable) == "status_404"
        browser.providers.mend()
        assert (await browser.sign_in("google")).subject == "110169484474386276334"


class TestUnlinking:
    async def test_by_revoking_the_persons_token(self, browser: Browser) -> None:
        identity = await browser.sign_in("google")
        assert await browser.opened["google"].unlink(identity.subject, identity.access_token)
        assert browser.providers.google.unlinked == [identity.access_token]

    async def test_a_token_that_is_over_ends_nothing(self, browser: Browser) -> None:
        assert not await browser.opened["google"].unlink("110169484474386276334", "long-gone")
        assert not await browser.opened["google"].unlink("110169484474386276334")
