"""Signing in by Kakao, Naver and Google, which a local server plays. Numbers are rows of the list of real faults."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qsl

import httpx
import pytest
from tests.domains.auth.people import HERE, Browser, Mailbox, Registering, address, caller_of, refresh_of
from tests.support.api import bare_app, client_of
from tests.support.clockwork import Clockwork
from tests.support.oauth_server import Providers as Played
from tests.support.providers import Only
from tests.support.servers import status

from bunri.domains.auth.endpoints import oauth, router
from bunri.domains.auth.errors import (
    AccountDisabled,
    AttemptInvalid,
    IdentityEmailKnown,
    IdentityTaken,
    ProviderMissing,
    ReauthenticationNeeded,
    RefreshInvalid,
)
from bunri.domains.auth.public import AuthPublic, Kind
from bunri.domains.auth.service.administration import Administration
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.providers import Providers, local_path
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.tokens import Verifier
from bunri.platform.oauth.errors import ProviderUnavailable, SignInDenied


@pytest.mark.parametrize("name", ["kakao", "naver", "google"])
class TestSigningIn:
    async def test_a_guest_becomes_an_account_and_is_known_again(
        self, browser: Browser, guests: Guests, verifier: Verifier, name: str
    ) -> None:
        guest = await guests.sign_in("파랑이")
        first = await browser.sign_in(name, caller_of(verifier, guest))
        assert (first.user.id, first.user.kind) == (guest.user.id, Kind.ACCOUNT)
        again = await browser.sign_in(name)
        assert again.user == first.user

    async def test_a_stranger_is_a_person_with_the_providers_name(self, browser: Browser, name: str) -> None:
        finished = await browser.sign_in(name)
        assert finished.user.kind == Kind.ACCOUNT
        assert finished.user.username

    async def test_who_says_no_stays_as_they_were(
        self, browser: Browser, played: Played, guests: Guests, sessions: Sessions, verifier: Verifier, name: str
    ) -> None:
        guest = await guests.sign_in("파랑이")
        played.deny = True
        with pytest.raises(SignInDenied):
            await browser.sign_in(name, caller_of(verifier, guest))
        await sessions.refresh(refresh_of(guest))

    async def test_an_attempt_is_finished_once(self, browser: Browser, name: str) -> None:
        """[7]"""
        callback = await browser.go(name)
        await browser.finish(name, callback)
        with pytest.raises(AttemptInvalid):
            await browser.finish(name, callback)

    async def test_an_attempt_of_another_browser_is_over_for_both(
        self, browser: Browser, providers: Providers, name: str
    ) -> None:
        """[7] An attacker's own code, slipped into somebody's browser, would sign them in as the attacker."""
        callback = await browser.go(name)
        for each in (Browser(providers, b"another"), browser):
            with pytest.raises(AttemptInvalid):
                await each.finish(name, callback)

    async def test_an_attempt_lasts_ten_minutes(self, browser: Browser, clock: Clockwork, name: str) -> None:
        callback = await browser.go(name)
        clock.move(minutes=10)
        with pytest.raises(AttemptInvalid):
            await browser.finish(name, callback)

    @pytest.mark.parametrize("state", ["", "x" * 59, "0197b2d0-0000-7000-8000-000000000001.AAAAAAAAAAAAAAAAAAAAAA"])
    async def test_a_made_up_state_is_none(self, browser: Browser, name: str, state: str) -> None:
        with pytest.raises(AttemptInvalid):
            await browser.finish(name, {"code": "x", "state": state})


class TestAddresses:
    async def test_that_are_verified_find_their_account(
        self, browser: Browser, played: Played, registering: Registering, mailbox: Mailbox
    ) -> None:
        email = address()
        account = await registering.account(email)
        played.google.person |= {"email": email, "email_verified": True}
        assert (await browser.sign_in("google")).user == account.user
        assert "로그인 방법" in (await mailbox.one(email)).text

    @pytest.mark.parametrize("name", ["kakao", "naver"])
    async def test_that_are_not_verified_find_none(
        self, browser: Browser, played: Played, registering: Registering, name: str
    ) -> None:
        """[6] Naver says of no address that it is verified; Kakao of some that they are not."""
        email = address()
        await registering.account(email)
        played.naver.person["email"] = email
        played.kakao.person["kakao_account"] |= {"email": email, "is_email_verified": False}
        with pytest.raises(IdentityEmailKnown):
            await browser.sign_in(name)

    @pytest.mark.parametrize("name", ["kakao", "naver"])
    async def test_need_not_be_there(self, browser: Browser, played: Played, name: str) -> None:
        """[25]"""
        del played.kakao.person["kakao_account"]
        del played.naver.person["email"]
        assert (await browser.sign_in(name)).user.kind == Kind.ACCOUNT


class TestAccounts:
    async def test_get_one_more_way_in(
        self, browser: Browser, registering: Registering, verifier: Verifier, played: Played
    ) -> None:
        account = await registering.account(address())
        linked = await browser.sign_in("naver", caller_of(verifier, account))
        assert linked.user == account.user
        assert (await browser.sign_in("naver")).user == account.user

    async def test_do_not_take_what_is_another_accounts(
        self, browser: Browser, registering: Registering, verifier: Verifier, sessions: Sessions, mailbox: Mailbox
    ) -> None:
        """[14]"""
        await browser.sign_in("kakao")
        await mailbox.all()
        account = await registering.account(address())
        with pytest.raises(IdentityTaken):
            await browser.sign_in("kakao", caller_of(verifier, account))
        await sessions.refresh(refresh_of(account))

    async def test_that_are_closed_are_told_so(self, browser: Browser, administration: Administration) -> None:
        account = await browser.sign_in("kakao")
        await administration.disable(account.user.id)
        with pytest.raises(AccountDisabled):
            await browser.sign_in("kakao")


class TestReauthentication:
    """Who signs in elsewhere shows there anew who they are."""

    @pytest.mark.parametrize("name", ["kakao", "naver", "google"])
    async def test_is_to_come_back_as_the_same_account(
        self, browser: Browser, public: AuthPublic, verifier: Verifier, sessions: Sessions, clock: Clockwork, name: str
    ) -> None:
        account = await browser.sign_in(name)
        clock.move(minutes=10, seconds=1)
        with pytest.raises(ReauthenticationNeeded):
            await public.delete(caller_of(verifier, account))
        again = await browser.sign_in(name, caller_of(verifier, account), again=True)
        assert again.user == account.user
        with pytest.raises(RefreshInvalid):
            await sessions.refresh(refresh_of(account))
        await public.delete(caller_of(verifier, again))

    async def test_is_not_to_come_back_as_somebody_else(
        self, browser: Browser, public: AuthPublic, verifier: Verifier, clock: Clockwork, played: Played
    ) -> None:
        account = await browser.sign_in("naver")
        await browser.sign_in("kakao")
        clock.move(minutes=10, seconds=1)
        caller = caller_of(verifier, account)
        with pytest.raises(IdentityTaken):  # of another account
            await browser.sign_in("kakao", caller, again=True)
        with pytest.raises(ReauthenticationNeeded):  # of nobody yet: whoever has the session does not add their own
            await browser.sign_in("google", caller, again=True)
        with pytest.raises(ReauthenticationNeeded):
            await public.delete(caller)

    @pytest.mark.parametrize(
        ("name", "asked"),
        [("kakao", "prompt=login"), ("naver", "auth_type=reauthenticate"), ("google", "prompt=select_account")],
    )
    async def test_asks_the_provider_for_it(self, providers: Providers, name: str, asked: str) -> None:
        assert asked in await providers.begin(name, "/", HERE, again=True)
        assert asked not in await providers.begin(name, "/", HERE)


class TestFaults:
    @pytest.mark.parametrize("code", [503, 500, 429])
    async def test_a_provider_that_is_away_makes_no_half_account(
        self, browser: Browser, played: Played, guests: Guests, sessions: Sessions, verifier: Verifier, code: int
    ) -> None:
        """[26]"""
        guest = await guests.sign_in("파랑이")
        played.fail("/kakao/v2/user/me", status(code, {"code": -9798, "msg": "maintenance"}))
        with pytest.raises(ProviderUnavailable):
            await browser.sign_in("kakao", caller_of(verifier, guest))
        assert (await sessions.refresh(refresh_of(guest))).user.kind == Kind.GUEST
        played.mend()
        assert await browser.sign_in("kakao", None)

    async def test_one_that_nobody_has_set_up_is_missing(self, browser: Browser) -> None:
        with pytest.raises(ProviderMissing):
            await browser.providers.begin("apple", "/", HERE)


@pytest.mark.parametrize(
    "page",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example", "evil", "", "/%09/evil.example",
     "/\t/evil.example", "/ /evil", "javascript:alert(1)", "/%5cevil.example", "/" + "x" * 500],
)  # fmt: skip
def test_only_pages_of_ours_are_come_back_to(page: str) -> None:
    """[8]"""
    assert local_path(page) == "/"
    assert local_path("/items/can?tag=wet#how") == "/items/can?tag=wet#how"


class TestOverHttp:
    @pytest.fixture
    async def page(self, providers: Providers, guests: Guests, verifier: Verifier) -> AsyncIterator[httpx.AsyncClient]:
        app = bare_app(router.router, oauth.router)
        app.state.providers = Only(providers, guests)
        app.state.verifier = verifier
        async with client_of(app, "https://bunri.example") as made:
            made.headers["Origin"] = "https://bunri.example"
            yield made

    async def test_the_page_finishes_what_the_browser_began(self, page: httpx.AsyncClient) -> None:
        """[16] The callback comes from the provider's site, without our strict cookies; the page's own request has
        them."""
        assert (await page.get("/api/v1/auth/providers")).json() == ["kakao", "naver", "google"]
        begun = await page.get("/api/v1/auth/oauth/kakao?next=/items/can")
        assert begun.status_code == 303
        async with httpx.AsyncClient() as elsewhere:
            back = (await elsewhere.get(begun.headers["location"])).headers["location"]
        opened = await page.get(back, headers={"Cookie": ""})
        assert opened.status_code == 303
        where, _, fragment = opened.headers["location"].partition("#")
        assert where == "/account/signed-in"
        brought = dict(parse_qsl(fragment))
        assert brought.pop("provider") == "kakao"
        finished = await page.post(
            "/api/v1/auth/oauth/kakao/finish", json=brought, headers={"X-Token-Delivery": "cookie"}
        )
        assert finished.status_code == 200
        assert finished.json()["next"] == "/items/can"
        assert finished.json()["tokens"]["refresh_token"] is None
        assert "__Host-bunri-refresh" in page.cookies

    async def test_the_provider_is_asked_again_where_the_page_wants_it(self, page: httpx.AsyncClient) -> None:
        begun = await page.get("/api/v1/auth/oauth/kakao?purpose=reauthenticate")
        assert "prompt=login" in begun.headers["location"]
        assert (await page.get("/api/v1/auth/oauth/kakao?purpose=fun")).status_code == 422

    async def test_a_callback_by_itself_signs_nobody_in(self, page: httpx.AsyncClient) -> None:
        opened = await page.get("/api/v1/auth/oauth/kakao/callback?code=x&state=y&evil=z")
        assert "set-cookie" not in opened.headers
        assert "evil" not in opened.headers["location"]

    async def test_a_page_of_another_origin_finishes_nothing(self, page: httpx.AsyncClient) -> None:
        await page.get("/api/v1/auth/oauth/kakao")
        refused = await page.post(
            "/api/v1/auth/oauth/kakao/finish", json={"state": "x"}, headers={"Origin": "https://evil.example"}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "foreign_origin")
