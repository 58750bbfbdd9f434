"""People: a guest is somebody with only a name, an account has ways to sign in. Sessions know their device."""

from alembic import op

from bunri.platform.mail.table import create_mails

revision = "auth_0003"
down_revision = "auth_0002"


def upgrade() -> None:
    op.execute("alter table auth.guests rename to people")
    op.execute("alter index auth.guests_pkey rename to people_pkey")
    op.execute(
        """
        alter table auth.people
            add column language text not null default 'ko',
            add column email text,
            add column email_key text,
            add column password_hash text,
            add column roles text[] not null default '{}',
            add column account_since timestamptz,
            add column seen_at timestamptz not null default now(),
            add column disabled_at timestamptz,
            add column erase_at timestamptz,
            add column merged_into uuid
        """
    )
    op.execute("update auth.people set seen_at = created_at")
    for column in ("language", "roles", "seen_at"):
        op.execute(f"alter table auth.people alter column {column} drop default")
    op.execute("create unique index people_email_key_idx on auth.people (email_key) where email_key is not null")
    op.execute("create index people_seen_at_idx on auth.people (seen_at) where account_since is null")
    op.execute("create index people_erase_at_idx on auth.people (erase_at) where erase_at is not null")

    op.execute("alter table auth.sessions rename column guest_id to person_id")
    op.execute("alter index auth.sessions_guest_id_idx rename to sessions_person_id_idx")
    op.execute("alter table auth.sessions rename constraint sessions_guest_id_fkey to sessions_person_id_fkey")
    op.execute(
        """
        alter table auth.sessions
            add column created_at timestamptz,
            add column ends_at timestamptz,
            add column authenticated_at timestamptz,
            add column factors text[] not null default '{name}',
            add column device text not null default '',
            add column network text not null default ''
        """
    )
    op.execute(
        "update auth.sessions set created_at = rotated_at, authenticated_at = rotated_at,"
        " ends_at = rotated_at + interval '400 days'"
    )
    for column in ("created_at", "ends_at", "authenticated_at"):
        op.execute(f"alter table auth.sessions alter column {column} set not null")
    for column in ("factors", "device", "network"):
        op.execute(f"alter table auth.sessions alter column {column} drop default")

    op.execute(
        """
        create table auth.requests (
            id uuid primary key,
            kind text not null,
            person_id uuid references auth.people on delete cascade,
            data jsonb not null,
            browser bytea,
            tries smallint not null,
            created_at timestamptz not null,
            expires_at timestamptz not null
        )
        """
    )
    op.execute("create index requests_person_id_idx on auth.requests (person_id, kind)")
    op.execute("create index requests_expires_at_idx on auth.requests (expires_at)")
    op.execute(
        """
        create table auth.recovery_codes (
            hash bytea primary key,
            person_id uuid not null references auth.people on delete cascade,
            kind text not null,
            created_at timestamptz not null
        )
        """
    )
    op.execute("create index recovery_codes_person_id_idx on auth.recovery_codes (person_id)")
    op.execute(
        """
        create table auth.identities (
            provider text not null,
            subject text not null,
            person_id uuid not null references auth.people on delete cascade,
            created_at timestamptz not null,
            primary key (provider, subject),
            unique (person_id, provider)
        )
        """
    )
    op.execute(
        """
        create table auth.security_events (
            id uuid primary key,
            person_id uuid,
            kind text not null,
            device text not null,
            network text not null,
            created_at timestamptz not null
        )
        """
    )
    op.execute("create index security_events_person_id_idx on auth.security_events (person_id, created_at)")
    op.execute("create index security_events_created_at_idx on auth.security_events (created_at)")
    for statement in create_mails("auth"):
        op.execute(statement)
