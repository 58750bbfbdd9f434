"""Faults that others had, as tests. What is in no other file is here; this is where each of them is tested:

=== ================================================================== =================================================
row given and expected                                                 tests
=== ================================================================== =================================================
1   twenty tabs refresh at once: all stay in                           test_accounts.TestSigningIn; web/src/api/session.test.ts
2   a token two rotations old, within the grace: the family ends       test_endpoints.TestRefresh
3   known and unknown addresses: same body, status and time            test_endpoints.TestAccounts (no test asserts times)
4   an empty password or a field error tells nothing                   test_endpoints.TestAccounts
5   an attacker registered the victim's address before                 test_accounts.TestRegistering
6   a provider's unverified address equals an account's                test_providers.TestAddresses
7   a used or foreign state                                            test_providers.TestSigningIn
8   ``next`` that leads elsewhere                                      test_providers.test_only_pages_of_ours_…
9   a mail scanner follows the link                                    test_accounts.TestRegistering
10  the link of a change that was asked anew                           test_accounts.TestAddresses
11  the link in another browser                                        test_accounts.TestRegistering, test_endpoints
12  the old address is told, and can be put back                       test_accounts.TestAddresses
13  a deleted account's old link                                       test_accounts.TestLeaving
14  linking fails: the guest is intact, and comes along where it may   here; test_providers, test_accounts.TestSigningIn
15  a guest's merge is broken off and repeated                         tests/app/test_guest_merging.py
16  strict cookies on the way back from a provider                     test_providers.TestOverHttp
17  clocks half a minute and five minutes apart                        here; test_tokens; tests/platform/oauth/test_id_tokens.py
18  signed out: tokens fail everywhere, sockets close                  test_revocation; tests/edge/realtime/test_server.py
19  invented addresses, real ones against one account, a school        tests/edge/http/test_rate_limits.py; tests/app/test_limits.py
20  a six-digit code: five tries, ten minutes, one request             test_accounts.TestCodes, test_factors
21  a code of an authenticator app, twice                              test_factors.TestSigningInByTwo
22  a passkey at another host name                                     test_passkeys.TestHosts, test_endpoints
23  a passkey not unlocked, an old challenge, a lower counter          test_passkeys.TestSigningIn, TestAdding
24  guests without end; guests who never come back                     tests/app/test_limits.py; test_guests
25  a provider tells of no address                                     test_providers.TestAddresses
26  a provider is away, in maintenance, or silent                      here; test_providers.TestFaults
=== ================================================================== =================================================
"""  # noqa: E501  # a table

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

import pytest
from tests.domains.auth.people import (
    HERE,
    HOME,
    PASSWORD,
    PHONE,
    SEED,
    Browser,
    Mailbox,
    Registering,
    address,
    caller_of,
    events,
    is_over,
    refresh_of,
    signed_in,
)
from tests.support.clockwork import Clockwork
from tests.support.oauth_server import Providers as Played
from tests.support.servers import Step, hang, status

from bunri.domains.auth.errors import AttemptInvalid, IdentityEmailKnown
from bunri.domains.auth.public import GuestMerged, Kind, TokenExpired, TokenInvalid
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.context import AuthContext
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.providers import Providers
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier
from bunri.kit.clock import now
from bunri.platform.db import Database
from bunri.platform.oauth.errors import ProviderUnavailable
from bunri.platform.oauth.factory import open_providers
from bunri.platform.oauth.protocol import Provider, ProviderName


