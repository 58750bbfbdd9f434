"""Every SQL statement of learning, by what it is about. What they return are frozen values."""

from bunri.domains.learning import models
from bunri.domains.learning.repository.cards import CardRepository
from bunri.domains.learning.repository.class_handovers import ClassHandoverRepository
from bunri.domains.learning.repository.classes import ClassRepository
from bunri.domains.learning.repository.deck_exports import DeckExportRepository
from bunri.domains.learning.repository.decks import DeckRepository
from bunri.domains.learning.repository.imports import ImportRepository
from bunri.domains.learning.repository.learners import LearnerRepository
from bunri.domains.learning.repository.media import MediaRepository
from bunri.domains.learning.repository.memories import MemoryRepository
from bunri.domains.learning.repository.parameters import ParameterRepository
from bunri.domains.learning.repository.people import PersonRepository
from bunri.domains.learning.repository.reminders import ReminderRepository
from bunri.domains.learning.repository.reviews import ReviewRepository
from bunri.domains.learning.repository.rule_changes import RuleChangeRepository
from bunri.domains.learning.repository.statistics import StatisticsRepository
from bunri.domains.learning.repository.tests import WeeklyTestRepository
from bunri.platform.mail.rows import MailRows


class LearningRepository(
    LearnerRepository,
    DeckRepository,
    ClassRepository,
    ClassHandoverRepository,
    CardRepository,
    MemoryRepository,
    ReviewRepository,
    WeeklyTestRepository,
    MediaRepository,
    ImportRepository,
    DeckExportRepository,
    PersonRepository,
    StatisticsRepository,
    RuleChangeRepository,
    ReminderRepository,
    MailRows,
    ParameterRepository,
):
    """All of them in one transaction."""

    outbox = models.outbox
    mails = models.mails
