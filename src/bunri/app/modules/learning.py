"""Learning by review: decks, cards, what each person remembers of them."""

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from bunri.app.module import Module, Queue, Schedule, StoredFolder, Subscription
from bunri.domains.auth.public import AuthPublic
from bunri.domains.chat.public import ChatPublic
from bunri.domains.learning.parameters import is_installed
from bunri.domains.learning.public import AnswerGiven, DeckExportAsked, ImportAsked
from bunri.domains.learning.records import MEDIA
from bunri.domains.learning.transfers import DECK_EXPORTS, IMPORTS
from bunri.domains.recycling.public import RecyclingPublic
from bunri.domains.users.public import ProfileChanged, UsersPublic
from bunri.domains.waste.public import Corrected, WastePublic
from bunri.kit.user_data import UserData
from bunri.platform.limits.limiter import RateLimiter
from bunri.platform.realtime import Emitter

if TYPE_CHECKING:
    from fastapi import APIRouter
    from sqlalchemy import Table

    from bunri.app.container import Container
    from bunri.app.settings import Settings
    from bunri.domains.learning.repository import LearningRepository
    from bunri.domains.learning.service.asking import Asking
    from bunri.domains.learning.service.cards import Cards
    from bunri.domains.learning.service.carrying import CardPictures
    from bunri.domains.learning.service.checking import Checking
    from bunri.domains.learning.service.class_handovers import ClassHandovers
    from bunri.domains.learning.service.class_rooms import RoomsOfClasses
    from bunri.domains.learning.service.classes import Classes
    from bunri.domains.learning.service.deck_exporting import DeckExporting
    from bunri.domains.learning.service.deck_exports import DeckExports
    from bunri.domains.learning.service.deck_weeks import DeckWeeks
    from bunri.domains.learning.service.decks import Decks
    from bunri.domains.learning.service.device_reminders import DeviceReminders
    from bunri.domains.learning.service.grading import Grader
    from bunri.domains.learning.service.importing import Importing
    from bunri.domains.learning.service.imports import Imports
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.media import Pictures
    from bunri.domains.learning.service.model_grading import ModelGrading
    from bunri.domains.learning.service.moving import Moving
    from bunri.domains.learning.service.optimizing import Optimizing
    from bunri.domains.learning.service.preferences import Preferences
    from bunri.domains.learning.service.reminders import Reminders
    from bunri.domains.learning.service.reviewing import Reviewing
    from bunri.domains.learning.service.rule_following import RuleFollowing
    from bunri.domains.learning.service.scans import Scans
    from bunri.domains.learning.service.shown import ShownCards
    from bunri.domains.learning.service.starter import Starter
    from bunri.domains.learning.service.statistics import Statistics
    from bunri.domains.learning.service.tomorrow import TomorrowsDays
    from bunri.domains.learning.service.weekly_tests import WeeklyTests
    from bunri.domains.learning.user_data import LearningUserData
    from bunri.platform.db import Transaction
    from bunri.platform.mail.delivery import MailDelivery
    from bunri.platform.queue import Handler

OPTIMIZE = "optimize"
"""The queue of own parameters, where what finds them is installed."""
_OPTIMIZE_QUEUE = (Queue(OPTIMIZE, concurrency=1, own_process=True),) if is_installed() else ()
_OPTIMIZE_SCHEDULE = (Schedule("learning.optimize", OPTIMIZE, 6 * 3600),) if is_installed() else ()


def _transaction(container: "Container") -> "Transaction[LearningRepository]":
    from bunri.domains.learning.repository import LearningRepository

    return container.transactions("learning", LearningRepository)


def _learners(container: "Container") -> "Learners":
    from bunri.domains.learning.service.learners import Learners

    return Learners(_transaction(container), container.get(UsersPublic), container.get(AuthPublic), container.clock)


def _shown(container: "Container") -> "ShownCards":
    from bunri.domains.learning.service.shown import ShownCards

    return ShownCards(container.storage)


def _decks(container: "Container") -> "Decks":
    from bunri.domains.learning.service.decks import Decks

    return Decks(_transaction(container), container.settings.learning, container.clock)


