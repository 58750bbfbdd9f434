"""How mail leaves: by SMTP, or, without a server, into files."""

import ipaddress
from pathlib import Path
from typing import Final, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from bunri.platform.mail.addresses import BadAddress, Sender

DEFAULT_PORTS: Final = {"smtp": 587, "smtps": 465}
EMBEDDED_SENDER: Final = Sender("분리", "bunri@localhost")
_SHAPE: Final = (
    "smtp_url is smtp://USER:PASSWORD@HOST:PORT or smtps://USER:PASSWORD@HOST:PORT, with @ : / ? # %"
    " in user and password as %40, %3A, %2F, %3F, %23 and %25"
)


class SmtpServer(NamedTuple):
    """Where mail is handed over."""

    host: str
    port: int
    tls: bool
    """TLS from the first byte on (RFC 8314 §3.3)."""
    username: str | None
    password: str | None

    @property
    def is_local(self) -> bool:
        """It is on this machine, so that nobody listens in between."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


class MailSettings(BaseModel):
    """An SMTP server, or none: then each mail becomes a file in ``<data>/outbox``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    smtp_url: SecretStr | None = Field(
        None, description="smtp://USER:PASSWORD@HOST:587 (STARTTLS) or smtps://…:465; unset: files in <data>/outbox."
    )
    sender: str | None = Field(
        None, description="‘분리 <no-reply@example.org>’; unset: the user of smtp_url, where that is an address."
    )
    require_tls: bool | None = Field(
        None, description="Whether smtp:// must become TLS by STARTTLS. Unset: unless the server is on this machine."
    )
    ca_file: Path | None = Field(None, description="PEM file of authorities that are trusted beside the system's.")
    timeout_s: float = Field(30.0, gt=0, le=120, description="For handing over one mail, from connecting on.")
    keep_files: int = Field(200, ge=1, le=10_000, description="Newest mails that stay in <data>/outbox.")

    @property
    def server(self) -> SmtpServer | None:
        """The server that ``smtp_url`` names. Raises ValueError, which never repeats the URL: it has a password."""
        if self.smtp_url is None:
            return None
        try:
            parts = urlsplit(self.smtp_url.get_secret_value().strip())
            port = parts.port
        except ValueError:  # its own words may repeat the password
            raise ValueError(_SHAPE) from None
        more = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname or more:
            raise ValueError(_SHAPE)
        if (parts.username is None) != (parts.password is None):
            raise ValueError("smtp_url needs both a user and a password, or neither")
        return SmtpServer(
            parts.hostname,
            port or DEFAULT_PORTS[parts.scheme],
            parts.scheme == "smtps",
            unquote(parts.username) if parts.username is not None else None,
            unquote(parts.password) if parts.password is not None else None,
        )

    @property
    def starttls(self) -> bool:
        """Whether the connection begins in the clear and must become TLS before anything is said."""
        server = self.server
        if server is None or server.tls:
            return False
        return not server.is_local if self.require_tls is None else self.require_tls

    @property
    def from_(self) -> Sender:
        """Whom mails come from."""
        if self.sender is not None:
            return Sender.parse(self.sender)
        if self.server and self.server.username:
            return Sender.parse(self.server.username)
        return EMBEDDED_SENDER

    @model_validator(mode="after")
    def _sound(self) -> Self:
        server = self.server
        try:
            sender = self.from_
        except BadAddress as error:
            raise ValueError(f"sender has to be an address, or a name and an <address>: {error}") from None
        if server is None:
            return self
        if sender is EMBEDDED_SENDER:
            raise ValueError("smtp_url without sender: say whom mails come from")
        if server.password and not (server.tls or self.starttls or server.is_local):
            raise ValueError("require_tls=false would send the password of smtp_url in the clear")
        if self.ca_file is not None and not self.ca_file.is_file():
            raise ValueError(f"ca_file: there is no file {self.ca_file}")
        return self
