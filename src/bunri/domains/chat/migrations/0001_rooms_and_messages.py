"""Rooms, their people, and messages numbered without a gap."""

from alembic import op

revision = "chat_0001"
down_revision = None

TABLES = (
    """
    create table chat.rooms (
        id uuid primary key,
        kind text not null,
        name text not null,
        area text,
        created_by text not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        last_seq bigint not null,
        last_rev bigint not null,
        last_at timestamptz,
        closed_at timestamptz,
        slow_s integer not null,
        quiet_from time,
        quiet_until time
    )
    """,
    "create unique index rooms_area_idx on chat.rooms (area) where area is not null and closed_at is null",
    "create index rooms_open_idx on chat.rooms (updated_at desc, id) where kind in ('public', 'area')",
    """
    create table chat.members (
        room_id uuid not null references chat.rooms on delete cascade,
        person text not null,
        name text not null,
        role text not null,
        joined_at timestamptz not null,
        read_seq bigint not null,
        muted_until timestamptz,
        last_sent_at timestamptz,
        notify boolean not null,
        primary key (room_id, person)
    )
    """,
    "create index members_person_idx on chat.members (person)",
    """
    create table chat.bans (
        room_id uuid not null references chat.rooms on delete cascade,
        person text not null,
        until timestamptz not null,
        primary key (room_id, person)
    )
    """,
    """
    create table chat.invites (
        hash bytea primary key,
        room_id uuid not null references chat.rooms on delete cascade,
        created_by text not null,
        expires_at timestamptz not null,
        uses_left integer not null
    )
    """,
    "create index invites_room_id_idx on chat.invites (room_id)",
    """
    create table chat.messages (
        room_id uuid not null references chat.rooms on delete cascade,
        seq bigint not null,
        id uuid not null unique,
        rev bigint not null,
        client_id text,
        sender text not null,
        sender_name text not null,
        type text not null,
        content text not null,
        created_at timestamptz not null,
        reply_to uuid,
        mentions text[] not null,
        data jsonb not null,
        edited_at timestamptz,
        deleted_at timestamptz,
        grams text[] not null,
        initials text[] not null,
        primary key (room_id, seq)
    )
    """,
    """
    create unique index messages_client_id_idx on chat.messages (room_id, sender, client_id)
    where client_id is not null
    """,
    "create index messages_rev_idx on chat.messages (room_id, rev)",
    "create index messages_grams_idx on chat.messages using gin (grams)",
    "create index messages_initials_idx on chat.messages using gin (initials)",
    """
    create table chat.reactions (
        message_id uuid not null references chat.messages (id) on delete cascade,
        person text not null,
        sign text not null,
        primary key (message_id, person, sign)
    )
    """,
    """
    create table chat.reports (
        message_id uuid not null references chat.messages (id) on delete cascade,
        person text not null,
        reason text not null,
        created_at timestamptz not null,
        settled_at timestamptz,
        primary key (message_id, person)
    )
    """,
    """
    create table chat.actions (
        id uuid primary key,
        room_id uuid not null references chat.rooms on delete cascade,
        actor text not null,
        kind text not null,
        target text,
        until timestamptz,
        created_at timestamptz not null
    )
    """,
    "create index actions_room_id_idx on chat.actions (room_id, id)",
    """
    create table chat.outbox (
        id uuid primary key,
        topic text not null,
        payload jsonb not null,
        created_at timestamptz not null
    )
    """,
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
