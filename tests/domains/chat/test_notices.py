"""Who is told of what, and in what words."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bunri.domains.chat.notices import notice_for, notices_for, payload_of
from bunri.domains.chat.records import DueNotice, Listener, Message, MessageType, Notice, Subscription
from bunri.kit.ids import new_id
from bunri.platform.push.protocol import LARGEST

NOW = datetime(2026, 11, 20, 14, tzinfo=UTC)
ROOM = new_id()


def message(seq: int, sender: str = "b", **more: Any) -> Message:
    values = {"client_id": None, "sender_name": "둘", "type": MessageType.TEXT, "content": "안녕", "created_at": NOW}
    return Message(id=new_id(), room_id=ROOM, seq=seq, rev=seq, sender=sender, **{**values, **more})


def due(said: Message | None, *, shows_text: bool = False, language: str = "ko", **more: Any) -> DueNotice:
    to = Subscription(new_id(), "a", new_id(), "https://x", b"", b"", language, shows_text, NOW)  # type: ignore[arg-type]
    values = {"notice": Notice(to.id, ROOM, 5, False), "room_name": "우리 동네", "unread": 3, **more}
    return DueNotice(attempts=1, created_at=NOW, subscription=to, message=said, **values)


A = Listener(new_id(), "a", 2)


class TestWho:
    def test_is_told_of_the_last_that_others_wrote_and_they_have_not_read(self) -> None:
        said = [message(1), message(2), message(3), message(4), message(5, "a")]
        assert notice_for(A, said) == Notice(A.subscription_id, ROOM, 4, False)

    @pytest.mark.parametrize(
        "said",
        [
            [],
            [message(1), message(2)],
            [message(3, "a")],
            [message(3, deleted_at=NOW)],
            [message(3, reported=True)],
        ],
    )
    def test_is_told_of_nothing_else(self, said: list[Message]) -> None:
        assert notice_for(A, said) is None

    def test_a_mention_among_others_counts(self) -> None:
        notice = notice_for(A, [message(3, mentions=["a"]), message(4)])
        assert notice
        assert (notice.seq, notice.mentioned) == (4, True)

    def test_are_all_devices_of_a_person(self) -> None:
        second, reader = Listener(new_id(), "a", 2), Listener(new_id(), "c", 3)
        found = notices_for([A, second, reader], [message(3)])
        assert [each.subscription_id for each in found.pop("a")] == [A.subscription_id, second.subscription_id]
        assert found == {}


class TestWords:
    def test_say_nothing_of_what_was_said_unless_that_is_wanted(self) -> None:
        told = json.loads(payload_of(due(message(5, content="비밀번호는 1234"))))
        assert told == {
            "room": str(ROOM),
            "seq": 5,
            "title": "우리 동네",
            "body": "새 메시지 3개",
            "mentioned": False,
        }

    def test_are_of_the_language_of_the_device(self) -> None:
        assert json.loads(payload_of(due(message(5), language="en")))["body"] == "New messages: 3"

    def test_show_the_text_to_who_wants_it(self) -> None:
        told = json.loads(payload_of(due(message(5, content="건전지는\n어디에?"), shows_text=True)))
        assert told["body"] == "둘: 건전지는 어디에?"

    @pytest.mark.parametrize("said", [None, message(5, deleted_at=NOW), message(5, reported=True)])
    def test_show_nothing_that_has_gone_meanwhile(self, said: Message | None) -> None:
        assert json.loads(payload_of(due(said, shows_text=True)))["body"] == "새 메시지 3개"

    def test_of_a_mention(self) -> None:
        mentioned = due(message(5), notice=Notice(new_id(), ROOM, 5, True))
        assert json.loads(payload_of(mentioned))["body"] == "나를 부른 메시지가 있어요"

    def test_are_never_too_long(self) -> None:
        family = "👨\u200d👩\u200d👧\u200d👦"
        said = message(5, content=family * 500, sender_name=family * 5)
        assert len(payload_of(due(said, shows_text=True, room_name="𝕏" * 60))) <= LARGEST
