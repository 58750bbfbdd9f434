"""How somebody would rather be reminded, and reminders on their way to devices; who shows others their week."""

from alembic import op

revision = "learning_0006"
down_revision = "learning_0005"


def upgrade() -> None:
    op.execute("alter table learning.members add column shows_week boolean not null default false")
    op.execute("alter table learning.people add column remind_by text not null default 'mail'")
    op.execute(
        """
        create table learning.reminder_notices (
            person text not null,
            day date not null,
            device_id uuid not null,
            language text not null,
            due integer not null,
            collection text[] not null,
            expires_at timestamptz not null,
            attempts smallint not null,
            next_attempt_at timestamptz not null,
            primary key (person, day, device_id)
        )
        """
    )
    op.execute("create index reminder_notices_due_idx on learning.reminder_notices (next_attempt_at)")
