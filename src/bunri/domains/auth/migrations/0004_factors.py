"""Second factors: the secret of an authenticator app, and passkeys."""

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
    op.execute(
        """
        create table auth.passkeys (
            id uuid primary key,
            person_id uuid not null references auth.people on delete cascade,
            credential_id bytea not null,
            public_key bytea not null,
            sign_count bigint not null,
            name text not null,
            created_at timestamptz not null,
            last_used_at timestamptz
        )
        """
    )
    op.execute("create index passkeys_person_id_idx on auth.passkeys (person_id)")
    op.execute("create unique index passkeys_credential_id_idx on auth.passkeys (credential_id)")
