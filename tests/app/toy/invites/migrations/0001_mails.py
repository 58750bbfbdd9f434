"""The outbox and the mails."""

from alembic import op

from bunri.platform.mail.table import create_mails

revision = "invites_0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        """
        create table invites.outbox (
            id uuid primary key,
            topic text not null,
            payload jsonb not null,
            created_at timestamptz not null
        )
        """
    )
    for statement in create_mails("invites"):
        op.execute(statement)
