"""What a mail is, how one is asked for, and who sends it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
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


@dataclass(frozen=True, slots=True)
class MailRequest:
    """A mail that is to be sent: ``template`` of the domain's ``mails/``, filled from ``data`` (ready for JSON).

    ``data`` lies in the database until the mail has been sent, so it holds no secret: put the id of what a link is
    about there, and let ``complete`` of MailDelivery make the link.
    """

    template: str
    to: str
    language: Language
    data: Mapping[str, Any] = field(default_factory=dict)


class Mailer(Protocol):
    """Hands a mail over to whoever delivers it."""

    async def send(self, mail: Mail) -> None:
        """Returns once the mail has been taken over. Raises MailUnavailable when another try may succeed, and
        MailRefused when none will."""
        ...
