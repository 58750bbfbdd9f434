"""Connections with accounts elsewhere: listed, removed, and ended at the provider, which may be away."""

from collections.abc import AsyncIterator, Mapping

import httpx
import pytest
from sqlalchemy import select
from structlog.testing import capture_logs
from structlog.typing import EventDict
from tests.domains.auth.people import Browser, Mailbox, Person, Registering, address, caller_of
from tests.support.api import bare_app, client_of
from tests.support.authenticator import Authenticator
from tests.support.clockwork import Clockwork
from tests.support.oauth_server import Providers as Played
from tests.support.providers import Only
from tests.support.servers import Step, garbage, hang, slow, status

from bunri.domains.auth import models
from bunri.domains.auth.endpoints import identities as endpoints
from bunri.domains.auth.errors import IdentityMissing, LastWayIn, ReauthenticationNeeded
from bunri.domains.auth.public import Kind
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.schemas import Tokens
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.identities import Identities
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.unlinking import WAITS, Unlinkings
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.auth.tokens import Verifier
from bunri.kit.clock import now
from bunri.platform.db import Database, Transaction
from bunri.platform.oauth.factory import open_providers
from bunri.platform.oauth.protocol import Provider, ProviderName

NAMES = ["kakao", "naver", "google"]
KAKAO = "/kakao/v1/user/unlink"
ADMIN = {"kakao": {"admin_key": "kakao-admin-key"}}


@pytest.fixture
async def with_admin_key(played: Played) -> AsyncIterator[Mapping[ProviderName, Provider]]:
    """Kakao as an operator has it who has set the admin key; it gives up quickly."""
    made = open_providers(played.settings(kakao={**ADMIN["kakao"], "timeout_s": 0.5, "breaker_failures": 100}), now)
    yield made
    for each in made.values():
        await each.aclose()


@pytest.fixture
def unlinkings(
    transaction: Transaction[AuthRepository],
    opened: Mapping[ProviderName, Provider],
    cipher: SecretCipher,
    clock: Clockwork,
) -> Unlinkings:
    return Unlinkings(transaction, lambda: opened, cipher, clock)


@pytest.fixture
def by_admin(
    transaction: Transaction[AuthRepository],
    with_admin_key: Mapping[ProviderName, Provider],
    cipher: SecretCipher,
    clock: Clockwork,
) -> Unlinkings:
    return Unlinkings(transaction, lambda: with_admin_key, cipher, clock)


@pytest.fixture
def identities(context: AuthContext) -> Identities:
    return Identities(context)


def told(logs: list[EventDict]) -> list[tuple[str, str]]:
    """What was logged of unlinking, as (event, provider); other work of this process may have written beside it."""
    return [(each["event"], each["provider"]) for each in logs if each["event"].startswith("unlinking.")]


@pytest.fixture(autouse=True)
async def nothing_waits(database: Database) -> None:
    """Of other tests."""
    async with database.transaction("auth") as session:
        await session.execute(models.Unlinking.__table__.delete())  # type: ignore[attr-defined]  # a table has it


async def waiting(database: Database) -> list[str]:
    """The subjects of the connections that are still to be ended."""
    async with database.transaction("auth") as session:
        return list((await session.execute(select(models.Unlinking.subject))).scalars())


