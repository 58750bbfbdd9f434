"""Second factors: the secret of an authenticator app."""

from alembic import op

revision = "auth_0004"
down_revision = "auth_0003"


def upgrade() -> None:
    op.execute(
        """
        create table auth.totp (
            person_id uuid primary key references auth.people on delete cascade,
            secret bytea not null,
            created_at timestamptz not null,
            confirmed_at timestamptz,
            last_step bigint
        )
        """
    )
