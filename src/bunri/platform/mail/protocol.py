"""What a mail is, and who sends it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from bunri.kit.languages import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail for one person, as text and as HTML that say the same."""

    to: str
    """One address without a name: ``someone@example.org``."""
    subject: str
    text: str
    html: str
    language: Language
    unsubscribe_url: str | None = None
    """Where one POST ends mails of this kind (RFC 8058); None for mails that nobody can decline."""
    id: UUID | None = None
    """The Message-ID is made from it, so that a mail that was sent twice can be told to be one. None: a new one."""


class Mailer(Protocol):
    """Hands a mail over to whoever delivers it."""

    async def send(self, mail: Mail) -> None:
        """Returns once the mail has been taken over. Raises MailUnavailable when another try may succeed, and
        MailRefused when none will."""
        ...
