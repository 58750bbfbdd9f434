"""``/api/v1/auth`` over HTTP."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.domains.auth.people import PASSWORD, SETTINGS, Mailbox, address
from tests.support.api import bare_app, client_of
from tests.support.authenticator import Authenticator
from tests.support.clockwork import Clockwork
from tests.support.providers import Only

from bunri.domains.auth import totp
from bunri.domains.auth.endpoints import factors, jwks, router
from bunri.domains.auth.endpoints import passkeys as passkey_endpoints
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.administration import Administration
from bunri.domains.auth.service.alike import AnsweredAlike
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.passkeys import Passkeys
from bunri.domains.auth.service.reauthentication import Reauthentication
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.service.totp_apps import TotpApps
from bunri.domains.auth.tokens import Verifier
from bunri.kit.ids import new_id

COOKIE = {"X-Token-Delivery": "cookie"}


@pytest.fixture
async def client(
    guests: Guests,
    accounts: Accounts,
    sessions: Sessions,
    sign_ins: SignIns,
    totp_apps: TotpApps,
    passkeys: Passkeys,
    reauthentication: Reauthentication,
    verifier: Verifier,
) -> AsyncIterator[httpx.AsyncClient]:
    async with _client(
        "http://test", verifier, guests, accounts, sessions, sign_ins, totp_apps, passkeys, reauthentication
    ) as made:
        yield made


@pytest.fixture
async def browser(
    guests: Guests,
    accounts: Accounts,
    sessions: Sessions,
    sign_ins: SignIns,
    totp_apps: TotpApps,
    passkeys: Passkeys,
    reauthentication: Reauthentication,
    verifier: Verifier,
) -> AsyncIterator[httpx.AsyncClient]:
    """Reaches us by https and keeps cookies."""
    async with _client(
        "https://bunri.example", verifier, guests, accounts, sessions, sign_ins, totp_apps, passkeys, reauthentication
    ) as made:
        made.headers.update({**COOKIE, "Origin": "https://bunri.example"})
        yield made


def _client(url: str, verifier: Verifier, *services: object) -> httpx.AsyncClient:
    app = bare_app(router.router, factors.router, passkey_endpoints.router, jwks.router)
    app.state.providers = Only(*services, AnsweredAlike(SETTINGS))
    app.state.verifier = verifier
    return client_of(app, url)


def bearer(tokens: dict[str, str]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def guest(client: httpx.AsyncClient) -> dict[str, str]:
    response = await client.post("/api/v1/auth/guest", json={"username": "초록이"})
    assert response.status_code == 201
    told: dict[str, str] = response.json()
    return told


async def account(client: httpx.AsyncClient, mailbox: Mailbox, email: str) -> dict[str, str]:
    """As far as signed in."""
    asked = await client.post(
        "/api/v1/auth/register", json={"email": email, "password": PASSWORD, "username": "초록이"}
    )
    assert asked.status_code == 202
    code = (await mailbox.one(email)).code
    confirmed = await client.post("/api/v1/auth/verify-email", json={"request": asked.json()["request"], "code": code})
    assert confirmed.status_code == 200
    told: dict[str, str] = confirmed.json()
    return told


class TestGuest:
    async def test_signs_in_with_a_name_only(self, client: httpx.AsyncClient, verifier: Verifier) -> None:
        response = await client.post("/api/v1/auth/guest", json={"username": "  초록이 "})
        assert response.status_code == 201
        assert response.headers["cache-control"] == "no-store"
        told = response.json()
        assert told["user"]["username"] == "초록이"
        assert len(told["user"]["hash"]) == 4
        assert told["token_type"] == "bearer"
        assert told["expires_in"] == 900
        assert verifier.verify(told["access_token"]).id == told["user"]["id"]

    @pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\x00b", "a\nb", None, 5])
    async def test_needs_a_name_that_can_be_read(self, client: httpx.AsyncClient, name: object) -> None:
        response = await client.post("/api/v1/auth/guest", json={"username": name})
        assert response.status_code == 422
        assert response.json()["errors"][0]["field"] == "body.username"

    async def test_goes_to_another_device_by_twelve_words(self, client: httpx.AsyncClient) -> None:
        here = await guest(client)
        code = (await client.post("/api/v1/auth/recovery-code", headers=bearer(here))).json()
        shown = await client.post("/api/v1/auth/recover/preview", json={"code": code["words"]})
        assert shown.json()["user"] == here["user"]
        there = await client.post("/api/v1/auth/recover", json={"code": code["text"]})
        assert there.json()["user"] == here["user"]
        again = await client.post("/api/v1/auth/recover", json={"code": code["text"]})
        assert (again.status_code, again.json()["code"]) == (422, "recovery_code_invalid")


class TestRefresh:
    async def test_gives_new_tokens(self, client: httpx.AsyncClient) -> None:
        token = (await guest(client))["refresh_token"]
        response = await client.post("/api/v1/auth/refresh", json={"refresh_token": token})
        assert response.status_code == 200
        assert response.headers["cache-control"] == "no-store"
        assert response.json()["refresh_token"] != token

    async def test_of_an_old_token_is_refused_and_the_end_of_the_session_is_kept(
        self, client: httpx.AsyncClient
    ) -> None:
        """[2] Two rotations old, inside the grace: the whole family ends, the newest too."""
        first = newest = (await guest(client))["refresh_token"]
        for _ in range(2):
            refreshed = await client.post("/api/v1/auth/refresh", json={"refresh_token": newest})
            newest = refreshed.json()["refresh_token"]
        for token in (first, newest):
            response = await client.post(
                "/api/v1/auth/refresh", json={"refresh_token": token}, headers={"Accept-Language": "en"}
            )
            assert response.status_code == 401
            assert response.json()["code"] == "refresh_invalid"
            assert response.json()["detail"] == "This session is over. Please sign in again."

    @pytest.mark.parametrize("token", ["", "x" * 19, "x" * 129, 5])
    async def test_bounds_what_it_reads(self, client: httpx.AsyncClient, token: object) -> None:
        assert (await client.post("/api/v1/auth/refresh", json={"refresh_token": token})).status_code == 422

    async def test_without_a_token_is_refused(self, client: httpx.AsyncClient) -> None:
        assert (await client.post("/api/v1/auth/refresh", json={})).status_code == 401

    async def test_of_half_a_character_is_refused(self, client: httpx.AsyncClient) -> None:
        body = b'{"refresh_token": "' + b"\\ud800" * 30 + b'"}'
        headers = {"Content-Type": "application/json"}
        assert (await client.post("/api/v1/auth/refresh", content=body, headers=headers)).status_code == 422


class TestCookies:
    async def test_hold_the_refresh_token_out_of_reach_of_scripts(self, browser: httpx.AsyncClient) -> None:
        response = await browser.post("/api/v1/auth/guest", json={"username": "초록이"})
        assert response.json()["refresh_token"] is None
        cookie = response.headers["set-cookie"]
        assert cookie.startswith("__Host-bunri-refresh=")
        assert {"HttpOnly", "Secure", "SameSite=strict", "Path=/"} <= {part.strip() for part in cookie.split(";")}
        assert "Domain" not in cookie

    async def test_refresh_it_and_change(self, browser: httpx.AsyncClient) -> None:
        await guest(browser)
        before = browser.cookies["__Host-bunri-refresh"]
        assert (await browser.post("/api/v1/auth/refresh", json={})).status_code == 200
        assert browser.cookies["__Host-bunri-refresh"] != before

    async def test_are_not_read_for_a_form_of_another_site(self, browser: httpx.AsyncClient) -> None:
        """Neither a form nor another site's script can send a header of its own without our leave."""
        await guest(browser)
        del browser.headers["X-Token-Delivery"]
        assert (await browser.post("/api/v1/auth/refresh", json={})).status_code == 401

    async def test_are_not_read_for_a_page_of_another_origin(self, browser: httpx.AsyncClient) -> None:
        await guest(browser)
        response = await browser.post("/api/v1/auth/refresh", json={}, headers={"Origin": "https://evil.example"})
        assert (response.status_code, response.json()["code"]) == (403, "foreign_origin")

    async def test_are_weaker_where_there_is_no_tls(self, client: httpx.AsyncClient) -> None:
        response = await client.post("/api/v1/auth/guest", json={"username": "초록이"}, headers=COOKIE)
        cookie = response.headers["set-cookie"]
        assert cookie.startswith("bunri-refresh=")
        assert "Secure" not in cookie

    async def test_go_when_one_signs_out(self, browser: httpx.AsyncClient) -> None:
        tokens = await guest(browser)
        response = await browser.post("/api/v1/auth/logout", headers=bearer(tokens))
        assert response.status_code == 204
        assert response.headers["clear-site-data"] == '"cache", "storage"'
        assert "__Host-bunri-refresh" not in browser.cookies
        refused = await browser.get("/api/v1/auth/sessions", headers=bearer(tokens))
        assert (refused.status_code, refused.json()["code"]) == (401, "token_expired")


