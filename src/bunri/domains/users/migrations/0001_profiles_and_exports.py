"""Profiles, exports, and the outbox that starts them."""

from alembic import op

revision = "users_0001"
down_revision = None


def upgrade() -> None:
    op.execute(
        """
        create table users.profiles (
            owner text primary key,
            region text,
            building text,
            time_zone text,
            reminder_hour smallint,
            mails text[] not null,
            teaches boolean,
            teaches_said_at timestamptz,
            avatar uuid
        )
        """
    )
    op.execute(
        """
        create table users.exports (
            id uuid primary key,
            owner text not null,
            state text not null,
            progress smallint not null,
            size bigint,
            created_at timestamptz not null,
            expires_at timestamptz
        )
        """
    )
    op.execute("create index exports_owner_idx on users.exports (owner)")
    op.execute("create index exports_created_at_idx on users.exports (created_at)")
    op.execute(
        """
        create table users.outbox (
            id uuid primary key,
            topic text not null,
            payload jsonb not null,
            created_at timestamptz not null
        )
        """
    )
