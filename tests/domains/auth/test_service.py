"""A guest's session from sign-in to its end."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from tests.domains.auth.conftest import SEED, Clockwork

from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.service import AuthService
from bunri.domains.auth.settings import AuthSettings
from bunri.domains.auth.tokens import Verifier, new_refresh, session_of, signing_key
from bunri.kit.ids import new_id

GRACE = AuthSettings().refresh_grace
TTL = AuthSettings().refresh_ttl


async def token_of_a_guest(auth: AuthService) -> str:
    return (await auth.sign_in_guest("초록이")).refresh_token


async def refreshed(auth: AuthService, token: str) -> str:
    """The token that follows."""
    return (await auth.refresh(token)).refresh_token


async def is_over(auth: AuthService, token: str) -> bool:
    try:
        await auth.refresh(token)
    except RefreshInvalid:
        return True
    return False


class TestSigningIn:
    async def test_makes_a_guest_that_the_access_token_names(self, auth: AuthService, clock: Clockwork) -> None:
        tokens = await auth.sign_in_guest("초록이")
        caller = Verifier(signing_key(SEED), clock).verify(tokens.access_token)
        assert tokens.user.id.startswith("guest_")
        assert (caller.id, caller.name) == (tokens.user.id, "초록이")
        assert caller.expires_at == clock.now + timedelta(seconds=tokens.expires_in)

    async def test_with_a_name_that_somebody_has_makes_another_guest(self, auth: AuthService) -> None:
        one, other = await auth.sign_in_guest("초록이"), await auth.sign_in_guest("초록이")
        assert one.user.id != other.user.id
        assert session_of(one.refresh_token) != session_of(other.refresh_token)


class TestRefreshing:
    async def test_keeps_the_guest_and_changes_the_token(self, auth: AuthService, clock: Clockwork) -> None:
        first = await auth.sign_in_guest("초록이")
        clock.move(hours=1)
        second = await auth.refresh(first.refresh_token)
        assert second.user == first.user
        assert second.refresh_token != first.refresh_token
        assert second.access_token != first.access_token

    async def test_goes_on_for_as_long_as_the_session_is_used(self, auth: AuthService, clock: Clockwork) -> None:
        token = await token_of_a_guest(auth)
        for _ in range(3):
            clock.now += TTL - timedelta(seconds=1)
            token = await refreshed(auth, token)

    async def test_of_an_unused_session_ends(self, auth: AuthService, clock: Clockwork) -> None:
        token = await token_of_a_guest(auth)
        clock.now += TTL
        assert await is_over(auth, token)

    async def test_in_two_tabs_at_once_gives_both_the_same_token(self, auth: AuthService) -> None:
        token = await token_of_a_guest(auth)
        one, other = await asyncio.gather(refreshed(auth, token), refreshed(auth, token))
        assert one == other
        assert not await is_over(auth, one)

    async def test_with_the_token_before_the_newest_is_good_within_the_grace(
        self, auth: AuthService, clock: Clockwork
    ) -> None:
        token = await token_of_a_guest(auth)
        newest = await refreshed(auth, token)
        clock.now += GRACE
        assert await refreshed(auth, token) == newest


class TestReuse:
    """A token that comes back has been in two hands: the session ends for both."""

    async def test_of_the_token_before_the_newest_ends_the_session(self, auth: AuthService, clock: Clockwork) -> None:
        token = await token_of_a_guest(auth)
        newest = await refreshed(auth, token)
        clock.now += GRACE + timedelta(seconds=1)
        assert await is_over(auth, token)
        assert await is_over(auth, newest)

    @pytest.mark.parametrize("rotations", [2, 5])
    async def test_of_any_older_token_ends_the_session_even_within_the_grace(
        self, auth: AuthService, rotations: int
    ) -> None:
        oldest = newest = await token_of_a_guest(auth)
        for _ in range(rotations):
            newest = await refreshed(auth, newest)
        assert await is_over(auth, oldest)
        assert await is_over(auth, newest)

    async def test_leaves_other_sessions_alone(self, auth: AuthService) -> None:
        token, other = [await token_of_a_guest(auth) for _ in range(2)]
        newest = await refreshed(auth, await refreshed(auth, token))
        assert await is_over(auth, token)
        assert await is_over(auth, newest)
        assert not await is_over(auth, other)


class TestUnknownTokens:
    @pytest.mark.parametrize(
        "token", ["no token at all, but long", "." * 40, "0197b2d0-0000-7000-8000-000000000001", "x" * 128]
    )
    async def test_end_nothing_and_give_nothing(self, auth: AuthService, token: str) -> None:
        assert await is_over(auth, token)

    async def test_of_sessions_that_never_were_give_nothing(self, auth: AuthService) -> None:
        assert await is_over(auth, new_refresh(SEED, new_id()))

    @pytest.mark.parametrize(
        "made_up",
        ["{id}", "{id}.", "{id}.x.y", "{id}.{secret}x", "{id}.{other}", "{id}.{secret}.{secret}", "{id}." + "é" * 30],
    )
    async def test_that_name_a_session_do_not_end_it(self, auth: AuthService, made_up: str) -> None:
        token, other = [await token_of_a_guest(auth) for _ in range(2)]
        session_id, _, secret = (await refreshed(auth, token)).partition(".")
        forged = made_up.format(id=session_id, secret=secret, other=other.partition(".")[2])
        assert await is_over(auth, forged)
        assert await is_over(auth, new_refresh("another seed", UUID(session_id)))
        assert not await is_over(auth, f"{session_id}.{secret}")
