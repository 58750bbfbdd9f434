"""A class goes to another teacher: by a link, which one person accepts and the teacher confirms."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs
from tests.domains.learning.conftest import BASE_URL
from tests.support.api import api_client
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import AccessVerifier, Caller, Kind
from bunri.domains.auth.service.guests import Guests
from bunri.domains.chat.errors import RoomMissing
from bunri.domains.chat.records import Role as RoomRole
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.learning.classes import SEOUL
from bunri.domains.learning.classes_shown import ClassIn, ClassOut
from bunri.domains.learning.endpoints.class_handovers import router
from bunri.domains.learning.errors import (
    ClassMissing,
    HandoverInvalid,
    HandoverNeedsAccount,
    HandoverToOneself,
    HandoverUnaccepted,
    MayNotEdit,
    TooManyDecks,
)
from bunri.domains.learning.schemas import CardIn
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.class_handovers import ClassHandovers
from bunri.domains.learning.service.class_rooms import RoomsOfClasses
from bunri.domains.learning.service.classes import Classes
from bunri.domains.learning.user_data import LearningUserData


@pytest.fixture
def classes(container: InlineContainer) -> Classes:
    return container.get(Classes)


@pytest.fixture
def handovers(container: InlineContainer) -> ClassHandovers:
    return container.get(ClassHandovers)


@pytest.fixture
def rooms(container: InlineContainer) -> Rooms:
    return container.get(Rooms)


@pytest.fixture
async def school_class(classes: Classes, one: Caller, clock: Clockwork) -> ClassOut:
    """Taught by ``one``."""
    ends_on = clock().astimezone(SEOUL).date() + timedelta(days=30)
    return await classes.make(one, ClassIn(name="3학년 2반", ends_on=ends_on), "ko")


@pytest.fixture
async def colleague(new_caller: NewCaller) -> Caller:
    """Has an account."""
    return (await new_caller("이 선생님")).model_copy(update={"kind": Kind.ACCOUNT})


class TestHandingOver:
    async def test_the_class_is_the_other_teachers_once_it_is_accepted_and_confirmed(
        self,
        classes: Classes,
        handovers: ClassHandovers,
        cards: Cards,
        school_class: ClassOut,
        one: Caller,
        other: Caller,
        colleague: Caller,
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        card = CardIn(deck_id=school_class.deck_id, front="캔은?", back="캔류")
        await cards.write(one, card, BASE_URL)
        token = (await handovers.offer(one, school_class.id)).token
        shown = await handovers.shown(token)
        assert (shown.name, shown.teacher, shown.pupils) == ("3학년 2반", "하나", 1)
        for _ in range(2):
            accepted = await handovers.accept(colleague, token)
        assert (await classes.get(one, school_class.id)).role == "owner"  # nothing has changed yet
        with pytest.raises(ClassMissing):
            await classes.get(colleague, school_class.id)
        found = await handovers.get(one, school_class.id)
        assert (found.person, found.name, found.tag) == (colleague.id, "이 선생님", accepted.tag)
        with capture_logs() as lines:
            await handovers.confirm(one, school_class.id, colleague.id)
        assert [(each["old"], each["new"]) for each in lines if each["event"] == "class.handed_over"] == [
            (one.id, colleague.id)
        ]
        taught = await classes.get(colleague, school_class.id)
        assert (taught.role, taught.nickname, taught.code, taught.pupils) == (
            "owner",
            "이 선생님",
            school_class.code,
            1,
        )
        assert [each.cards for each in await classes.progress(colleague, school_class.id)] == [1]
        assert (await cards.write(colleague, card, BASE_URL))[0].front == "캔은?"
        assert await classes.of(one) == []
        with pytest.raises(ClassMissing):
            await handovers.get(one, school_class.id)

    async def test_a_pupil_with_an_account_may_be_the_next_teacher(
        self, classes: Classes, handovers: ClassHandovers, school_class: ClassOut, one: Caller, colleague: Caller
    ) -> None:
        assert school_class.code
        await classes.join(colleague, school_class.code, "토끼")
        token = (await handovers.offer(one, school_class.id)).token
        await handovers.accept(colleague, token)
        await handovers.confirm(one, school_class.id, colleague.id)
        taught = await classes.get(colleague, school_class.id)
        assert (taught.role, taught.nickname, taught.pupils) == ("owner", "이 선생님", 0)

    @pytest.mark.parametrize("enters", [False, True])
    async def test_its_room_goes_along(
        self,
        classes: Classes,
        handovers: ClassHandovers,
        rooms: Rooms,
        container: InlineContainer,
        school_class: ClassOut,
        one: Caller,
        other: Caller,
        colleague: Caller,
        enters: bool,
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        room = await classes.enter_room(one, school_class.id)
        await classes.enter_room(other, school_class.id)
        if enters:
            await classes.join(colleague, school_class.code, "거북이")
            await classes.enter_room(colleague, school_class.id)
        await handovers.accept(colleague, (await handovers.offer(one, school_class.id)).token)
        await handovers.confirm(one, school_class.id, colleague.id)
        await container.get(RoomsOfClasses).leave_all()  # once more does no harm
        assert (await rooms.get(colleague, room)).role == RoomRole.OWNER
        assert (await rooms.get(other, room)).role == RoomRole.MEMBER
        with pytest.raises(RoomMissing):
            await rooms.get(one, room)

    async def test_the_class_outlives_the_account_of_who_taught_before(
        self,
        classes: Classes,
        handovers: ClassHandovers,
        data: LearningUserData,
        school_class: ClassOut,
        one: Caller,
        colleague: Caller,
    ) -> None:
        await handovers.accept(colleague, (await handovers.offer(one, school_class.id)).token)
        await handovers.confirm(one, school_class.id, colleague.id)
        await data.erase(one.id)
        assert (await classes.get(colleague, school_class.id)).role == "owner"
        await data.erase(colleague.id)
        assert await classes.of(colleague) == []


class TestTheLink:
    async def test_it_is_one_persons_who_has_an_account_and_does_not_teach_it(
        self, handovers: ClassHandovers, school_class: ClassOut, one: Caller, other: Caller, colleague: Caller
    ) -> None:
        token = (await handovers.offer(one, school_class.id)).token
        with pytest.raises(HandoverNeedsAccount):
            await handovers.accept(other, token)
        with pytest.raises(HandoverToOneself):
            await handovers.accept(one.model_copy(update={"kind": Kind.ACCOUNT}), token)
        await handovers.accept(colleague, token)
        with pytest.raises(HandoverInvalid):
            await handovers.accept(other.model_copy(update={"kind": Kind.ACCOUNT}), token)

    async def test_one_that_was_replaced_withdrawn_or_is_a_week_old_is_good_no_more(
        self, handovers: ClassHandovers, school_class: ClassOut, one: Caller, colleague: Caller, clock: Clockwork
    ) -> None:
        first = (await handovers.offer(one, school_class.id)).token
        await handovers.accept(colleague, first)
        second = (await handovers.offer(one, school_class.id)).token
        await handovers.withdraw(one, school_class.id)
        third = (await handovers.offer(one, school_class.id)).token
        await handovers.shown(third)
        clock.move(days=7)
        for token in (first, second, third, "x" * 32):
            with pytest.raises(HandoverInvalid):
                await handovers.shown(token)
            with pytest.raises(HandoverInvalid):
                await handovers.accept(colleague, token)
        assert (await handovers.get(one, school_class.id)).expires_at is None
        await handovers.forget()
        assert (await handovers.get(one, school_class.id)).expires_at is None

    async def test_who_has_no_room_for_another_deck_cannot_accept(
        self,
        container: InlineContainer,
        school_class: ClassOut,
        handovers: ClassHandovers,
        one: Caller,
        colleague: Caller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        full = container.settings.learning.model_copy(update={"most_decks": 0})
        monkeypatch.setattr(handovers, "_settings", full)
        with pytest.raises(TooManyDecks):
            await handovers.accept(colleague, (await handovers.offer(one, school_class.id)).token)


class TestConfirming:
    async def test_only_whom_the_teacher_was_shown(
        self,
        classes: Classes,
        handovers: ClassHandovers,
        data: LearningUserData,
        school_class: ClassOut,
        one: Caller,
        other: Caller,
        colleague: Caller,
        clock: Clockwork,
    ) -> None:
        async def refused(person: str) -> None:
            with pytest.raises(HandoverUnaccepted):
                await handovers.confirm(one, school_class.id, person)

        await refused(colleague.id)
        token = (await handovers.offer(one, school_class.id)).token
        await refused(colleague.id)
        await handovers.accept(colleague, token)
        await refused(other.id)
        await refused("guest_00000000-0000-0000-0000-000000000000")
        clock.move(days=7)
        await refused(colleague.id)
        await handovers.accept(colleague, (await handovers.offer(one, school_class.id)).token)
        await data.erase(colleague.id)
        await refused(colleague.id)
        assert (await classes.get(one, school_class.id)).role == "owner"

    async def test_by_nobody_but_the_teacher(
        self, classes: Classes, handovers: ClassHandovers, school_class: ClassOut, one: Caller, other: Caller
    ) -> None:
        assert school_class.code
        for error in (ClassMissing, MayNotEdit):
            for asked in (handovers.offer, handovers.get, handovers.withdraw):
                with pytest.raises(error):
                    await asked(other, school_class.id)
            with pytest.raises(error):
                await handovers.confirm(other, school_class.id, other.id)
            await classes.join(other, school_class.code, "토끼")

    async def test_what_is_exported_names_what_was_accepted(
        self, handovers: ClassHandovers, data: LearningUserData, school_class: ClassOut, one: Caller, colleague: Caller
    ) -> None:
        await handovers.accept(colleague, (await handovers.offer(one, school_class.id)).token)
        [accepted] = (await data.export(colleague.id)).document["class_handovers_accepted"]
        assert (accepted["class_id"], accepted["name"]) == (str(school_class.id), "이 선생님")


async def test_over_http(
    container: InlineContainer, classes: Classes, handovers: ClassHandovers, colleague: Caller, clock: Clockwork
) -> None:
    token = (await container.get(Guests).sign_in("하나")).access_token
    verifier = container.get(AccessVerifier)
    teacher = verifier.verify(token)
    ends_on = clock().astimezone(SEOUL).date() + timedelta(days=3)
    made = await classes.make(teacher, ClassIn(name="반", ends_on=ends_on), "ko")
    client = api_client(router, handovers, verifier=verifier)
    path = f"/api/v1/learning/classes/{made.id}/handover"
    assert (await client.post(path)).status_code == 401
    client.headers["Authorization"] = f"Bearer {token}"
    offered = await client.post(path)
    assert (offered.status_code, offered.headers["Cache-Control"]) == (201, "no-store")
    link = offered.json()
    assert link["path"] == f"/learn/class/take#{link['token']}"
    assert (await client.delete(path)).status_code == 204
    link = (await client.post(path)).json()
    cut = await client.post("/api/v1/learning/classes/handover/shown", json={"token": link["token"][:8]})
    assert (cut.status_code, cut.json()["code"]) == (422, "class_handover_invalid")
    shown = await client.post("/api/v1/learning/classes/handover/shown", json={"token": link["token"]})
    assert (shown.json()["name"], shown.json()["teacher"]) == ("반", "하나")
    refused = await client.post("/api/v1/learning/classes/handover/accept", json={"token": link["token"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "class_handover_needs_account")
    assert (await client.post(f"{path}/confirm", json={"person": colleague.id})).status_code == 409
    await handovers.accept(colleague, link["token"])
    assert (await client.get(path)).json()["name"] == "이 선생님"
    assert (await client.post(f"{path}/confirm", json={"person": colleague.id})).status_code == 204
    assert (await client.get(path)).status_code == 404
