"""A guest's session from sign-in to its end."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from tests.domains.auth.people import SEED, SETTINGS, refresh_of
from tests.support.clockwork import Clockwork

from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier, new_refresh, session_of
from bunri.kit.ids import new_id

GRACE = SETTINGS.refresh_grace
TTL = SETTINGS.guest_refresh_ttl


async def token_of_a_guest(guests: Guests) -> str:
    return refresh_of(await guests.sign_in("초록이"))


async def refreshed(sessions: Sessions, token: str) -> str:
    """The token that follows."""
    return refresh_of(await sessions.refresh(token))


async def is_over(sessions: Sessions, token: str) -> bool:
    try:
        await sessions.refresh(token)
    except RefreshInvalid:
        return True
    return False


class TestSigningIn:
    async def test_makes_a_guest_that_the_access_token_names(
        self, guests: Guests, sessions: Sessions, clock: Clockwork
    ) -> None:
        tokens = await guests.sign_in("초록이")
        caller = Verifier(SigningKeys(SEED), clock).verify(tokens.access_token)
        assert tokens.user.id.startswith("guest_")
        assert (caller.id, caller.name) == (tokens.user.id, "초록이")
        assert caller.expires_at == clock.now + timedelta(seconds=tokens.expires_in)

    async def test_with_a_name_that_somebody_has_makes_another_guest(self, guests: Guests, sessions: Sessions) -> None:
        one, other = await guests.sign_in("초록이"), await guests.sign_in("초록이")
        assert one.user.id != other.user.id
        assert session_of(refresh_of(one)) != session_of(refresh_of(other))


class TestRefreshing:
    async def test_keeps_the_guest_and_changes_the_token(
        self, guests: Guests, sessions: Sessions, clock: Clockwork
    ) -> None:
        first = await guests.sign_in("초록이")
        clock.move(hours=1)
        second = await sessions.refresh(refresh_of(first))
        assert second.user == first.user
        assert second.refresh_token != first.refresh_token
        assert second.access_token != first.access_token

    async def test_goes_on_for_as_long_as_the_session_is_used(
        self, guests: Guests, sessions: Sessions, clock: Clockwork
    ) -> None:
        token = await token_of_a_guest(guests)
        for _ in range(3):
            clock.now += TTL - timedelta(seconds=1)
            token = await refreshed(sessions, token)

    async def test_of_an_unused_session_ends(self, guests: Guests, sessions: Sessions, clock: Clockwork) -> None:
        token = await token_of_a_guest(guests)
        clock.now += TTL
        assert await is_over(sessions, token)

    async def test_in_two_tabs_at_once_gives_both_the_same_token(self, guests: Guests, sessions: Sessions) -> None:
        token = await token_of_a_guest(guests)
        one, other = await asyncio.gather(refreshed(sessions, token), refreshed(sessions, token))
        assert one == other
        assert not await is_over(sessions, one)

    async def test_with_the_token_before_the_newest_is_good_within_the_grace(
        self, guests: Guests, sessions: Sessions, clock: Clockwork
    ) -> None:
        token = await token_of_a_guest(guests)
        newest = await refreshed(sessions, token)
        clock.now += GRACE
        assert await refreshed(sessions, token) == newest


class TestReuse:
    """A token that comes back has been in two hands: the session ends for both."""

    async def test_of_the_token_before_the_newest_ends_the_session(
        self, guests: Guests, sessions: Sessions, clock: Clockwork
    ) -> None:
        token = await token_of_a_guest(guests)
        newest = await refreshed(sessions, token)
        clock.now += GRACE + timedelta(seconds=1)
        assert await is_over(sessions, token)
        assert await is_over(sessions, newest)

    @pytest.mark.parametrize("rotations", [2, 5])
    async def test_of_any_older_token_ends_the_session_even_within_the_grace(
        self, guests: Guests, sessions: Sessions, rotations: int
    ) -> None:
        oldest = newest = await token_of_a_guest(guests)
        for _ in range(rotations):
            newest = await refreshed(sessions, newest)
        assert await is_over(sessions, oldest)
        assert await is_over(sessions, newest)

    async def test_leaves_other_sessions_alone(self, guests: Guests, sessions: Sessions) -> None:
        token, other = [await token_of_a_guest(guests) for _ in range(2)]
        newest = await refreshed(sessions, await refreshed(sessions, token))
        assert await is_over(sessions, token)
        assert await is_over(sessions, newest)
        assert not await is_over(sessions, other)


class TestUnknownTokens:
    @pytest.mark.parametrize(
        "token", ["no token at all, but long", "." * 40, "0197b2d0-0000-7000-8000-000000000001", "x" * 128]
    )
    async def test_end_nothing_and_give_nothing(self, guests: Guests, sessions: Sessions, token: str) -> None:
        assert await is_over(sessions, token)

    async def test_of_sessions_that_never_were_give_nothing(self, guests: Guests, sessions: Sessions) -> None:
        assert await is_over(sessions, new_refresh(SEED, new_id()))

    @pytest.mark.parametrize(
        "made_up",
        ["{id}", "{id}.", "{id}.x.y", "{id}.{secret}x", "{id}.{other}", "{id}.{secret}.{secret}", "{id}." + "é" * 30],
    )
    async def test_that_name_a_session_do_not_end_it(self, guests: Guests, sessions: Sessions, made_up: str) -> None:
        token, other = [await token_of_a_guest(guests) for _ in range(2)]
        session_id, _, secret = (await refreshed(sessions, token)).partition(".")
        forged = made_up.format(id=session_id, secret=secret, other=other.partition(".")[2])
        assert await is_over(sessions, forged)
        assert await is_over(sessions, new_refresh("another seed", UUID(session_id)))
        assert not await is_over(sessions, f"{session_id}.{secret}")
