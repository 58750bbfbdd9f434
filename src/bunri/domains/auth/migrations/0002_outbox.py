"""The outbox, for sessions that end."""

from alembic import op

revision = "auth_0002"
down_revision = "auth_0001"


def upgrade() -> None:
    op.execute(
        """
        create table auth.outbox (
            id uuid primary key,
            topic text not null,
            payload jsonb not null,
            created_at timestamptz not null
        )
        """
    )
