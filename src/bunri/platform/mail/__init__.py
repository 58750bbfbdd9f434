"""Mail: a Mailer hands one over, a queue in the database makes sure that none is lost (docs/operations/mail.md)."""

from bunri.platform.mail.errors import MailAddressInvalid, MailMissing, MailRefused, MailUnavailable
from bunri.platform.mail.events import MailQueued
from bunri.platform.mail.protocol import Mail, Mailer, MailRequest

__all__ = [
    "Mail",
    "MailAddressInvalid",
    "MailMissing",
    "MailQueued",
    "MailRefused",
    "MailRequest",
    "MailUnavailable",
    "Mailer",
]
