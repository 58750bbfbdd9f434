"""Connections with accounts elsewhere that are still to be ended there, and the tokens that this takes."""

from alembic import op

revision = "auth_0006"
down_revision = "auth_0005"


def upgrade() -> None:
    op.execute("alter table auth.identities add column refresh_token bytea")
    op.execute(
        """
        create table auth.unlinkings (
            id uuid primary key,
            provider text not null,
            subject text not null,
            person_id uuid not null,
            refresh_token bytea,
            attempts smallint not null,
            next_attempt_at timestamptz not null,
            created_at timestamptz not null
        )
        """
    )
    op.execute("create index unlinkings_next_attempt_at_idx on auth.unlinkings (next_attempt_at)")
