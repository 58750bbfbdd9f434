"""Neighbours find out what a thing is: from the scan to the room and back."""

import pytest
from sqlalchemy import text
from tests.domains.chat.street import Street, verdict_of
from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.domains.chat.errors import NoPhoto, NotEditable, ScanMissing, VoteClosed
from bunri.domains.chat.models import Base
from bunri.domains.chat.records import MessageType, QuestionState, SettledBy
from bunri.domains.chat.schemas import MessageOut
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.outcomes import Outcomes
from bunri.domains.chat.service.photos import PhotoCoach
from bunri.domains.chat.service.questions import Questions
from bunri.domains.chat.user_data import ChatUserData
from bunri.domains.chat.verdicts import NONE_OF_THESE, asked_in
from bunri.domains.waste.states import State
from bunri.kit.ids import new_id
from bunri.kit.materials import Material

METAL, GLASS = 0, 1
"""Choices of each question here."""


class TestAsking:
    async def test_puts_the_scan_into_the_room_as_a_vote(self, street: Street) -> None:
        message = await street.asked(1)
        verdict = verdict_of(message)
        assert (message.type, message.sender) == (MessageType.VERDICT, street.asker.id)
        assert verdict.state == QuestionState.OPEN
        assert [each.value for each in verdict.choices][:2] == ["metal", "glass"]
        assert verdict.choices[-1].value == NONE_OF_THESE
        assert message.poll
        assert [each.text for each in message.poll] == [each.label for each in verdict.choices]
        assert message.content.endswith("?")
        [file] = message.files
        assert file.kind == "image"
        assert (file.width, file.height) != (None, None)

    async def test_the_same_scan_is_one_question(self, street: Street) -> None:
        scan = await street.scan(2)
        assert (await street.ask(scan)).id == (await street.ask(scan)).id

    async def test_only_with_a_scan_of_ones_own(self, street: Street) -> None:
        scan = await street.scan(3)
        with pytest.raises(ScanMissing):
            await street.ask(scan, street.neighbours[0])

    async def test_is_not_edited_as_words(self, street: Street, messages: Messages) -> None:
        message = await street.asked(4)
        with pytest.raises(NotEditable):
            await messages.edit(street.asker, message.id, "내 말")


class TestVoting:
    async def test_answers_the_scan_when_the_room_is_sure(self, street: Street) -> None:
        scan = await street.scan(10)
        message = await street.ask(scan)
        once = await street.vote(street.neighbours[0], message, GLASS)
        assert verdict_of(once).state == QuestionState.OPEN
        twice = await street.vote(street.neighbours[1], message, GLASS)
        assert (verdict_of(twice).state, verdict_of(twice).settled_by) == (QuestionState.SETTLED, SettledBy.NEIGHBOURS)
        await street.work()
        last = await street.last()
        assert verdict_of(last).category_name
        assert verdict_of(last).steps
        assert str(verdict_of(last).category_name) in last.content
        answered = await street.answer_of(scan)
        assert answered.status == State.DONE
        assert answered.result
        assert answered.result.items[0].material == Material.GLASS

    async def test_whose_photo_it_is_settles_it_alone(self, street: Street) -> None:
        scan = await street.scan(11)
        out = await street.vote(street.asker, await street.ask(scan), METAL)
        assert verdict_of(out).settled_by == SettledBy.OWNER
        await street.work()
        answered = await street.answer_of(scan)
        assert answered.result
        assert answered.result.items[0].material == Material.METAL

    async def test_is_over_when_it_is_known(self, street: Street) -> None:
        message = await street.asked(12)
        await street.agree(message, GLASS)
        with pytest.raises(VoteClosed):
            await street.vote(street.neighbours[2], message, METAL)

    async def test_that_nobody_wins_is_undecided_after_a_day(self, street: Street, clock: Clockwork) -> None:
        message = await street.asked(13)
        await street.vote(street.neighbours[0], message, METAL)
        await street.vote(street.neighbours[1], message, GLASS)
        clock.move(hours=25)
        for _ in range(2):
            await street.container.get(Outcomes).close_due()
        assert verdict_of(await street.last()).state == QuestionState.UNDECIDED
        with pytest.raises(VoteClosed):
            await street.vote(street.neighbours[2], message, METAL)

    async def test_none_of_these_answers_nothing(self, street: Street) -> None:
        scan = await street.scan(14)
        message = await street.ask(scan)
        out = await street.agree(message, len(verdict_of(message).choices) - 1)
        assert verdict_of(out).state == QuestionState.UNDECIDED
        await street.work()
        assert (await street.answer_of(scan)).status == State.ASKED

    async def test_who_knew_it_counts_for_more_next_time(self, street: Street) -> None:
        right, wrong = street.neighbours[:2]
        for seed in range(15, 18):
            message = await street.asked(seed)
            await street.vote(right, message, GLASS)
            await street.vote(wrong, message, METAL)
            await street.vote(street.asker, message, GLASS)
        assert (await street.kept_of(right))["votes"] == {"agreed": 3, "differed": 0}
        assert (await street.kept_of(wrong))["votes"] == {"agreed": 0, "differed": 3}
        assert (await street.kept_of(street.asker))["votes"] == {"agreed": 0, "differed": 0}

    async def test_the_owners_later_word_counts_again(self, street: Street) -> None:
        scan = await street.scan(19)
        await street.agree(await street.ask(scan), GLASS)
        await street.work()
        await street.correct(scan, value="metal")
        verdict = verdict_of(await street.last())
        assert (verdict.settled_by, verdict.answer) == (SettledBy.OWNER, METAL)
        assert (await street.kept_of(street.neighbours[0]))["votes"] == {"agreed": 0, "differed": 1}


