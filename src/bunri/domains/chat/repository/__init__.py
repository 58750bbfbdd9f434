"""Every SQL statement of chat, by what it is about. What they return are frozen values."""

from bunri.domains.chat import models
from bunri.domains.chat.repository.members import MemberRepository
from bunri.domains.chat.repository.messages import MessageRepository
from bunri.domains.chat.repository.moderation import ModerationRepository
from bunri.domains.chat.repository.people import PersonRepository
from bunri.domains.chat.repository.rooms import RoomRepository


class ChatRepository(RoomRepository, MemberRepository, MessageRepository, ModerationRepository, PersonRepository):
    """All of them in one transaction."""

    outbox = models.outbox
