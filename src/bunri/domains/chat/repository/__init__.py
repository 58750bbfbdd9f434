"""Every SQL statement of chat, by what it is about. What they return are frozen values."""

from bunri.domains.chat import models
from bunri.domains.chat.repository.adding import AddingRepository
from bunri.domains.chat.repository.files import FileRepository
from bunri.domains.chat.repository.members import MemberRepository
from bunri.domains.chat.repository.messages import MessageRepository
from bunri.domains.chat.repository.moderation import ModerationRepository
from bunri.domains.chat.repository.notices import NoticeRepository
from bunri.domains.chat.repository.people import PersonRepository
from bunri.domains.chat.repository.questions import QuestionRepository
from bunri.domains.chat.repository.reports import ReportRepository
from bunri.domains.chat.repository.rooms import RoomRepository
from bunri.domains.chat.repository.subscriptions import SubscriptionRepository


class ChatRepository(
    RoomRepository,
    MemberRepository,
    MessageRepository,
    AddingRepository,
    FileRepository,
    ModerationRepository,
    ReportRepository,
    NoticeRepository,
    SubscriptionRepository,
    PersonRepository,
    QuestionRepository,
):
    """All of them in one transaction."""

    outbox = models.outbox
