"""What learning does when something has happened, and from time to time."""

from bunri.domains.learning.public import AnswerGiven, DeckExportAsked, ImportAsked
from bunri.domains.learning.service.class_handovers import ClassHandovers
from bunri.domains.learning.service.class_rooms import RoomsOfClasses
from bunri.domains.learning.service.classes import Classes
from bunri.domains.learning.service.deck_exporting import DeckExporting
from bunri.domains.learning.service.deck_exports import DeckExports
from bunri.domains.learning.service.device_reminders import DeviceReminders
from bunri.domains.learning.service.importing import Importing
from bunri.domains.learning.service.imports import Imports
from bunri.domains.learning.service.learners import Learners
from bunri.domains.learning.service.media import Pictures
from bunri.domains.learning.service.model_grading import ModelGrading
from bunri.domains.learning.service.reminders import Reminders
from bunri.domains.learning.service.rule_following import RuleFollowing
from bunri.domains.learning.service.scans import Scans
from bunri.domains.users.public import ProfileChanged
from bunri.domains.waste.public import Corrected
from bunri.platform.queue import Handler, handler, scheduled

DEFAULT = (
    handler("learning.follow_profile", on=ProfileChanged, service=Learners, call=Learners.profile_changed),
    scheduled("learning.look_after_exports", service=DeckExports, call=DeckExports.look_after),
    scheduled("learning.look_after_imports", service=Imports, call=Imports.look_after),
    scheduled("learning.tidy_pictures", service=Pictures, call=Pictures.tidy),
    handler("learning.make_card_of_scan", on=Corrected, service=Scans, call=Scans.corrected),
    scheduled("learning.end_classes", service=Classes, call=Classes.end),
    scheduled("learning.forget_handovers", service=ClassHandovers, call=ClassHandovers.forget),
    scheduled("learning.leave_rooms", service=RoomsOfClasses, call=RoomsOfClasses.leave_all),
    scheduled("learning.follow_rules", service=RuleFollowing, call=RuleFollowing.follow),
    scheduled("learning.remind", service=Reminders, call=Reminders.send),
    scheduled("learning.tell_devices", service=DeviceReminders, call=DeviceReminders.send_due),
)

LEARNING = (
    handler("learning.export", on=DeckExportAsked, service=DeckExporting, call=DeckExporting.work),
    handler("learning.grade_answer", on=AnswerGiven, service=ModelGrading, call=ModelGrading.answer_given),
    handler("learning.import", on=ImportAsked, service=Importing, call=Importing.work),
)
"""What reads or makes whole files, or waits for a language model, so that nothing quick waits behind it."""


def optimize() -> tuple[Handler, ...]:
    """It takes minutes of a core for each person: in a queue of its own, where PyTorch is installed."""
    from bunri.domains.learning.service.optimizing import Optimizing

    return (scheduled("learning.optimize", service=Optimizing, call=Optimizing.optimize_some),)
