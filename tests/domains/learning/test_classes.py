"""A class without e-mail: a code, nicknames, cards of its own scans, and an end at which all of it goes."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.conftest import Sessions
from tests.domains.learning.conftest import BASE_URL, pipeline_of
from tests.domains.waste.conftest import Pipeline
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork
from tests.support.pictures import jpeg

from bunri.app.inline import InlineContainer
from bunri.domains.auth.public import Caller
from bunri.domains.chat.errors import RoomMissing
from bunri.domains.chat.records import Role as RoomRole
from bunri.domains.chat.schemas import MessageIn
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.learning.classes import LETTERS, SEOUL, read_code, shown_code, tidied
from bunri.domains.learning.classes_shown import ClassChange, ClassIn, ClassOut
from bunri.domains.learning.errors import (
    ClassFull,
    ClassMissing,
    CodeInvalid,
    EnteredByCode,
    MayNotEdit,
    NicknameTaken,
    ScanUnanswered,
    TermInvalid,
    TooManySuggestions,
)
from bunri.domains.learning.models import CardRow, ClassRow, MediaRow, MemberRow, MemoryRow, ReviewRow, RoomToLeaveRow
from bunri.domains.learning.records import Role
from bunri.domains.learning.schemas import CardIn, RatingName, ReviewIn
from bunri.domains.learning.service.cards import Cards
from bunri.domains.learning.service.class_rooms import RoomsOfClasses
from bunri.domains.learning.service.classes import Classes
from bunri.domains.learning.service.decks import Decks
from bunri.domains.learning.service.reviewing import Reviewing
from bunri.domains.learning.user_data import LearningUserData
from bunri.kit.ids import new_id


@pytest.fixture
def classes(container: InlineContainer) -> Classes:
    return container.get(Classes)


@pytest.fixture
async def school_class(classes: Classes, one: Caller, clock: Clockwork) -> ClassOut:
    ends_on = clock().astimezone(SEOUL).date() + timedelta(days=30)
    return await classes.make(one, ClassIn(name="3학년 2반", ends_on=ends_on), "ko")


def test_a_nickname_is_what_can_be_seen() -> None:
    assert tidied(" 토끼\u200b \u202e반  👩\u200d🏫 ") == "토끼 반 👩\u200d🏫"
    for empty in ("", " ", "\u200b", "\u3164", "\u200d", "가" * 21):
        with pytest.raises(ValueError, match="1 to 20"):
            tidied(empty)


def test_a_code_is_read_however_it_is_typed() -> None:
    code = LETTERS[:8]
    typed = (code, shown_code(code), f" {code.lower()} ", shown_code(code).lower())
    assert {read_code(each) for each in typed} == {code}


class TestComingIn:
    async def test_by_the_code_under_a_nickname(
        self, classes: Classes, school_class: ClassOut, one: Caller, other: Caller
    ) -> None:
        assert school_class.code
        shown = await classes.shown(school_class.code.lower())
        assert (shown.name, shown.ends_on) == ("3학년 2반", school_class.ends_on)
        for _ in range(2):
            joined = await classes.join(other, school_class.code, "토끼")
        assert (joined.nickname, joined.role, joined.code, joined.pupils) == ("토끼", "learner", None, None)
        assert (await classes.get(one, school_class.id)).pupils == 1

    async def test_a_nickname_is_one_pupils_and_the_teachers_name_nobodys(
        self, classes: Classes, school_class: ClassOut, one: Caller, other: Caller, new_caller: NewCaller
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "Rabbit")
        for taken in ("rabbit", "Ｒabbit", "Rab bit", one.name):
            with pytest.raises(NicknameTaken):
                await classes.join(await new_caller(), school_class.code, taken)

    async def test_a_class_is_full_at_some_time(
        self,
        classes: Classes,
        school_class: ClassOut,
        other: Caller,
        new_caller: NewCaller,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert school_class.code
        monkeypatch.setattr("bunri.domains.learning.service.classes.MOST_PUPILS", 1)
        await classes.join(other, school_class.code, "토끼")
        with pytest.raises(ClassFull):
            await classes.join(await new_caller(), school_class.code, "거북이")
        assert (await classes.join(other, school_class.code, "토끼")).nickname == "토끼"  # who is in it already

    async def test_there_is_no_other_way_in(self, decks: Decks, school_class: ClassOut, one: Caller) -> None:
        with pytest.raises(EnteredByCode):
            await decks.share(one, school_class.deck_id)

    async def test_not_by_a_wrong_one_nor_by_one_of_before_nor_after_the_end(
        self, classes: Classes, school_class: ClassOut, one: Caller, other: Caller, clock: Clockwork
    ) -> None:
        assert school_class.code
        renewed = await classes.change(one, school_class.id, ClassChange(new_code=True))
        assert renewed.code
        for code in ("ABCD-2345", school_class.code):
            with pytest.raises(CodeInvalid):
                await classes.join(other, code, "토끼")
        clock.move(days=31)
        with pytest.raises(CodeInvalid):
            await classes.shown(renewed.code)

    async def test_a_term_is_a_year_at_most(self, classes: Classes, one: Caller, clock: Clockwork) -> None:
        today = clock().astimezone(SEOUL).date()
        for days in (-1, 367):
            with pytest.raises(TermInvalid):
                await classes.make(one, ClassIn(name="반", ends_on=today + timedelta(days=days)), "ko")


class TestProgress:
    async def test_of_each_nickname_for_the_teacher_alone(
        self,
        classes: Classes,
        cards: Cards,
        reviewing: Reviewing,
        school_class: ClassOut,
        one: Caller,
        other: Caller,
        new_caller: NewCaller,
        clock: Clockwork,
    ) -> None:
        assert school_class.code
        lazy = await new_caller()
        await classes.join(other, school_class.code, "토끼")
        await classes.join(lazy, school_class.code, "거북이")
        for number in range(3):
            said = CardIn(deck_id=school_class.deck_id, front=f"{number}번은?", back="캔류")
            await cards.write(one, said, BASE_URL)
        due = await reviewing.due(other, None, 50, BASE_URL)
        assert due.counts.new == 3
        for card, rating in zip(due.cards, (RatingName.EASY, RatingName.AGAIN), strict=False):
            await reviewing.review(other, card.id, ReviewIn(id=new_id(), rating=rating), BASE_URL)
        turtle, rabbit = await classes.progress(one, school_class.id)
        assert (rabbit.name, rabbit.cards, rabbit.begun, rabbit.week, rabbit.right) == ("토끼", 3, 2, 2, 1)
        assert (turtle.name, turtle.cards, turtle.begun, turtle.week, turtle.last_day) == ("거북이", 3, 0, 0, None)
        with pytest.raises(MayNotEdit):
            await classes.progress(other, school_class.id)
        with pytest.raises(ClassMissing):
            await classes.progress(await new_caller(), school_class.id)

    async def test_a_pupil_who_is_removed_is_gone(
        self, classes: Classes, school_class: ClassOut, one: Caller, other: Caller
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        await classes.remove_pupil(one, school_class.id, other.id)
        assert await classes.progress(one, school_class.id) == []
        assert await classes.of(other) == []


class TestSuggestions:
    @pytest.fixture
    def pipeline(self, container: InlineContainer, other: Caller) -> Pipeline:
        """Of a pupil's photos."""
        return pipeline_of(container, other)

    async def test_nobody_but_the_teacher_sees_one_before_it_is_accepted(
        self,
        classes: Classes,
        decks: Decks,
        reviewing: Reviewing,
        school_class: ClassOut,
        one: Caller,
        other: Caller,
        pipeline: Pipeline,
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        status = await pipeline.analyze(jpeg(9840))
        for _ in range(2):
            await classes.suggest(other, school_class.id, status.job_id, 0)
        assert (await reviewing.due(other, None, 50, BASE_URL)).cards == []
        assert (await decks.get(other, school_class.deck_id)).cards == 0
        assert (await classes.get(one, school_class.id)).waiting == 1
        [suggested] = await classes.suggestions(one, school_class.id, BASE_URL)
        card = suggested.card
        assert (suggested.nickname, len(card.media)) == ("토끼", 1)
        for _ in range(2):
            await classes.settle(one, school_class.id, card.id, accept=True)
        assert [each.id for each in (await reviewing.due(other, None, 50, BASE_URL)).cards] == [card.id]
        assert await classes.suggestions(one, school_class.id, BASE_URL) == []
        with pytest.raises(MayNotEdit):
            await classes.suggestions(other, school_class.id, BASE_URL)

    async def test_one_that_is_refused_is_gone_and_may_come_again(
        self, classes: Classes, school_class: ClassOut, one: Caller, other: Caller, pipeline: Pipeline
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        status = await pipeline.analyze(jpeg(9841))
        await classes.suggest(other, school_class.id, status.job_id, 0)
        [suggested] = await classes.suggestions(one, school_class.id, BASE_URL)
        await classes.settle(one, school_class.id, suggested.card.id, accept=False)
        assert await classes.suggestions(one, school_class.id, BASE_URL) == []
        await classes.suggest(other, school_class.id, status.job_id, 0)
        assert len(await classes.suggestions(one, school_class.id, BASE_URL)) == 1

    async def test_what_a_pupil_suggested_goes_with_them(
        self,
        classes: Classes,
        data: LearningUserData,
        school_class: ClassOut,
        one: Caller,
        other: Caller,
        pipeline: Pipeline,
    ) -> None:
        assert school_class.code
        status = await pipeline.analyze(jpeg(9843))
        for how in ("removed", "left", "erased"):
            await classes.join(other, school_class.code, "토끼")
            await classes.suggest(other, school_class.id, status.job_id, 0)
            [named] = (await data.export(other.id)).document["suggestions"]
            assert named["pictures"]
            match how:
                case "removed":
                    await classes.remove_pupil(one, school_class.id, other.id)
                case "left":
                    await classes.leave(other, school_class.id)
                case _:
                    await data.erase(other.id)
            assert await classes.suggestions(one, school_class.id, BASE_URL) == []

    async def test_one_pupil_does_not_fill_the_teachers_list(
        self,
        classes: Classes,
        school_class: ClassOut,
        other: Caller,
        pipeline: Pipeline,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        assert school_class.code
        monkeypatch.setattr("bunri.domains.learning.service.classes.MOST_WAITING", 1)
        await classes.join(other, school_class.code, "토끼")
        first, second = await pipeline.analyze(jpeg(9844)), await pipeline.analyze(jpeg(9845))
        await classes.suggest(other, school_class.id, first.job_id, 0)
        with pytest.raises(TooManySuggestions):
            await classes.suggest(other, school_class.id, second.job_id, 0)

    async def test_only_of_ones_own_scan(
        self, classes: Classes, school_class: ClassOut, one: Caller, pipeline: Pipeline
    ) -> None:
        status = await pipeline.analyze(jpeg(9842))
        with pytest.raises(ScanUnanswered):
            await classes.suggest(one, school_class.id, status.job_id, 0)


class TestItsRoom:
    @pytest.fixture
    def rooms(self, container: InlineContainer) -> Rooms:
        return container.get(Rooms)

    @pytest.fixture
    async def room(self, classes: Classes, school_class: ClassOut, one: Caller, other: Caller) -> UUID:
        """With ``other`` in it."""
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        await classes.enter_room(one, school_class.id)
        return await classes.enter_room(other, school_class.id)

    async def test_a_teacher_opens_it_and_pupils_come_under_their_nicknames(
        self, classes: Classes, rooms: Rooms, school_class: ClassOut, one: Caller, other: Caller, new_caller: NewCaller
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        with pytest.raises(RoomMissing):
            await classes.enter_room(other, school_class.id)
        assert (await classes.get(other, school_class.id)).room_id is None
        for who in (one, other, other):
            room = await classes.enter_room(who, school_class.id)
        assert (await classes.get(other, school_class.id)).room_id == room
        there = {each.username: each.role for each in await rooms.members(one, room, "", 10)}
        assert there == {one.name: RoomRole.OWNER, "토끼": RoomRole.MEMBER}
        with pytest.raises(ClassMissing):
            await classes.enter_room(await new_caller(), school_class.id)

    async def test_who_is_removed_from_the_class_is_out_of_the_room_at_once(
        self, classes: Classes, rooms: Rooms, school_class: ClassOut, room: UUID, one: Caller, other: Caller
    ) -> None:
        await classes.remove_pupil(one, school_class.id, other.id)
        with pytest.raises(RoomMissing):
            await rooms.get(other, room)
        assert len(await rooms.members(one, room, "", 10)) == 1

    @pytest.mark.parametrize("how", ["deck", "member"])
    async def test_and_a_little_later_whatever_way_they_left(
        self,
        classes: Classes,
        decks: Decks,
        rooms: Rooms,
        container: InlineContainer,
        school_class: ClassOut,
        room: UUID,
        one: Caller,
        other: Caller,
        how: str,
    ) -> None:
        await (
            decks.remove(other, school_class.deck_id)
            if how == "deck"
            else decks.remove_member(one, school_class.deck_id, other.id)
        )
        for _ in range(2):
            await container.get(RoomsOfClasses).leave_all()
        with pytest.raises(RoomMissing):
            await rooms.get(other, room)

    async def test_who_has_come_back_meanwhile_stays(
        self,
        classes: Classes,
        decks: Decks,
        rooms: Rooms,
        container: InlineContainer,
        school_class: ClassOut,
        room: UUID,
        other: Caller,
    ) -> None:
        assert school_class.code
        await decks.remove(other, school_class.deck_id)
        await classes.join(other, school_class.code, "토끼")
        await container.get(RoomsOfClasses).leave_all()
        assert (await rooms.get(other, room)).role == RoomRole.MEMBER

    @pytest.mark.parametrize("how", ["ended", "over", "deck", "erased"])
    async def test_it_is_erased_with_the_class(
        self,
        classes: Classes,
        decks: Decks,
        rooms: Rooms,
        data: LearningUserData,
        container: InlineContainer,
        session_of: Sessions,
        clock: Clockwork,
        school_class: ClassOut,
        room: UUID,
        one: Caller,
        other: Caller,
        how: str,
    ) -> None:
        await container.get(Messages).post(other, room, MessageIn(content="안녕하세요"))
        match how:
            case "ended":
                await classes.leave(one, school_class.id)
            case "over":
                clock.move(days=31)
                await classes.end()
            case "deck":
                await decks.remove(one, school_class.deck_id)
            case _:
                await data.erase(one.id)
        if how != "ended":
            await container.get(RoomsOfClasses).leave_all()
        for who in (one, other):
            with pytest.raises(RoomMissing):
                await rooms.get(who, room)
        async with session_of("learning") as session:
            noted: Any = select(func.count()).select_from(RoomToLeaveRow).where(RoomToLeaveRow.class_id == room)
            assert (await session.execute(noted)).scalar_one() == 0


class TestTheEnd:
    async def test_everything_of_the_class_goes_after_its_last_day(
        self,
        classes: Classes,
        cards: Cards,
        reviewing: Reviewing,
        school_class: ClassOut,
        one: Caller,
        other: Caller,
        clock: Clockwork,
        session_of: Sessions,
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        said = CardIn(deck_id=school_class.deck_id, front="캔은?", back="캔류")
        [card] = await cards.write(one, said, BASE_URL)
        await reviewing.review(other, card.id, ReviewIn(id=new_id(), rating=RatingName.GOOD), BASE_URL)
        clock.move(days=30)
        await classes.end()
        assert (await classes.get(other, school_class.id)).nickname == "토끼"
        clock.move(days=1)
        for _ in range(2):
            await classes.end()
        assert await classes.of(other) == []
        async with session_of("learning") as session:
            for table, where in (
                (ClassRow, ClassRow.id == school_class.id),
                (CardRow, CardRow.deck_id == school_class.deck_id),
                (MemberRow, MemberRow.deck_id == school_class.deck_id),
                (MediaRow, MediaRow.deck_id == school_class.deck_id),
                (MemoryRow, MemoryRow.person == other.id),
                (ReviewRow, ReviewRow.person == other.id),
            ):
                counted: Any = select(func.count()).select_from(table).where(where)
                assert (await session.execute(counted)).scalar_one() == 0, table

    async def test_what_is_exported_names_it_and_an_erased_teacher_ends_it(
        self, classes: Classes, school_class: ClassOut, one: Caller, other: Caller, data: LearningUserData
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        [named] = (await data.export(other.id)).document["classes"]
        assert (named["name"], named["nickname"]) == ("3학년 2반", "토끼")
        await data.erase(one.id)
        assert await classes.of(other) == []

    async def test_a_pupil_who_leaves_is_in_it_no_longer_and_others_are(
        self, classes: Classes, school_class: ClassOut, one: Caller, other: Caller
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        await classes.leave(other, school_class.id)
        assert await classes.of(other) == []
        assert (await classes.get(one, school_class.id)).pupils == 0
        with pytest.raises(ClassMissing):
            await classes.leave(other, school_class.id)

    async def test_a_guest_who_becomes_an_account_keeps_the_place(
        self,
        classes: Classes,
        data: LearningUserData,
        school_class: ClassOut,
        one: Caller,
        other: Caller,
        new_caller: NewCaller,
    ) -> None:
        assert school_class.code
        await classes.join(other, school_class.code, "토끼")
        pupil = await new_caller("이 사람")
        await data.upgrade(other.id, pupil.id)
        assert (await classes.get(pupil, school_class.id)).nickname == "토끼"
        await data.upgrade(one.id, pupil.id)  # who taught as a guest, and was a pupil as an account
        assert (await classes.get(pupil, school_class.id)).role == Role.OWNER
