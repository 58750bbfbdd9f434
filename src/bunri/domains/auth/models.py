"""Tables of the schema ``auth``."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bunri.platform.db import metadata, outbox_table
from bunri.platform.mail.table import mails_table


class Base(DeclarativeBase):
    metadata = metadata("auth")


_TIME = DateTime(timezone=True)


class Person(Base):
    """A guest, who has only a name, or an account: a person with a way to sign in."""

    __tablename__ = "people"
    __table_args__ = (
        Index("people_email_key_idx", "email_key", unique=True, postgresql_where=text("email_key is not null")),
        Index("people_seen_at_idx", "seen_at", postgresql_where=text("account_since is null")),
        Index("people_erase_at_idx", "erase_at", postgresql_where=text("erase_at is not null")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(Text)
    email: Mapped[str | None] = mapped_column(Text)
    """Of which its owner has shown that mail to it arrives; as it was typed."""
    email_key: Mapped[str | None] = mapped_column(Text)
    """The same for all ways to write it."""
    password_hash: Mapped[str | None] = mapped_column(Text)
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    created_at: Mapped[datetime] = mapped_column(_TIME)
    account_since: Mapped[datetime | None] = mapped_column(_TIME)
    """Since when there has been a way to sign in."""
    seen_at: Mapped[datetime] = mapped_column(_TIME)
    disabled_at: Mapped[datetime | None] = mapped_column(_TIME)
    erase_at: Mapped[datetime | None] = mapped_column(_TIME)
    merged_into: Mapped[UUID | None] = mapped_column()


class Session(Base):
    """A signed-in device: its newest refresh token and the one before. Every token names its session by id."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("auth.people.id", ondelete="CASCADE"), index=True)
    refresh_hash: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    rotated_at: Mapped[datetime] = mapped_column(_TIME)
    expires_at: Mapped[datetime] = mapped_column(_TIME)
    revoked_at: Mapped[datetime | None] = mapped_column(_TIME)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    ends_at: Mapped[datetime] = mapped_column(_TIME)
    """However much it is used."""
    authenticated_at: Mapped[datetime] = mapped_column(_TIME)
    """When its person last showed who they are."""
    factors: Mapped[list[str]] = mapped_column(ARRAY(Text))
    device: Mapped[str] = mapped_column(Text)
    network: Mapped[str] = mapped_column(Text)


class Request(Base):
    """Something that a person asked for and has still to confirm: an address, a new password, a second factor. Its link
    and code are derived from its id and never stored."""

    __tablename__ = "requests"
    __table_args__ = (
        Index("requests_person_id_idx", "person_id", "kind"),
        Index("requests_expires_at_idx", "expires_at"),
        Index("requests_email_key_idx", text("(data ->> 'email_key')"), postgresql_where=text("kind = 'register'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("auth.people.id", ondelete="CASCADE"))
    data: Mapped[dict[str, Any]] = mapped_column(JSONB)
    browser: Mapped[bytes | None] = mapped_column(LargeBinary)
    """The hash of a cookie of the browser that asked."""
    tries: Mapped[int] = mapped_column(SmallInteger)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    expires_at: Mapped[datetime] = mapped_column(_TIME)


class RecoveryCode(Base):
    """What opens a guest on another device, or stands in for a lost second factor; each works once."""

    __tablename__ = "recovery_codes"

    hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("auth.people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)


class Identity(Base):
    """An account elsewhere by which a person signs in."""

    __tablename__ = "identities"
    __table_args__ = (UniqueConstraint("person_id", "provider"),)

    provider: Mapped[str] = mapped_column(Text, primary_key=True)
    subject: Mapped[str] = mapped_column(Text, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("auth.people.id", ondelete="CASCADE"))
    created_at: Mapped[datetime] = mapped_column(_TIME)
    refresh_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Of the provider, encrypted (SecretCipher): it ends the connection one day. None where that takes none."""


class Unlinking(Base):
    """A connection that is still to be ended at its provider; it outlives the person."""

    __tablename__ = "unlinkings"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    person_id: Mapped[UUID] = mapped_column()
    """For whom the token was encrypted; there may be nobody of this id any more."""
    refresh_token: Mapped[bytes | None] = mapped_column(LargeBinary)
    attempts: Mapped[int] = mapped_column(SmallInteger)
    next_attempt_at: Mapped[datetime] = mapped_column(_TIME, index=True)
    created_at: Mapped[datetime] = mapped_column(_TIME)


class Totp(Base):
    """An authenticator app of a person; it counts once a code of it has been shown."""

    __tablename__ = "totp"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("auth.people.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    """Encrypted (SecretCipher)."""
    created_at: Mapped[datetime] = mapped_column(_TIME)
    confirmed_at: Mapped[datetime | None] = mapped_column(_TIME)
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The latest step whose code was used; none of it or before is good any more."""


class Passkey(Base):
    """A key pair on a person's device, which unlocks it for us; of it we have the public half."""

    __tablename__ = "passkeys"
    __table_args__ = (Index("passkeys_credential_id_idx", "credential_id", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("auth.people.id", ondelete="CASCADE"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    """COSE (RFC 9053)."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """The authenticator's counter; 0 where it keeps none."""
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)
    last_used_at: Mapped[datetime | None] = mapped_column(_TIME)


class SecurityEvent(Base):
    """Who did what to an account, when, and from where, coarsely. Outlives the person, without a name."""

    __tablename__ = "security_events"
    __table_args__ = (
        Index("security_events_person_id_idx", "person_id", "created_at"),
        Index("security_events_created_at_idx", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column()
    kind: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(Text)
    network: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(_TIME)


outbox = outbox_table(Base.metadata)
mails = mails_table(Base.metadata)