class TestErasing:
    @pytest.mark.parametrize("name", NAMES)
    async def test_ends_the_connection(
        self,
        browser: Browser,
        upkeep: Upkeep,
        unlinkings: Unlinkings,
        played: Played,
        database: Database,
        clock: Clockwork,
        name: str,
    ) -> None:
        account = await browser.sign_in(name)
        clock.move(days=14)
        await upkeep.erase(account.user.id)
        assert played.provider(name).unlinked == []
        await unlinkings.work()
        assert len(played.provider(name).unlinked) == 1
        assert await waiting(database) == []

    async def test_with_the_admin_key_needs_no_token(
        self, browser: Browser, upkeep: Upkeep, by_admin: Unlinkings, played: Played
    ) -> None:
        account = await browser.sign_in("kakao")
        played.kakao.refresh_tokens.clear()
        await upkeep.erase(account.user.id)
        await by_admin.work()
        assert played.kakao.unlinked == [played.kakao.subject]
        [asked] = played.requests(KAKAO)
        assert asked.headers["authorization"] == "KakaoAK kakao-admin-key"
        assert asked.body == f"target_id_type=user_id&target_id={played.kakao.subject}".encode()

    @pytest.mark.parametrize("name", NAMES)
    async def test_where_no_token_is_good_any_more_is_logged_and_over(
        self,
        browser: Browser,
        upkeep: Upkeep,
        unlinkings: Unlinkings,
        played: Played,
        database: Database,
        name: str,
    ) -> None:
        account = await browser.sign_in(name)
        played.provider(name).refresh_tokens.clear()
        await upkeep.erase(account.user.id)
        with capture_logs() as logs:
            await unlinkings.work()
        assert told(logs) == [("unlinking.impossible", name)]
        assert await waiting(database) == []

    async def test_of_a_provider_that_is_not_set_up_any_more_is_logged_and_over(
        self,
        browser: Browser,
        upkeep: Upkeep,
        transaction: Transaction[AuthRepository],
        cipher: SecretCipher,
        clock: Clockwork,
        database: Database,
    ) -> None:
        account = await browser.sign_in("naver")
        await upkeep.erase(account.user.id)
        with capture_logs() as logs:
            await Unlinkings(transaction, dict, cipher, clock).work()
        assert told(logs) == [("unlinking.impossible", "naver")]
        assert await waiting(database) == []

    async def test_keeps_no_token_that_can_be_read(self, browser: Browser, played: Played, database: Database) -> None:
        await browser.sign_in("naver")
        async with database.transaction("auth") as session:
            kept = [each for each in (await session.execute(select(models.Identity.refresh_token))).scalars() if each]
        assert kept
        [token] = played.naver.refresh_tokens
        assert not any(token.encode() in each for each in kept)

    async def test_leaves_the_connection_of_who_has_come_back(
        self, browser: Browser, upkeep: Upkeep, unlinkings: Unlinkings, played: Played, database: Database
    ) -> None:
        account = await browser.sign_in("kakao")
        await upkeep.erase(account.user.id)
        again = await browser.sign_in("kakao")
        assert again.user.id != account.user.id
        await unlinkings.work()
        assert (played.kakao.unlinked, await waiting(database)) == ([], [])


class TestAProviderThatIsAway:
    """The erasure is done all the same."""

    @pytest.fixture
    async def erased(self, browser: Browser, upkeep: Upkeep, database: Database) -> str:
        account = await browser.sign_in("kakao")
        await upkeep.erase(account.user.id)
        async with database.transaction("auth") as session:
            left = await session.execute(select(models.Identity).where(models.Identity.provider == "kakao"))
            assert account.user.id.removeprefix("guest_") not in {str(each.person_id) for each in left.scalars()}
        return account.user.id

    @pytest.mark.parametrize(
        "step",
        [
            pytest.param(status(500, {"msg": "internal", "code": -1}), id="500"),
            pytest.param(status(503, {"msg": "maintenance", "code": -9798}), id="maintenance"),
            pytest.param(status(401, {"msg": "wrong appKey", "code": -401}), id="-401"),
            pytest.param(status(429, None), id="429"),
            pytest.param(garbage(), id="garbage"),
            pytest.param(hang, id="hang"),
            pytest.param(slow(30, status(200, {"id": 1})), id="slow"),
        ],
    )
    async def test_is_asked_again_later(
        self, erased: str, by_admin: Unlinkings, played: Played, clock: Clockwork, database: Database, step: Step
    ) -> None:
        assert erased
        played.fail(KAKAO, step)
        with capture_logs() as logs:
            await by_admin.work()
        assert "unlinking.put_off" in {each["event"] for each in logs}
        asked = len(played.requests(KAKAO))
        await by_admin.work()  # not before its time
        assert len(played.requests(KAKAO)) == asked
        played.mend()
        clock.now += WAITS[0]
        await by_admin.work()
        assert played.kakao.unlinked == [played.kakao.subject]
        assert await waiting(database) == []

    async def test_is_given_up_after_some_days_with_a_line_in_the_log(
        self, erased: str, by_admin: Unlinkings, played: Played, clock: Clockwork, database: Database
    ) -> None:
        assert erased
        played.fail(KAKAO, status(503, None))
        with capture_logs() as logs:
            for wait in WAITS:
                await by_admin.work()
                assert len(await waiting(database)) == 1
                clock.now += wait
            await by_admin.work()
        [line] = [each for each in logs if each["event"] == "unlinking.given_up"]
        assert (line["log_level"], line["provider"], line["attempts"]) == ("error", "kakao", len(WAITS) + 1)
        assert await waiting(database) == []

    async def test_does_not_hold_up_the_others(
        self, erased: str, browser: Browser, upkeep: Upkeep, by_admin: Unlinkings, played: Played
    ) -> None:
        assert erased
        account = await browser.sign_in("naver")
        await upkeep.erase(account.user.id)
        played.fail(KAKAO, hang)
        await by_admin.work()
        assert len(played.naver.unlinked) == 1


