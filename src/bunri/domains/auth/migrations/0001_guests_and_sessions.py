"""Guests and their sessions."""

from alembic import op

revision = "auth_0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        """
        create table auth.guests (
            id uuid primary key,
            name text not null,
            created_at timestamptz not null
        )
        """
    )
    op.execute(
        """
        create table auth.sessions (
            id uuid primary key,
            guest_id uuid not null references auth.guests on delete cascade,
            refresh_hash bytea not null,
            previous_hash bytea,
            rotated_at timestamptz not null,
            expires_at timestamptz not null,
            revoked_at timestamptz
        )
        """
    )
    op.execute("create index sessions_guest_id_idx on auth.sessions (guest_id)")
