"""What chat does when something has happened, and from time to time."""

from bunri.domains.auth.public import SessionEnded
from bunri.domains.chat.public import BinSeen, CoachAddressed, PhotoShown, QuestionSettled, RoomSpoke
from bunri.domains.chat.service.bins import BinReports
from bunri.domains.chat.service.file_removal import FileRemoval
from bunri.domains.chat.service.notifications import Notifications
from bunri.domains.chat.service.outcomes import Outcomes
from bunri.domains.chat.service.photos import PhotoCoach
from bunri.domains.chat.service.retention import Retention
from bunri.domains.chat.service.subscriptions import Subscriptions
from bunri.domains.chat.service.words import CoachInWords
from bunri.domains.waste.public import AnalysisDone, Corrected
from bunri.platform.queue import handler, scheduled

DEFAULT = (
    handler("chat.count_bin", on=BinSeen, service=BinReports, call=BinReports.count),
    handler("chat.answer_in_words", on=CoachAddressed, service=CoachInWords, call=CoachInWords.answer),
    handler("chat.look", on=PhotoShown, service=PhotoCoach, call=PhotoCoach.look),
    handler("chat.saw", on=AnalysisDone, service=PhotoCoach, call=PhotoCoach.saw),
    handler("chat.take_to_waste", on=QuestionSettled, service=Outcomes, call=Outcomes.take_to_waste),
    handler("chat.learn_what_it_is", on=Corrected, service=Outcomes, call=Outcomes.corrected),
    handler("chat.notify", on=RoomSpoke, service=Notifications, call=Notifications.look),
    handler("chat.forget_session", on=SessionEnded, service=Subscriptions, call=Subscriptions.forget_session),
    scheduled("chat.notify_again", service=Notifications, call=Notifications.upkeep),
    scheduled("chat.expire", service=Retention, call=Retention.expire),
    scheduled("chat.look_again", service=PhotoCoach, call=PhotoCoach.look_again),
    scheduled("chat.close_votes", service=Outcomes, call=Outcomes.close_due),
    scheduled("chat.purge_files", service=FileRemoval, call=FileRemoval.purge),
    scheduled("chat.expire_files", service=FileRemoval, call=FileRemoval.expire),
)
