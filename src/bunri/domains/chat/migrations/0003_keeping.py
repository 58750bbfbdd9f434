"""Order in the rooms, how long messages are kept, and notices to people's devices."""

from alembic import op

revision = "chat_0003"
down_revision = "chat_0002"

STATEMENTS = (
    "alter table chat.rooms add column first_seq bigint not null default 1",
    "alter table chat.rooms add column keep_days integer",
    "alter table chat.rooms add column words text[] not null default '{}'",
    "alter table chat.rooms add column notified_seq bigint not null default 0",
    "alter table chat.rooms add column notice_at timestamptz",
    "update chat.rooms set notified_seq = last_seq",
    "alter table chat.messages add column reported boolean not null default false",
    "create index reports_open_idx on chat.reports (message_id) where settled_at is null",
    "alter table chat.actions add column details jsonb not null default '{}'",
    """
    create table chat.subscriptions (
        id uuid primary key,
        person text not null,
        session_id uuid not null,
        endpoint text not null unique,
        p256dh bytea not null,
        auth bytea not null,
        language text not null,
        shows_text boolean not null,
        seen_at timestamptz not null
    )
    """,
    "create index subscriptions_person_idx on chat.subscriptions (person)",
    "create index subscriptions_session_id_idx on chat.subscriptions (session_id)",
    """
    create table chat.notices (
        subscription_id uuid not null references chat.subscriptions on delete cascade,
        room_id uuid not null references chat.rooms on delete cascade,
        seq bigint not null,
        mentioned boolean not null,
        attempts integer not null,
        created_at timestamptz not null,
        next_attempt_at timestamptz,
        sent_at timestamptz,
        primary key (subscription_id, room_id)
    )
    """,
    "create index notices_room_id_idx on chat.notices (room_id)",
    "create index notices_next_attempt_at_idx on chat.notices (next_attempt_at)",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