def _cards(container: "Container") -> "Cards":
    from bunri.domains.learning.service.cards import Cards
    from bunri.domains.learning.service.carrying import CardPictures
    from bunri.domains.learning.service.shown import ShownCards

    get, settings = container.get, container.settings.learning
    return Cards(_transaction(container), get(ShownCards), get(CardPictures), settings, container.clock)


def _card_pictures(container: "Container") -> "CardPictures":
    from bunri.domains.learning.service.carrying import CardPictures

    return CardPictures(_transaction(container), container.storage, container.settings.learning, container.clock)


def _asking(container: "Container") -> "Asking":
    from bunri.domains.learning.service.asking import Asking

    return Asking(container.language_model, container.get(RateLimiter))


def _grader(container: "Container") -> "Grader":
    from bunri.domains.learning.service.asking import Asking
    from bunri.domains.learning.service.grading import Grader

    return Grader(_transaction(container), container.get(RecyclingPublic), container.get(Asking))


def _model_grading(container: "Container") -> "ModelGrading":
    from bunri.domains.learning.service.asking import Asking
    from bunri.domains.learning.service.model_grading import ModelGrading

    return ModelGrading(_transaction(container), container.get(Asking), container.get(Emitter))


def _checking(container: "Container") -> "Checking":
    from bunri.domains.learning.service.asking import Asking
    from bunri.domains.learning.service.checking import Checking
    from bunri.domains.learning.service.learners import Learners

    return Checking(container.get(Learners), container.get(RecyclingPublic), container.get(Asking))


def _reviewing(container: "Container") -> "Reviewing":
    from bunri.domains.learning.service.grading import Grader
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.reviewing import Reviewing
    from bunri.domains.learning.service.shown import ShownCards
    from bunri.domains.learning.service.tomorrow import TomorrowsDays

    get = container.get
    shown, grader, tomorrows = get(ShownCards), get(Grader), get(TomorrowsDays)
    return Reviewing(_transaction(container), get(Learners), shown, grader, tomorrows, container.clock)


def _optimizing(container: "Container") -> "Optimizing":
    from bunri.domains.learning.service.optimizing import Optimizing

    return Optimizing(_transaction(container), container.clock)


def _preferences(container: "Container") -> "Preferences":
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.preferences import Preferences

    return Preferences(_transaction(container), container.get(Learners))


def _statistics(container: "Container") -> "Statistics":
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.statistics import Statistics

    return Statistics(_transaction(container), container.get(Learners), container.clock)


def _pictures(container: "Container") -> "Pictures":
    from bunri.domains.learning.service.media import Pictures

    return Pictures(
        _transaction(container), container.storage, container.decoders, container.settings.learning, container.clock
    )


def _imports(container: "Container") -> "Imports":
    from bunri.domains.learning.service.imports import Imports

    return Imports(_transaction(container), container.storage, container.settings.learning, container.clock)


def _importing(container: "Container") -> "Importing":
    from bunri.domains.learning.service.importing import Importing
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.media import Pictures

    get, settings = container.get, container.settings.learning
    learners, auth, pictures = get(Learners), get(AuthPublic), get(Pictures)
    return Importing(_transaction(container), container.storage, learners, auth, pictures, settings, container.clock)


def _deck_exports(container: "Container") -> "DeckExports":
    from bunri.domains.learning.service.deck_exports import DeckExports

    return DeckExports(_transaction(container), container.storage, container.settings.learning, container.clock)


def _deck_exporting(container: "Container") -> "DeckExporting":
    from bunri.domains.learning.service.deck_exporting import DeckExporting
    from bunri.domains.learning.service.learners import Learners

    learners, settings = container.get(Learners), container.settings.learning
    return DeckExporting(_transaction(container), container.storage, learners, settings, container.clock)


def _deck_export_age(settings: "Settings") -> timedelta:
    return settings.learning.export_ttl + settings.learning.import_patience


def _import_age(settings: "Settings") -> timedelta:
    return settings.learning.import_upload_ttl + settings.learning.import_patience + timedelta(hours=1)


def _tomorrows(container: "Container") -> "TomorrowsDays":
    from bunri.domains.learning.service.tomorrow import TomorrowsDays

    return TomorrowsDays(container.get(RecyclingPublic))