class TestPhotosOfTheRoom:
    """The coach is shown one."""

    @pytest.fixture
    async def photo(self, street: Street) -> MessageOut:
        return await street.show_photo(60)

    async def test_it_answers_in_the_room_and_neighbours_vote(self, street: Street, photo: MessageOut) -> None:
        questions, someone = street.container.get(Questions), street.neighbours[0]
        first, again = [await questions.show_coach(someone, photo.id, "ko") for _ in range(2)]
        assert first.id == again.id
        assert first.state == QuestionState.LOOKING
        await street.work()
        [answer] = [each for each in await street.newest() if each.verdict]
        assert (answer.sender, answer.reply_to) == ("coach", photo.id)
        assert verdict_of(answer).state == QuestionState.OPEN
        assert verdict_of(answer).owner == photo.sender
        assert verdict_of(await street.agree(answer, GLASS)).settled_by == SettledBy.NEIGHBOURS
        known = await questions.show_coach(someone, photo.id, "ko")
        assert (known.state, known.message_id) == (QuestionState.SETTLED, answer.id)

    async def test_one_that_cannot_be_looked_at_is_given_up_with_a_word(
        self, street: Street, photo: MessageOut, clock: Clockwork
    ) -> None:
        street.vision.down = True
        await street.container.get(Questions).show_coach(street.asker, photo.id, "en")
        for _ in range(5):
            street.container.inline.messages.clear()  # as if the broker had lost them
            clock.move(minutes=3)
            await street.container.get(PhotoCoach).look_again()
        answer = await street.last()
        assert verdict_of(answer).state == QuestionState.FAILED
        assert answer.content == "I could not look at this photo. Try another one."

    async def test_of_a_removed_photo_nothing_is_said(
        self, street: Street, photo: MessageOut, messages: Messages
    ) -> None:
        await street.container.get(Questions).show_coach(street.asker, photo.id, "ko")
        await messages.remove(street.asker, photo.id)
        await street.work()
        assert [each for each in await street.newest() if each.verdict] == []

    async def test_words_are_no_photo(self, street: Street) -> None:
        said = await street.say("이게 뭐죠?")
        with pytest.raises(NoPhoto):
            await street.container.get(Questions).show_coach(street.asker, said.id, "ko")


class TestTheRoomRemembers:
    async def test_nearly_the_same_photo_is_answered_at_once(self, street: Street) -> None:
        first = await street.asked(30)
        await street.agree(first, GLASS)
        someone = street.neighbours[0]
        verdict = verdict_of(await street.ask(await street.scan(30, someone), someone))
        assert (verdict.state, verdict.settled_by, verdict.answer) == (QuestionState.SETTLED, SettledBy.ROOM, GLASS)
        assert verdict.known
        assert (verdict.known.message_id, verdict.known.seq) == (first.id, first.seq)

    async def test_another_photo_is_asked_about(self, street: Street) -> None:
        await street.agree(await street.asked(31), GLASS)
        assert verdict_of(await street.asked(32)).state == QuestionState.OPEN


