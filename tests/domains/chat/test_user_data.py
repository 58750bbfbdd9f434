"""What chat keeps of a person: shown, removed, handed over."""

from datetime import timedelta
from uuid import UUID

from tests.support.callers import NewCaller
from tests.support.clockwork import Clockwork

from bunri.domains.auth.public import Caller
from bunri.domains.chat.records import Role
from bunri.domains.chat.schemas import MessageIn, RoomIn
from bunri.domains.chat.service.history import History
from bunri.domains.chat.service.messages import Messages
from bunri.domains.chat.service.rooms import Rooms
from bunri.domains.chat.service.votes import Votes
from bunri.domains.chat.user_data import ChatUserData

NOTHING: dict[str, object] = {
    "rooms": [],
    "messages": [],
    "reactions": [],
    "questions": [],
    "votes": {"agreed": 0, "differed": 0},
    "files": [],
    "notified_browsers": [],
}


async def room_of(rooms: Rooms, *people: Caller) -> UUID:
    """The first owns it."""
    made = await rooms.make(people[0], RoomIn(name="방"))
    for each in people[1:]:
        await rooms.join(each, made.id)
    return made.id


async def test_export_has_rooms_messages_and_signs(
    rooms: Rooms, messages: Messages, data: ChatUserData, one: Caller, other: Caller
) -> None:
    room = await room_of(rooms, one, other)
    sent = await messages.post(one, room, MessageIn(content="안녕"))
    await messages.post(other, room, MessageIn(content="반가워요"))
    await messages.react(one, sent.id, "👍", on=True)
    document = (await data.export(one.id)).document
    assert [(each["name"], each["role"]) for each in document["rooms"]] == [("방", "owner")]
    assert [each["content"] for each in document["messages"]] == ["안녕"]
    assert document["reactions"] == [{"message_id": str(sent.id), "sign": "👍"}]
    assert (await data.export("nobody")).document == NOTHING


async def test_erasing_leaves_places_and_an_owner_and_nothing_of_the_person(
    rooms: Rooms, messages: Messages, history: History, data: ChatUserData, one: Caller, other: Caller
) -> None:
    room = await room_of(rooms, one, other)
    await messages.post(one, room, MessageIn(content="안녕", client_id="c1"))
    answered = await messages.post(other, room, MessageIn(content="반가워요"))
    await messages.react(one, answered.id, "👍", on=True)
    before = (await rooms.get(other, room)).last_rev
    for _ in range(2):
        await data.erase(one.id)
    page = await history.before(other, room, None, 10)
    assert [(each.seq, each.content, each.sender_username, each.deleted) for each in page.messages] == [
        (1, "", "", True),
        (2, "반가워요", "둘", False),
    ]
    assert one.id not in str(page)
    assert page.messages[1].reactions == {}
    assert (await rooms.get(other, room)).role == Role.OWNER
    changed = await history.changed(other, room, before, 2)
    assert changed is not None
    assert [each.seq for each in changed] == [1]
    assert (await data.export(one.id)).document == NOTHING


async def test_a_guest_brings_everything_along_once(
    rooms: Rooms,
    messages: Messages,
    votes: Votes,
    history: History,
    data: ChatUserData,
    one: Caller,
    other: Caller,
    new_caller: NewCaller,
    clock: Clockwork,
) -> None:
    """[accounts.md 15]: of the same room the older joining and the higher read mark stay."""
    guest, room = await new_caller("손님"), await room_of(rooms, one)
    await rooms.join(guest, room)
    clock.move(minutes=5)
    await rooms.join(other, room)
    for caller, client_id in ((guest, "c1"), (other, "c1"), (guest, "c2")):
        await messages.post(caller, room, MessageIn(content="안녕", client_id=client_id))
    await messages.mark_read(guest, room, 3)
    await messages.mark_read(other, room, 2)
    sent = await messages.post(one, room, MessageIn(content="?", choices=["캔", "병"]))
    for caller in (guest, other):
        await votes.vote(caller, sent.id, 1)
    for _ in range(2):
        await data.upgrade(guest.id, other.id)
    page = await history.before(other, room, None, 10)
    assert [each.sender for each in page.messages] == [other.id, other.id, other.id, one.id]
    assert page.messages[3].poll
    assert page.messages[3].poll[1].votes == [other.id]
    [_, member] = sorted(await rooms.members(one, room, "", 10), key=lambda each: each.user_id == other.id)
    assert member.joined_at == clock.now - timedelta(minutes=5)
    assert (await rooms.get(other, room)).read_seq == 3
    assert (await data.export(guest.id)).document == NOTHING
