"""The table ``mails`` of a schema: what is to be sent, what was sent, and what was given up."""

from enum import StrEnum
from typing import Final

from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB


class MailState(StrEnum):
    QUEUED = "queued"
    """Waits for its first try or for another one."""
    SENT = "sent"
    """A server has taken it. Who got it, and what it said, is no longer known."""
    DEAD = "dead"
    """Given up: refused, or tried for a day. An operator may have it tried again."""


_STATES: Final = "state in ('queued', 'sent', 'dead')"
_FORGOTTEN: Final = "(state = 'sent') = (recipient is null)"


def mails_table(metadata: MetaData) -> Table:
    """The table ``mails`` of a schema; ``create_mails`` makes it."""
    return Table(
        "mails",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("template", Text, nullable=False),
        Column("recipient", Text),
        Column("language", Text, nullable=False),
        Column("data", JSONB),
        Column("state", Text, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("next_attempt_at", DateTime(timezone=True), nullable=False),
        Column("last_error", Text),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("sent_at", DateTime(timezone=True)),
        CheckConstraint(_STATES, name="state"),
        CheckConstraint(_FORGOTTEN, name="forgotten"),
        Index("mails_state_next_attempt_at_idx", "state", "next_attempt_at"),
    )


def create_mails(schema: str) -> tuple[str, ...]:
    """The statements that make ``mails_table`` in ``schema``, for a migration of the domain::

    def upgrade() -> None:
        for statement in create_mails("auth"):
            op.execute(statement)
    """
    return (
        f"""
        create table {schema}.mails (
            id uuid primary key,
            template text not null,
            recipient text,
            language text not null,
            data jsonb,
            state text not null constraint mails_state_check check ({_STATES}),
            attempts integer not null,
            next_attempt_at timestamptz not null,
            last_error text,
            created_at timestamptz not null,
            sent_at timestamptz,
            constraint mails_forgotten_check check ({_FORGOTTEN})
        )
        """,
        f"create index mails_state_next_attempt_at_idx on {schema}.mails (state, next_attempt_at)",
    )