class TestAccounts:
    async def test_one_is_made_and_signed_in_to(self, client: httpx.AsyncClient, mailbox: Mailbox) -> None:
        email = address()
        made = await account(client, mailbox, email)
        login = await client.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert login.json()["user"] == made["user"]
        assert login.json()["user"]["kind"] == "account"

    async def test_the_link_works_in_the_browser_that_asked_alone(
        self, browser: httpx.AsyncClient, client: httpx.AsyncClient, mailbox: Mailbox
    ) -> None:
        email = address()
        body = {"email": email, "password": PASSWORD, "username": "초록이"}
        await browser.post("/api/v1/auth/register", json=body)
        token = (await mailbox.one(email)).token
        elsewhere = await client.post("/api/v1/auth/verify-email", json={"token": token})
        assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "confirmation_elsewhere")
        assert (await browser.post("/api/v1/auth/verify-email", json={"token": token})).status_code == 200

    async def test_nothing_tells_whether_an_address_has_one(self, client: httpx.AsyncClient, mailbox: Mailbox) -> None:
        """[3, 4]"""
        known, unknown = address(), address()
        await account(client, mailbox, known)
        for path, more in (
            ("register", {"password": PASSWORD, "username": "초록이"}),
            ("forgot-password", {}),
            ("resend-verification", {}),
            ("login", {"password": "another password"}),
            ("login", {"password": ""}),
            ("register", {"password": "short", "username": "초록이"}),
        ):
            answers = [
                await client.post(f"/api/v1/auth/{path}", json={"email": each, **more}) for each in (known, unknown)
            ]
            assert answers[0].status_code == answers[1].status_code
            assert shape(answers[0]) == shape(answers[1])

    async def test_the_mail_comes_again_by_request_or_address(
        self, browser: httpx.AsyncClient, mailbox: Mailbox
    ) -> None:
        email = address()
        body = {"email": email, "password": PASSWORD, "username": "초록이"}
        asked = (await browser.post("/api/v1/auth/register", json=body)).json()
        first = await mailbox.one(email)
        again = await browser.post("/api/v1/auth/resend-verification", json={"request": asked["request"]})
        assert (again.status_code, again.json()) == (202, asked)
        assert (await mailbox.one(email)).code == first.code
        anew = await browser.post("/api/v1/auth/resend-verification", json={"email": email})
        given = {"request": anew.json()["request"], "code": (await mailbox.one(email)).code}
        assert (await browser.post("/api/v1/auth/verify-email", json=given)).status_code == 200

    @pytest.mark.parametrize("given", [{}, {"request": str(new_id()), "email": "chorok@example.org"}])
    async def test_the_mail_comes_again_by_one_of_them(self, client: httpx.AsyncClient, given: dict[str, str]) -> None:
        assert (await client.post("/api/v1/auth/resend-verification", json=given)).status_code == 422

    async def test_a_sixth_attempt_within_a_minute_is_refused_for_that_account(
        self, client: httpx.AsyncClient, mailbox: Mailbox
    ) -> None:
        tried, other = address(), address()
        await account(client, mailbox, other)
        wrong = {"email": tried, "password": "another password"}
        codes = [(await client.post("/api/v1/auth/login", json=wrong)).status_code for _ in range(6)]
        assert codes == [401] * 5 + [429]
        right = await client.post("/api/v1/auth/login", json={"email": other, "password": PASSWORD})
        assert right.status_code == 200

    async def test_one_that_is_closed_is_refused_to_who_knows_its_password(
        self, client: httpx.AsyncClient, mailbox: Mailbox, administration: Administration
    ) -> None:
        email = address()
        tokens = await account(client, mailbox, email)
        await administration.disable(email)
        assert (await client.get("/api/v1/auth/sessions", headers=bearer(tokens))).status_code == 401
        right = {"email": email, "password": PASSWORD}
        answers = [
            await client.post("/api/v1/auth/login", json=each, headers={"Accept-Language": "en"})
            for each in (right, {**right, "password": "another password"})
        ]
        assert [(each.status_code, each.json()["code"]) for each in answers] == [
            (403, "account_disabled"),
            (401, "sign_in_failed"),
        ]
        assert answers[0].json()["detail"].startswith("Whoever runs this server has closed this account.")

    async def test_sessions_are_listed_and_ended(self, client: httpx.AsyncClient, mailbox: Mailbox) -> None:
        email = address()
        first = await account(client, mailbox, email)
        phone = {"User-Agent": "Mozilla/5.0 (Linux; Android 16) Gecko/140.0 Firefox/140.0"}
        login = await client.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD}, headers=phone)
        listed = (await client.get("/api/v1/auth/sessions", headers=bearer(login.json()))).json()
        assert [(each["device"], each["current"]) for each in listed] == [("Firefox, Android", True), ("", False)]
        ended = await client.post("/api/v1/auth/logout-all", json={"others_only": True}, headers=bearer(login.json()))
        assert ended.status_code == 204
        assert (await client.get("/api/v1/auth/sessions", headers=bearer(first))).status_code == 401
        assert (await client.get("/api/v1/auth/sessions", headers=bearer(login.json()))).status_code == 200

    async def test_nobody_ends_a_session_of_others(self, client: httpx.AsyncClient) -> None:
        mine, theirs = await guest(client), await guest(client)
        listed = (await client.get("/api/v1/auth/sessions", headers=bearer(theirs))).json()
        response = await client.delete(f"/api/v1/auth/sessions/{listed[0]['id']}", headers=bearer(mine))
        assert (response.status_code, response.json()["code"]) == (404, "session_missing")

    async def test_what_happened_is_told(self, client: httpx.AsyncClient, mailbox: Mailbox) -> None:
        email = address()
        await account(client, mailbox, email)
        await client.post("/api/v1/auth/login", json={"email": email, "password": "another password"})
        login = await client.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        events = (await client.get("/api/v1/auth/events", headers=bearer(login.json()))).json()
        assert {each["kind"] for each in events} == {"registered", "sign_in_failed", "signed_in"}
        assert email not in str(events)

    async def test_an_expired_guest_is_not_left_behind_unnoticed(
        self, client: httpx.AsyncClient, mailbox: Mailbox, clock: Clockwork
    ) -> None:
        """Its page refreshes the token and asks again."""
        tokens = await guest(client)
        clock.move(minutes=16)
        body = {"email": address(), "password": PASSWORD, "username": "초록이"}
        response = await client.post("/api/v1/auth/register", json=body, headers=bearer(tokens))
        assert (response.status_code, response.json()["code"]) == (401, "token_expired")


