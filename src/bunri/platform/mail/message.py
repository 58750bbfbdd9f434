"""A mail as the message that goes over the wire (RFC 5322), safe against headers that smuggle others in."""

import re
from datetime import datetime
from email.header import Header
from email.headerregistry import Address, BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, EmailPolicy
from email.utils import format_datetime
from typing import Any, Final

from bunri.kit.ids import new_id
from bunri.platform.mail.addresses import BadAddress, Sender, ascii_address, check_line
from bunri.platform.mail.errors import MailAddressInvalid, MailRefused
from bunri.platform.mail.protocol import Mail

LONGEST_SUBJECT: Final = 200
_LINE: Final = 76
_URL: Final = re.compile(r"https?://[!-;=?-~]{1,900}")
"""Visible ASCII without ``<`` and ``>``, short enough for one line of 998 bytes."""


class _OneLine(UnstructuredHeader, BaseHeader):
    """A header that is ASCII and never folded: Python would encode the words of a long URL, and then nobody reads
    it as one."""

    def fold(self, *, policy: Any) -> str:
        return f"{self.name}: {self}{policy.linesep}"


class _Subject(UnstructuredHeader, BaseHeader):
    """A subject whose encoded words keep every space: the folding of email.policy loses some of a long one."""

    def fold(self, *, policy: Any) -> str:
        said = str(self)
        if not said.isascii() or "=?" in said:
            said = Header(said, "utf-8", maxlinelen=_LINE, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {said}{policy.linesep}"


def _policy() -> "EmailPolicy[Any]":
    registry = HeaderRegistry()
    registry.map_to_type("list-unsubscribe", _OneLine)
    registry.map_to_type("message-id", _OneLine)
    registry.map_to_type("subject", _Subject)
    # Seven bits, because not every server takes eight.
    return SMTP.clone(cte_type="7bit", header_factory=registry)


POLICY: Final = _policy()


def message_of(mail: Mail, sender: Sender, moment: datetime) -> EmailMessage:
    """``mail`` as a message with CRLF line ends and pure ASCII bytes. Raises MailRefused for an address, a subject or a
    URL that no header may hold."""
    domain = sender.address.rpartition("@")[2]
    message = EmailMessage(POLICY)
    message["From"] = Address(sender.name, addr_spec=sender.address)
    message["To"] = Address(addr_spec=recipient_of(mail))
    message["Subject"] = _checked_subject(mail.subject)
    message["Date"] = format_datetime(moment)
    message["Message-ID"] = f"<{mail.id or new_id()}@{domain}>"
    # Holiday replies and lists leave it alone (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url is not None:
        message["List-Unsubscribe"] = f"<{_checked_url(mail.unsubscribe_url)}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    message["Content-Language"] = mail.language  # last: what is about the content before it becomes a part's
    return message


def recipient_of(mail: Mail) -> str:
    """The address of ``mail`` in ASCII. Raises MailAddressInvalid."""
    try:
        return ascii_address(mail.to)
    except BadAddress as error:
        raise MailAddressInvalid(f"address: {error}") from None


def _checked_subject(subject: str) -> str:
    try:
        check_line(subject)
    except BadAddress as error:
        raise MailRefused(f"subject: {error}") from None
    if not subject.strip() or len(subject) > LONGEST_SUBJECT:
        raise MailRefused(f"subject: it needs 1 to {LONGEST_SUBJECT} characters")
    return subject


def _checked_url(url: str) -> str:
    if not _URL.fullmatch(url):
        raise MailRefused("unsubscribe_url: it is no URL of http or https that fits into a header")
    return url