class TestRemoving:
    async def linked(self, browser: Browser, registering: Registering, verifier: Verifier) -> Tokens:
        """Somebody with a password, who signs in by Kakao, too."""
        account = await registering.account(address())
        return await browser.sign_in("kakao", caller_of(verifier, account))

    async def test_one_of_two_ways(
        self,
        browser: Browser,
        registering: Registering,
        identities: Identities,
        unlinkings: Unlinkings,
        played: Played,
        mailbox: Mailbox,
        verifier: Verifier,
        sessions: Sessions,
    ) -> None:
        account = await self.linked(browser, registering, verifier)
        caller = caller_of(verifier, account)
        assert [each.provider for each in await identities.of(caller)] == ["kakao"]
        await mailbox.all()
        await identities.remove(caller, "kakao", end_others=False)
        assert await identities.of(caller) == []
        assert "로그인 방법이 하나 지워졌어요" in (await mailbox.all())[0].text
        assert "identity_unlinked" in {each.kind for each in await sessions.events(caller)}
        await unlinkings.work()
        assert played.kakao.unlinked == [played.kakao.subject]
        stranger = await browser.sign_in("kakao")
        assert (stranger.user.kind, stranger.user.id != account.user.id) == (Kind.ACCOUNT, True)

    async def test_the_last_way_in_is_refused(
        self, browser: Browser, identities: Identities, person: Person, verifier: Verifier, database: Database
    ) -> None:
        account = await browser.sign_in("kakao")
        with pytest.raises(LastWayIn):
            await identities.remove(caller_of(verifier, account), "kakao", end_others=False)
        assert await waiting(database) == []
        with_passkey = await person.add(account, Authenticator("https://bunri.example"))
        await identities.remove(caller_of(verifier, with_passkey), "kakao", end_others=False)

    async def test_of_two_at_once_one_stays(self, browser: Browser, identities: Identities, verifier: Verifier) -> None:
        account = await browser.sign_in("kakao")
        account = await browser.sign_in("naver", caller_of(verifier, account))
        caller = caller_of(verifier, account)
        await identities.remove(caller, "kakao", end_others=False)
        with pytest.raises(LastWayIn):
            await identities.remove(caller, "naver", end_others=False)
        assert [each.provider for each in await identities.of(caller)] == ["naver"]

    async def test_what_is_not_there_or_too_late(
        self,
        browser: Browser,
        registering: Registering,
        identities: Identities,
        verifier: Verifier,
        clock: Clockwork,
    ) -> None:
        caller = caller_of(verifier, await self.linked(browser, registering, verifier))
        with pytest.raises(IdentityMissing):
            await identities.remove(caller, "google", end_others=False)
        clock.move(minutes=10, seconds=1)
        with pytest.raises(ReauthenticationNeeded):
            await identities.remove(caller, "kakao", end_others=False)

    async def test_over_http(
        self, browser: Browser, registering: Registering, identities: Identities, verifier: Verifier
    ) -> None:
        account = await self.linked(browser, registering, verifier)
        app = bare_app(endpoints.router)
        app.state.providers, app.state.verifier = Only(identities), verifier
        headers = {"Authorization": f"Bearer {account.access_token}"}
        async with client_of(app, headers=headers) as client:
            listed: httpx.Response = await client.get("/api/v1/auth/identities")
            assert [each["provider"] for each in listed.json()] == ["kakao"]
            assert (await client.delete("/api/v1/auth/identities/kakao")).status_code == 204
            again = await client.delete("/api/v1/auth/identities/kakao")
            assert (again.status_code, again.json()["code"]) == (404, "identity_missing")
            assert (await client.delete("/api/v1/auth/identities/apple")).status_code == 422
