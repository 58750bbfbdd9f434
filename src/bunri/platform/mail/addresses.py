"""Addresses that are safe to put into headers and into the commands of SMTP."""

import re
import unicodedata
from email.utils import parseaddr
from typing import Final, NamedTuple, Self

LONGEST: Final = 254
"""Characters of an address (RFC 5321 §4.5.3.1.3, without the brackets of a path)."""
LONGEST_LOCAL: Final = 64
LONGEST_NAME: Final = 64
_LOCAL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+")
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAIN: Final = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")


class BadAddress(ValueError):
    """No address that we send to, with a reason that does not repeat it."""


class Sender(NamedTuple):
    """Whom mails come from: a name that is shown, possibly empty, and an address."""

    name: str
    address: str

    @classmethod
    def parse(cls, written: str) -> Self:
        """From ``Name <address>`` or ``address``. Raises BadAddress."""
        check_line(written)
        name, address = parseaddr(written)
        if len(name) > LONGEST_NAME:
            raise BadAddress(f"its name is longer than {LONGEST_NAME} characters")
        return cls(name, ascii_address(address))


def ascii_address(written: str) -> str:
    """``written`` with its domain in ASCII, as SMTP takes it: 한글.kr is xn--bj0bj06e.kr (RFC 5891).

    What is taken are the addresses that HTML's ``<input type=email>`` takes: a local part of plain ASCII, not quoted.
    Raises BadAddress.
    """
    local, at, domain = written.rpartition("@")
    if not at:
        raise BadAddress("it has no @")
    try:
        domain = domain.encode("idna").decode("ascii") if not domain.isascii() else domain
    except UnicodeError:
        raise BadAddress("its domain is no name") from None
    if len(local) > LONGEST_LOCAL or not _LOCAL.fullmatch(local):
        raise BadAddress("what is before the @ is no name that mail servers take")
    if not _DOMAIN.fullmatch(domain):
        raise BadAddress("its domain is no name")
    if len(local) + 1 + len(domain) > LONGEST:
        raise BadAddress("it is too long")
    return f"{local}@{domain}"


def check_line(text: str) -> None:
    """Raises BadAddress when ``text`` does not fit on a line of a header: a line break in it would begin another
    header (ASVS 5, 1.3.11)."""
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text):
        raise BadAddress("it has control characters")
