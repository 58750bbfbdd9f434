"""From settings to a Mailer."""

from pathlib import Path

from bunri.kit.clock import Clock, now
from bunri.platform.mail.folder import MailFolder
from bunri.platform.mail.protocol import Mailer
from bunri.platform.mail.settings import MailSettings


def open_mailer(settings: MailSettings, data: Path, clock: Clock = now) -> Mailer:
    """SMTP where a server is set, else files in ``data``/outbox. It keeps nothing open."""
    if (server := settings.server) is not None:
        from bunri.platform.mail.smtp import SmtpMailer

        return SmtpMailer(settings, server, clock)
    return MailFolder(data / "outbox", settings.from_, settings.keep_files, clock)