class TestSecondFactor:
    async def test_is_added_and_asked_for(self, browser: httpx.AsyncClient, mailbox: Mailbox, clock: Clockwork) -> None:
        email = address()
        tokens = await account(browser, mailbox, email)
        added = await browser.post("/api/v1/auth/totp", headers=bearer(tokens))
        assert (added.status_code, added.headers["cache-control"]) == (201, "no-store")
        secret = added.json()["secret"]
        assert secret in added.json()["uri"]
        code = {"code": totp.code_at(secret, clock())}
        confirmed = await browser.post("/api/v1/auth/totp/confirm?end_others=true", json=code, headers=bearer(tokens))
        assert confirmed.status_code == 200
        codes = await browser.post("/api/v1/auth/recovery-codes", headers=bearer(confirmed.json()))
        assert (codes.status_code, len(codes.json()["codes"])) == (201, 10)

        login = await browser.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert (login.status_code, login.headers["cache-control"]) == (202, "no-store")
        mfa = login.json()["mfa"]
        assert (mfa["methods"], mfa["expires_in"]) == (["totp", "recovery_code"], 600)
        wrong = {"ticket": mfa["ticket"], "method": "totp", **code}
        refused = await browser.post("/api/v1/auth/login/mfa", json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "factor_wrong")
        clock.now += totp.STEP
        right = {**wrong, "code": totp.code_at(secret, clock())}
        signed_in = await browser.post("/api/v1/auth/login/mfa", json=right)
        assert (signed_in.status_code, signed_in.json()["user"]["id"]) == (200, tokens["user"]["id"])  # type: ignore[index]
        again = await browser.post("/api/v1/auth/login/mfa", json=right)
        assert (again.status_code, again.json()["code"]) == (401, "factor_ticket_invalid")

    async def test_is_shown_again_and_removed(
        self, client: httpx.AsyncClient, mailbox: Mailbox, clock: Clockwork
    ) -> None:
        tokens = await account(client, mailbox, address())
        secret = (await client.post("/api/v1/auth/totp", headers=bearer(tokens))).json()["secret"]
        code = {"code": totp.code_at(secret, clock())}
        tokens = (await client.post("/api/v1/auth/totp/confirm", json=code, headers=bearer(tokens))).json()
        password = {"password": PASSWORD}
        needed = await client.post("/api/v1/auth/reauthenticate", json=password, headers=bearer(tokens))
        assert (needed.status_code, needed.json()["code"]) == (403, "factor_needed")
        told = await client.get("/api/v1/auth/factors", headers=bearer(tokens))
        assert told.json() == {"methods": ["totp"], "recovery_codes": 0}
        clock.now += totp.STEP
        both = {**password, "method": "totp", "code": totp.code_at(secret, clock())}
        tokens = (await client.post("/api/v1/auth/reauthenticate", json=both, headers=bearer(tokens))).json()
        assert (await client.delete("/api/v1/auth/totp", headers=bearer(tokens))).status_code == 204

    @pytest.mark.parametrize("method", ["password", "name", "", None])
    async def test_is_none_of_the_first_ones(self, client: httpx.AsyncClient, method: object) -> None:
        body = {"ticket": "x" * 59, "method": method, "code": "000000"}
        assert (await client.post("/api/v1/auth/login/mfa", json=body)).status_code == 422