class TestLinkingThatFails:
    """[14]"""

    async def test_leaves_the_guest_as_it_was(
        self,
        browser: Browser,
        registering: Registering,
        guests: Guests,
        sessions: Sessions,
        verifier: Verifier,
        played: Played,
    ) -> None:
        email = address()
        await registering.account(email)
        played.naver.person["email"] = email
        guest = await guests.sign_in("파랑이")
        caller = caller_of(verifier, guest)
        with pytest.raises(IdentityEmailKnown):
            await browser.sign_in("naver", caller)
        with pytest.raises(AttemptInvalid):
            await browser.finish("naver", {"code": "x", "state": "made up"}, caller)
        assert verifier.verify(guest.access_token).id == guest.user.id
        assert (await sessions.refresh(refresh_of(guest))).user.kind == Kind.GUEST

    async def test_since_the_identity_is_another_accounts_brings_the_guests_things_there(
        self, browser: Browser, guests: Guests, verifier: Verifier, database: Database
    ) -> None:
        account = await browser.sign_in("kakao")
        guest = await guests.sign_in("파랑이")
        signed = await browser.sign_in("kakao", caller_of(verifier, guest))
        assert signed.user == account.user
        assert GuestMerged(old=guest.user.id, new=account.user.id) in await events(database, GuestMerged)
        with pytest.raises(TokenExpired):
            verifier.verify(guest.access_token)

    async def test_can_be_done_by_the_password_first(
        self,
        browser: Browser,
        accounts: Accounts,
        registering: Registering,
        mailbox: Mailbox,
        verifier: Verifier,
        played: Played,
    ) -> None:
        """As the refusal says: sign in with the password, then add this way."""
        email = address()
        account = await registering.account(email)
        played.naver.person["email"] = email
        with pytest.raises(IdentityEmailKnown):
            await browser.sign_in("naver")
        await mailbox.all()
        by_password = signed_in(await accounts.sign_in(email, PASSWORD, PHONE, None))
        assert (await browser.sign_in("naver", caller_of(verifier, by_password))).user == account.user
        assert (await browser.sign_in("naver")).user == account.user


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (30, True), (-30, True), (300, False)])
async def test_a_server_whose_clock_is_behind(
    guests: Guests, ended: EndedSessions, clock: Clockwork, seconds: int, good: bool
) -> None:
    """[17] A token comes from a process whose clock is some seconds ahead."""
    guest = await guests.sign_in("초록이")
    elsewhere = Verifier(SigningKeys(SEED), lambda: clock() - timedelta(seconds=seconds), ended.contains)
    if good:
        assert elsewhere.verify(guest.access_token).id == guest.user.id
        return
    with pytest.raises(TokenInvalid) as refused:
        elsewhere.verify(guest.access_token)
    assert refused.value.code == "token_invalid"


class TestAProviderThatIsAway:
    """[26]"""

    @pytest.fixture
    async def impatient(self, played: Played) -> AsyncIterator[Mapping[ProviderName, Provider]]:
        made = open_providers(played.settings(kakao={"timeout_s": 0.5, "ask_email": True}), now)
        yield made
        for each in made.values():
            await each.aclose()

    @pytest.fixture
    def providers(
        self,
        context: AuthContext,
        impatient: Mapping[ProviderName, Provider],
        sign_ins: SignIns,
        cipher: SecretCipher,
    ) -> Providers:
        return Providers(context, impatient, sign_ins, cipher, SEED, HOME)

    @pytest.mark.parametrize("path", ["/kakao/oauth/token", "/kakao/v2/user/me", "/kakao/.well-known/jwks.json"])
    @pytest.mark.parametrize(
        "step", [pytest.param(hang, id="hang"), pytest.param(status(503, {"code": -9798}), id="maintenance")]
    )
    async def test_makes_no_half_account_and_keeps_nobody_from_the_other_ways(
        self,
        browser: Browser,
        accounts: Accounts,
        registering: Registering,
        guests: Guests,
        sessions: Sessions,
        verifier: Verifier,
        played: Played,
        path: str,
        step: Step,
    ) -> None:
        email = address()
        await registering.account(email)
        guest = await guests.sign_in("파랑이")
        played.fail(path, step)
        with pytest.raises(ProviderUnavailable) as refused:
            await browser.sign_in("kakao", caller_of(verifier, guest))
        assert refused.value.code == "sign_in_unavailable"
        assert (await sessions.refresh(refresh_of(guest))).user.kind == Kind.GUEST
        assert (await browser.sign_in("naver")).user.kind == Kind.ACCOUNT
        assert await accounts.sign_in(email, PASSWORD, PHONE, None, HERE)
        played.mend()
        first = await browser.sign_in("kakao")
        assert first.user.id != guest.user.id
        assert not await is_over(sessions, first)
