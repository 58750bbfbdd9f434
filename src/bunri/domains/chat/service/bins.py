"""What people of a room find of bins: a message that others agree with or not. Whatever they say is a vote on the bin,
by which the nearest bins are marked at once."""

from typing import Final
from uuid import UUID

from bunri.domains.auth.public import Caller
from bunri.domains.chat import rules
from bunri.domains.chat.documents import last_message, message_out
from bunri.domains.chat.public import BinSeen
from bunri.domains.chat.pushes import Pushes
from bunri.domains.chat.records import BinState, MessageType, NewMessage
from bunri.domains.chat.repository import ChatRepository
from bunri.domains.chat.schemas import BinReportIn, MessageOut
from bunri.domains.chat.service.changing import added, shown
from bunri.domains.locations.public import LocationsPublic, Vote
from bunri.kit.clock import Clock
from bunri.kit.languages import Language, text
from bunri.platform.db import Transaction

VOTE_FOR: Final = {
    BinState.OK: Vote.OK,
    BinState.FULL: Vote.FULL,
    BinState.GONE: Vote.GONE,
    BinState.MOVED: Vote.GONE,
}
"""A bin that has moved is not where it was."""


class BinReports:
    def __init__(
        self, transaction: Transaction[ChatRepository], pushes: Pushes, locations: LocationsPublic, clock: Clock
    ) -> None:
        self._transaction = transaction
        self._pushes = pushes
        self._locations = locations
        self._clock = clock

    async def report(self, caller: Caller, room_id: UUID, said: BinReportIn, language: Language) -> MessageOut:
        """Raises RoomMissing, NotAMember, RoomClosed, Muted, QuietHours, SlowMode, and BinMissing of locations."""
        async with self._transaction() as repository:  # before the vote: who may not write here does not vote here
            seat = await repository.seat(room_id, caller.id)
            rules.check_may_write(rules.known(seat).room, rules.member_of(seat), self._clock())
        bin_ = await self._locations.saw(said.bin_id, caller.id, VOTE_FOR[said.state])
        now = self._clock()
        async with self._transaction() as repository:
            seat = await repository.seat(room_id, caller.id, lock=True)
            member, room = rules.member_of(seat), rules.known(seat).room
            kept = await repository.message_by_client_id(room_id, caller.id, said.client_id) if said.client_id else None
            if kept:
                return await shown(repository, kept)
            rules.check_may_write(room, member, now)
            new = NewMessage(
                sender=caller.id,
                sender_name=rules.name_in(room, member, caller.name),
                type=MessageType.BIN,
                content=text(f"chat.bin.{said.state}", language, name=bin_.name),
                client_id=said.client_id,
                data={
                    "bin": {**bin_.model_dump(mode="json"), "state": said.state},
                    "choices": [text("chat.bin.yes", language), text("chat.bin.no", language)],
                },
            )
            [message] = await added(repository, room, [new], now)
        posted = message_out(message)
        await self._pushes.new_message(posted)
        self._pushes.room_updated(room, last_message(message))
        return posted

    async def count(self, event: BinSeen) -> None:
        """Somebody agreed with what a message says of a bin, or did not."""
        await self._locations.saw(event.bin_id, event.person, event.vote)


def seen_by(message_bin: dict[str, str], choice: int) -> Vote:
    """What a person saw who takes a choice on such a message: the first agrees; the other finds the bin there, or gone
    where the message says that it is there."""
    said = VOTE_FOR[BinState(message_bin["state"])]
    if choice == 0:
        return said
    return Vote.GONE if said is Vote.OK else Vote.OK
