"""Mail: a Mailer hands one over, a queue in the database makes sure that none is lost (docs/operations/mail.md)."""

from bunri.platform.mail.errors import MailMissing, MailRefused, MailUnavailable
from bunri.platform.mail.events import MailQueued
from bunri.platform.mail.protocol import Mail, Mailer

__all__ = ["Mail", "MailMissing", "MailQueued", "MailRefused", "MailUnavailable", "Mailer"]