class TestInWords:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("@coach 컵라면 용기", "컵라면 용기"),
            ("@코치: 건전지", "건전지"),
            (" @Coach\nlight bulb ", "light bulb"),
            ("@coach", ""),
            ("@coaching is fun", None),
            ("hello @coach", None),
        ],
    )
    def test_who_is_asked(self, content: str, words: str | None) -> None:
        assert asked_in(content) == words

    async def test_answers_once_from_the_rules(self, street: Street) -> None:
        asked = await street.say("@coach 건전지")
        await street.work()
        answer = await street.last()
        assert (answer.sender, answer.reply_to, answer.mentions) == ("coach", asked.id, [street.asker.id])
        assert verdict_of(answer).item == "battery"
        assert verdict_of(answer).steps
        assert answer.poll is None

    async def test_says_what_it_does_not_know(self, street: Street) -> None:
        await street.say("@coach qqzzxxyy")
        await street.work()
        answer = await street.last()
        assert verdict_of(answer).state == QuestionState.UNDECIDED
        assert answer.content.startswith("I know nothing by that name")

    async def test_names_what_the_room_found_out(self, street: Street) -> None:
        scan = await street.scan(40)
        first = await street.ask(scan)
        await street.correct(scan, text="건전지")
        await street.say("@코치 건전지", street.neighbours[0])
        await street.work()
        verdict = verdict_of(await street.last())
        assert verdict.item == "battery"
        assert verdict.known
        assert (verdict.known.message_id, verdict.known.label) == (first.id, "건전지")


class TestPersonalData:
    @pytest.fixture
    def data(self, street: Street) -> ChatUserData:
        return street.container.get(ChatUserData)

    async def test_a_question_goes_with_its_message(self, street: Street, messages: Messages) -> None:
        message = await street.asked(50)
        assert len((await street.kept_of(street.asker))["questions"]) == 1
        await messages.remove(street.asker, message.id)
        assert (await street.kept_of(street.asker))["questions"] == []

    async def test_is_erased_and_handed_over(self, street: Street, data: ChatUserData, new_caller: NewCaller) -> None:
        await street.agree(await street.asked(51), GLASS)
        new = await new_caller("새이름")
        await data.upgrade(street.neighbours[0].id, new.id)
        await data.upgrade(street.asker.id, f"guest_{new_id()}")
        assert (await street.kept_of(new))["votes"] == {"agreed": 1, "differed": 0}
        await data.erase(new.id)
        assert (await street.kept_of(new))["votes"] == {"agreed": 0, "differed": 0}
        assert (await street.kept_of(street.asker))["questions"] == []

    async def test_nothing_names_who_was_erased(self, street: Street, data: ChatUserData) -> None:
        photo = await street.show_photo(61)
        await street.container.get(Questions).show_coach(street.asker, photo.id, "ko")
        await street.work()
        await street.say("고마워요", street.neighbours[0], mentions=[street.asker.id])
        answer, _ = await street.newest(2)
        assert (verdict_of(answer).owner, answer.mentions) == (street.asker.id, [street.asker.id])
        later = f"guest_{new_id()}"
        await data.upgrade(street.asker.id, later)
        answer, thanks = await street.newest(2)
        assert (verdict_of(answer).owner, answer.mentions, thanks.mentions) == (later, [later], [later])
        for _ in range(2):
            await data.erase(later)
        async with street.container.database.transaction("chat") as session:
            for table in Base.metadata.sorted_tables:
                rows = (await session.execute(text(f"select row_to_json(t)::text from chat.{table.name} t"))).scalars()
                assert [row for row in rows if street.asker.id in row or later in row] == [], table.name

    async def test_who_voted_as_two_has_one_vote(self, street: Street, data: ChatUserData) -> None:
        one, other = street.neighbours[:2]
        message = await street.asked(52)
        await street.vote(one, message, METAL)
        await street.vote(other, message, GLASS)
        await data.upgrade(one.id, other.id)
        poll = (await street.last()).poll
        assert poll
        assert [each.votes for each in poll] == [[], [other.id], [], []]