def _starter(container: "Container") -> "Starter":
    from bunri.domains.learning.service.decks import Decks
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.starter import Starter

    get = container.get
    return Starter(_transaction(container), get(Learners), get(Decks), get(RecyclingPublic), container.clock)


def _rule_following(container: "Container") -> "RuleFollowing":
    from bunri.domains.learning.service.rule_following import RuleFollowing
    from bunri.domains.learning.service.starter import Starter

    return RuleFollowing(
        _transaction(container), container.get(Starter), container.get(RecyclingPublic), container.clock
    )


def _moving(container: "Container") -> "Moving":
    from bunri.domains.learning.service.decks import Decks
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.moving import Moving
    from bunri.domains.learning.service.starter import Starter

    get = container.get
    return Moving(_transaction(container), get(Learners), get(Decks), get(Starter))


def _reminders(container: "Container") -> "Reminders":
    from bunri.domains.learning.service.reminders import Reminders

    get, public_url = container.get, container.settings.public_url
    return Reminders(
        _transaction(container),
        get(AuthPublic),
        get(UsersPublic),
        get(RecyclingPublic),
        get(ChatPublic),
        str(public_url) if public_url else None,
        container.clock,
    )


def _deck_weeks(container: "Container") -> "DeckWeeks":
    from bunri.domains.learning.service.deck_weeks import DeckWeeks
    from bunri.domains.learning.service.learners import Learners

    return DeckWeeks(_transaction(container), container.get(Learners), container.clock)


def _device_reminders(container: "Container") -> "DeviceReminders":
    from bunri.domains.learning.service.device_reminders import DeviceReminders

    return DeviceReminders(_transaction(container), container.get(ChatPublic), container.clock)


def _mail(container: "Container") -> "MailDelivery":
    from bunri.platform.mail import Mailer
    from bunri.platform.mail.delivery import MailDelivery

    return MailDelivery(_transaction(container), container.get(Mailer), "bunri.domains.learning")


def _scans(container: "Container") -> "Scans":
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.scans import Scans
    from bunri.domains.learning.service.shown import ShownCards
    from bunri.domains.learning.service.starter import Starter

    get = container.get
    return Scans(
        _transaction(container),
        get(Learners),
        get(Starter),
        get(ShownCards),
        get(WastePublic),
        get(RecyclingPublic),
        container.storage,
        container.settings.learning,
        container.clock,
    )


def _classes(container: "Container") -> "Classes":
    from bunri.domains.learning.service.class_rooms import RoomsOfClasses
    from bunri.domains.learning.service.classes import Classes
    from bunri.domains.learning.service.scans import Scans
    from bunri.domains.learning.service.shown import ShownCards

    get, settings = container.get, container.settings.learning
    rooms, clock = get(RoomsOfClasses), container.clock
    return Classes(_transaction(container), rooms, get(Scans), get(ShownCards), settings, clock)


def _class_handovers(container: "Container") -> "ClassHandovers":
    from bunri.domains.learning.service.class_handovers import ClassHandovers
    from bunri.domains.learning.service.class_rooms import RoomsOfClasses

    get, settings = container.get, container.settings.learning
    return ClassHandovers(_transaction(container), get(RoomsOfClasses), get(AuthPublic), settings, container.clock)


def _class_rooms(container: "Container") -> "RoomsOfClasses":
    from bunri.domains.learning.service.class_rooms import RoomsOfClasses

    return RoomsOfClasses(_transaction(container), container.get(ChatPublic))


def _weekly_tests(container: "Container") -> "WeeklyTests":
    from bunri.domains.learning.service.asking import Asking
    from bunri.domains.learning.service.learners import Learners
    from bunri.domains.learning.service.reviewing import Reviewing
    from bunri.domains.learning.service.shown import ShownCards
    from bunri.domains.learning.service.weekly_tests import WeeklyTests

    get = container.get
    return WeeklyTests(
        _transaction(container), get(Learners), get(Reviewing), get(ShownCards), get(Asking), container.clock
    )


def _kept(container: "Container") -> "LearningUserData":
    from bunri.domains.learning.user_data import LearningUserData

    return LearningUserData(_transaction(container), container.storage)


