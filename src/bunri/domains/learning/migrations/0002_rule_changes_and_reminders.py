"""Rules that changed, reminders that were made, mails, and the building where somebody lives."""

from alembic import op

from bunri.platform.mail.table import create_mails

revision = "learning_0002"
down_revision = "learning_0001"

STATEMENTS = (
    "alter table learning.people add column building text",
    """
    create table learning.rule_changes (
        card_id uuid not null references learning.cards on delete cascade,
        changed_at timestamptz not null,
        told_until text not null,
        primary key (card_id, changed_at)
    )
    """,
    """
    create table learning.reminders (
        person text not null,
        day date not null,
        kind text not null,
        made_at timestamptz not null,
        primary key (person, day, kind)
    )
    """,
    "create index reminders_day_idx on learning.reminders (day)",
    *create_mails("learning"),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