class TestPasskeys:
    async def test_are_added_signed_in_by_and_kept_as_the_only_way_in(self, browser: httpx.AsyncClient) -> None:
        device = Authenticator("https://bunri.example")
        tokens = await guest(browser)
        made = await created(browser, tokens, device)
        body = {**made, "name": "열쇠"}
        added = await browser.post("/api/v1/auth/passkeys/registration/verify", json=body, headers=bearer(tokens))
        assert (added.status_code, added.json()["user"]["kind"]) == (201, "account")

        shown = await signed(browser, device)
        login = await browser.post("/api/v1/auth/passkeys/authentication/verify", json=shown)
        assert (login.status_code, login.json()["user"]) == (200, added.json()["user"])
        again = await browser.post("/api/v1/auth/passkeys/authentication/verify", json=shown)
        assert (again.status_code, again.json()["code"]) == (422, "passkey_invalid")

        (listed,) = (await browser.get("/api/v1/auth/passkeys", headers=bearer(login.json()))).json()
        assert listed["name"] == "열쇠"
        refused = await browser.delete(f"/api/v1/auth/passkeys/{listed['id']}", headers=bearer(login.json()))
        assert (refused.status_code, refused.json()["code"]) == (409, "last_way_in")

    async def test_elsewhere_are_told_where_they_are_good(self, client: httpx.AsyncClient) -> None:
        """[22]"""
        headers = {"Origin": "https://www.bunri.example", "Accept-Language": "en"}
        refused = await client.post("/api/v1/auth/passkeys/authentication/options", headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "passkey_elsewhere")
        assert refused.json()["detail"] == "Passkeys work at https://bunri.example only. Please open bunri there."

    async def test_show_anew_who_one_is(self, browser: httpx.AsyncClient, clock: Clockwork) -> None:
        device = Authenticator("https://bunri.example")
        tokens = await guest(browser)
        made = await created(browser, tokens, device)
        added = await browser.post("/api/v1/auth/passkeys/registration/verify", json=made, headers=bearer(tokens))
        tokens = added.json()
        clock.move(minutes=10, seconds=1)
        shown = {"passkey": await signed(browser, device)}
        again = await browser.post("/api/v1/auth/reauthenticate", json=shown, headers=bearer(tokens))
        assert (again.status_code, again.json()["user"]) == (200, tokens["user"])
        refused = await browser.post("/api/v1/auth/reauthenticate", json=shown, headers=bearer(again.json()))
        assert (refused.status_code, refused.json()["code"]) == (422, "passkey_invalid")
        both = {**shown, "password": PASSWORD}
        for body in ({}, both):
            response = await browser.post("/api/v1/auth/reauthenticate", json=body, headers=bearer(again.json()))
            assert response.status_code == 422

    async def test_are_a_second_factor(self, browser: httpx.AsyncClient, mailbox: Mailbox) -> None:
        email, device = address(), Authenticator("https://bunri.example")
        tokens = await account(browser, mailbox, email)
        made = await created(browser, tokens, device)
        await browser.post("/api/v1/auth/passkeys/registration/verify", json=made, headers=bearer(tokens))
        login = await browser.post("/api/v1/auth/login", json={"email": email, "password": PASSWORD})
        assert (login.status_code, login.json()["mfa"]["methods"]) == (202, ["passkey"])
        shown = await signed(browser, device)
        body = {"ticket": login.json()["mfa"]["ticket"], "method": "passkey", "passkey": shown}
        assert (await browser.post("/api/v1/auth/login/mfa", json=body)).status_code == 200


async def created(client: httpx.AsyncClient, tokens: dict[str, str], device: Authenticator) -> dict[str, object]:
    """A new passkey, to be verified."""
    asked = await client.post("/api/v1/auth/passkeys/registration/options", headers=bearer(tokens))
    assert (asked.status_code, asked.headers["cache-control"]) == (200, "no-store")
    return {"request": asked.json()["request"], "credential": device.create(asked.json()["options"])}


async def signed(client: httpx.AsyncClient, device: Authenticator) -> dict[str, object]:
    """A challenge, signed by the device's passkey."""
    asked = (await client.post("/api/v1/auth/passkeys/authentication/options")).json()
    assert asked["options"]["userVerification"] == "required"
    return {"request": asked["request"], "credential": device.get(asked["options"])}


def shape(response: httpx.Response) -> object:
    """An answer without what differs each time."""
    told = response.json()
    return {name: value for name, value in told.items() if name not in ("request", "request_id")}


async def test_keys_are_published(client: httpx.AsyncClient) -> None:
    response = await client.get("/.well-known/jwks.json")
    assert {key["kty"] for key in response.json()["keys"]} == {"OKP"}
    assert "d" not in response.json()["keys"][0]