def _routers(_: "Container") -> "Sequence[APIRouter]":
    from bunri.domains.learning.endpoints import (
        cards,
        checks,
        class_handovers,
        classes,
        deck_weeks,
        decks,
        exports,
        imports,
        media,
        preferences,
        reviews,
        starter,
        statistics,
        tests,
    )

    of_cards = [decks.router, deck_weeks.router, cards.router, checks.router, reviews.router, media.router]
    of_files = [imports.router, exports.router]
    of_classes = [classes.router, class_handovers.router]
    return [*of_cards, *of_files, *of_classes, tests.router, starter.router, statistics.router, preferences.router]


def _handlers(_: "Container", queue: str) -> "Sequence[Handler]":
    from bunri.domains.learning import tasks

    if queue == OPTIMIZE:
        return tasks.optimize()
    return {"default": tasks.DEFAULT, "learning": tasks.LEARNING}.get(queue, ())


def _outbox() -> "Table":
    from bunri.domains.learning.models import outbox

    return outbox


def _user_data(container: "Container") -> UserData:
    from bunri.domains.learning.user_data import LearningUserData

    return container.get(LearningUserData)


MODULE = Module(
    name="learning",
    package="bunri.domains.learning",
    target="learning",
    services={
        "service.asking.Asking": _asking,
        "service.cards.Cards": _cards,
        "service.carrying.CardPictures": _card_pictures,
        "service.checking.Checking": _checking,
        "service.class_handovers.ClassHandovers": _class_handovers,
        "service.class_rooms.RoomsOfClasses": _class_rooms,
        "service.classes.Classes": _classes,
        "service.decks.Decks": _decks,
        "service.deck_exporting.DeckExporting": _deck_exporting,
        "service.deck_exports.DeckExports": _deck_exports,
        "service.deck_weeks.DeckWeeks": _deck_weeks,
        "service.device_reminders.DeviceReminders": _device_reminders,
        "service.importing.Importing": _importing,
        "service.imports.Imports": _imports,
        "service.learners.Learners": _learners,
        "service.grading.Grader": _grader,
        "service.media.Pictures": _pictures,
        "service.optimizing.Optimizing": _optimizing,
        "service.preferences.Preferences": _preferences,
        "service.model_grading.ModelGrading": _model_grading,
        "service.reviewing.Reviewing": _reviewing,
        "service.moving.Moving": _moving,
        "service.reminders.Reminders": _reminders,
        "service.rule_following.RuleFollowing": _rule_following,
        "service.scans.Scans": _scans,
        "service.shown.ShownCards": _shown,
        "service.statistics.Statistics": _statistics,
        "service.starter.Starter": _starter,
        "service.tomorrow.TomorrowsDays": _tomorrows,
        "service.weekly_tests.WeeklyTests": _weekly_tests,
        "user_data.LearningUserData": _kept,
    },
    schema="learning",
    outbox=_outbox,
    folders=(
        StoredFolder(MEDIA, None),
        StoredFolder(IMPORTS, _import_age),
        StoredFolder(DECK_EXPORTS, _deck_export_age),
    ),
    depends_on=("auth", "chat", "users", "recycling", "waste"),
    prefixes=("/api/v1/learning",),
    routers=_routers,
    queues=(Queue("learning", concurrency=4), *_OPTIMIZE_QUEUE),
    task_handlers=_handlers,
    subscriptions=(
        Subscription(ProfileChanged, "learning.follow_profile", "default"),
        Subscription(ImportAsked, "learning.import", "learning"),
        Subscription(AnswerGiven, "learning.grade_answer", "learning"),
        Subscription(Corrected, "learning.make_card_of_scan", "default"),
        Subscription(DeckExportAsked, "learning.export", "learning"),
    ),
    schedule=(
        Schedule("learning.end_classes", "default", 600),
        Schedule("learning.forget_handovers", "default", 3600),
        Schedule("learning.leave_rooms", "default", 60),
        Schedule("learning.follow_rules", "default", 60),
        Schedule("learning.remind", "default", 60),
        Schedule("learning.tell_devices", "default", 30),
        Schedule("learning.look_after_imports", "default", 60),
        Schedule("learning.tidy_pictures", "default", 600),
        *_OPTIMIZE_SCHEDULE,
        Schedule("learning.look_after_exports", "default", 60),
    ),
    mail=_mail,
    user_data=_user_data,
)
