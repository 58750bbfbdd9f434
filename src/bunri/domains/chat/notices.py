"""Who is told of which messages on their devices, and in what words. Pure rules."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from bunri.domains.chat.records import DueNotice, Listener, Message, MessageType, Notice
from bunri.kit.languages import text

GIVEN_UP_AFTER: Final = timedelta(hours=4)
"""Nobody needs to be told of what was said in the morning; push services keep it for no longer, either."""
LONGEST_TEXT: Final = 200
"""Characters of a message that a notice shows, of those who want to see it."""


def notice_for(listener: Listener, messages: Sequence[Message]) -> Notice | None:
    """What a listener is told of the newest ``messages`` of a room, the oldest first: the last one that others wrote
    and they have not read. Removed and reported ones are told to nobody."""
    new = [
        each
        for each in messages
        if each.sender != listener.person
        and each.seq > listener.read_seq
        and each.deleted_at is None
        and not each.reported
    ]
    if not new:
        return None
    mentioned = any(listener.person in each.mentions for each in new)
    return Notice(listener.subscription_id, new[-1].room_id, new[-1].seq, mentioned)


def notices_for(listeners: Sequence[Listener], messages: Sequence[Message]) -> dict[str, list[Notice]]:
    """By person."""
    found: dict[str, list[Notice]] = {}
    for each in listeners:
        if notice := notice_for(each, messages):
            found.setdefault(each.person, []).append(notice)
    return found


def payload_of(due: DueNotice) -> bytes:
    """What the browser shows: the room's name and how much is new. Who said what stands on no locked screen, unless the
    person has said that it may."""
    language, message = due.subscription.language, due.message
    if message and due.subscription.shows_text and not (message.deleted_at or message.reported):
        body = f"{message.sender_name}: {_shown(message)}"
    elif due.notice.mentioned:
        body = text("chat.notices.mentioned", language)
    else:
        body = text("chat.notices.new", language, count=max(1, due.unread))
    told = {"room": str(due.notice.room_id), "seq": due.notice.seq, "title": due.room_name, "body": body}
    return json.dumps({**told, "mentioned": due.notice.mentioned}, ensure_ascii=False).encode()


def _shown(message: Message) -> str:
    content = " ".join(message.content.split())
    if not content and message.type != MessageType.TEXT:
        return "📷"
    return content if len(content) <= LONGEST_TEXT else f"{content[:LONGEST_TEXT]}…"
