"""What auth keeps of a person: shown, removed."""

import pytest
from tests.domains.auth.people import SEED, refresh_of
from tests.support.clockwork import Clockwork

from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.revocation import EndedSessions
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.domains.auth.signing_keys import SigningKeys
from bunri.domains.auth.tokens import Verifier
from bunri.domains.auth.user_data import AuthUserData


@pytest.fixture
def data(upkeep: Upkeep) -> AuthUserData:
    return AuthUserData(upkeep)


class TestExport:
    async def test_has_the_name_and_the_sessions(
        self, guests: Guests, sessions: Sessions, data: AuthUserData, clock: Clockwork
    ) -> None:
        tokens = await guests.sign_in("초록이")
        found = (await data.export(tokens.user.id)).document
        assert (found["id"], found["name"]) == (tokens.user.id, "초록이")
        assert found["created_at"] == clock.now.isoformat()
        (session,) = found["sessions"]
        assert session["last_used_at"] == clock.now.isoformat()
        assert refresh_of(tokens) not in str(found)

    @pytest.mark.parametrize("owner", ["guest_00000000-0000-7000-8000-000000000000", "terminal"])
    async def test_of_a_stranger_is_empty(self, data: AuthUserData, owner: str) -> None:
        assert (await data.export(owner)).document == {}


class TestErase:
    async def test_forgets_the_person_and_again_does_no_harm(
        self, guests: Guests, sessions: Sessions, data: AuthUserData
    ) -> None:
        tokens, other = await guests.sign_in("초록이"), await guests.sign_in("초록이")
        for _ in range(2):
            await data.erase(tokens.user.id)
        assert (await data.export(tokens.user.id)).document == {}
        with pytest.raises(RefreshInvalid):
            await sessions.refresh(refresh_of(tokens))
        assert (await sessions.refresh(refresh_of(other))).user == other.user

    async def test_ends_the_sessions_at_once(
        self, guests: Guests, sessions: Sessions, data: AuthUserData, ended: EndedSessions, clock: Clockwork
    ) -> None:
        tokens = await guests.sign_in("초록이")
        session = Verifier(SigningKeys(SEED), clock).verify(tokens.access_token).session_id
        assert session is not None
        assert not ended.contains(session)
        await data.erase(tokens.user.id)
        assert ended.contains(session)

    async def test_of_a_stranger_does_no_harm(self, data: AuthUserData) -> None:
        await data.erase("terminal")
        assert (await data.export("terminal")).document == {}


async def test_upgrade_hands_nothing_over(guests: Guests, sessions: Sessions, data: AuthUserData) -> None:
    old, new = await guests.sign_in("초록이"), await guests.sign_in("파랑이")
    before = await data.export(old.user.id), await data.export(new.user.id)
    await data.upgrade(old.user.id, new.user.id)
    assert (await data.export(old.user.id), await data.export(new.user.id)) == before
