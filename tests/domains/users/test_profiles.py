"""What people say of themselves, from several devices at once, and one click that stops mails."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.domains.auth.public import Caller
from bunri.domains.users import unsubscribing
from bunri.domains.users.errors import UnsubscribeInvalid
from bunri.domains.users.public import MailKind, Profile
from bunri.domains.users.schemas import MeIn
from bunri.domains.users.service.profiles import Profiles
from bunri.domains.users.user_data import UsersUserData

KEY = "5e" * 32


async def test_two_devices_at_once_lose_nothing(profiles: Profiles, caller: Caller) -> None:
    said = [{"region": "seoul"}, {"building": "3동"}, {"reminder_hour": 7}, {"time_zone": "Asia/Tokyo"}]
    await asyncio.gather(*(profiles.change(caller, MeIn.model_validate(each)) for each in said))
    found = await profiles.profile(caller.id)
    assert found == Profile(
        owner=caller.id, region="seoul", building="3동", reminder_hour=7, time_zone="Asia/Tokyo", mails=frozenset()
    )


async def test_consent_has_its_time(profiles: Profiles, caller: Caller, data: UsersUserData, clock: Clockwork) -> None:
    await profiles.change(caller, MeIn(teaches=True))
    clock.move(hours=1)
    await profiles.change(caller, MeIn(region="seoul"))
    first = (await data.export(caller.id)).document
    await profiles.change(caller, MeIn(teaches=False))
    second = (await data.export(caller.id)).document
    assert (first["teaches"], second["teaches"]) == (True, False)
    assert first["teaches_said_at"] < second["teaches_said_at"] == clock.now.isoformat()


class TestUnsubscribing:
    async def test_stops_one_kind_and_again_does_no_harm(self, profiles: Profiles, caller: Caller) -> None:
        await profiles.change(caller, MeIn(mails=list(MailKind)))
        url = await profiles.unsubscribe_url(caller.id, MailKind.REVIEWS)
        assert url
        address, _, token = url.partition("?token=")
        assert address == "https://bunri.example/api/v1/users/unsubscribe"
        for _ in range(2):
            assert await profiles.unsubscribe(token) == MailKind.REVIEWS
        assert (await profiles.profile(caller.id)).mails == set(MailKind) - {MailKind.REVIEWS}

    @given(token=st.text(max_size=200))
    def test_nobody_makes_one_up(self, token: str) -> None:
        with pytest.raises(UnsubscribeInvalid):
            unsubscribing.read_token(KEY, token)

    @given(at=st.integers(0, 200))
    def test_a_changed_one_is_refused(self, at: int) -> None:
        token = unsubscribing.token_of(KEY, "guest_1", MailKind.REVIEWS)
        at %= len(token) - 1  # the last character has bits that say nothing
        changed = token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]
        with pytest.raises(UnsubscribeInvalid):
            unsubscribing.read_token(KEY, changed)


class TestMerging:
    async def test_what_the_account_said_counts_and_the_guest_fills_the_rest(
        self, profiles: Profiles, new_caller: NewCaller, data: UsersUserData
    ) -> None:
        guest, account = await new_caller(), await new_caller()
        await profiles.change(guest, MeIn(region="seoul", building="3동", teaches=True))
        await profiles.change(account, MeIn(region="incheon-yeonsu", reminder_hour=8))
        for _ in range(2):
            await data.upgrade(guest.id, account.id)
        document = (await data.export(account.id)).document
        assert (document["region"], document["building"], document["reminder_hour"]) == ("incheon-yeonsu", "3동", 8)
        assert document["teaches"] is True
        assert (await profiles.profile(guest.id)) == Profile(owner=guest.id)

    async def test_of_who_has_said_nothing_changes_nothing(
        self, profiles: Profiles, new_caller: NewCaller, data: UsersUserData
    ) -> None:
        guest, account = await new_caller(), await new_caller()
        await profiles.change(account, MeIn(region="seoul"))
        before = await profiles.profile(account.id)
        await data.upgrade(guest.id, account.id)
        assert await profiles.profile(account.id) == before

    async def test_back_and_forth_at_once_ends(
        self, profiles: Profiles, new_caller: NewCaller, data: UsersUserData
    ) -> None:
        one, other = await new_caller(), await new_caller()
        await profiles.change(one, MeIn(region="seoul"))
        await profiles.change(other, MeIn(building="3동"))
        await asyncio.gather(data.upgrade(one.id, other.id), data.upgrade(other.id, one.id))
        found = [await profiles.profile(each.id) for each in (one, other)]
        assert ("seoul", "3동") in [(each.region, each.building) for each in found]


async def test_erasing_forgets_all_and_again_does_no_harm(
    profiles: Profiles, caller: Caller, data: UsersUserData
) -> None:
    await profiles.change(caller, MeIn(region="seoul", mails=[MailKind.MESSAGES]))
    for _ in range(2):
        await data.erase(caller.id)
    assert await profiles.profile(caller.id) == Profile(owner=caller.id)
