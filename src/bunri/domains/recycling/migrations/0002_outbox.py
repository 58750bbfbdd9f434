"""The outbox of recycling."""

from alembic import op

revision = "recycling_0002"
down_revision = "recycling_0001"


def upgrade() -> None:
    op.execute(
        """
        create table recycling.outbox (
            id uuid primary key,
            topic text not null,
            payload jsonb not null,
            created_at timestamptz not null
        )
        """
    )
