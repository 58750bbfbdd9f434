"""What rooms are asked about photos, and how often each voter agreed with what came out; who is mentioned is found."""

from alembic import op

revision = "chat_0004"
down_revision = "chat_0003"

TABLES = (
    """
    create table chat.questions (
        id uuid primary key,
        room_id uuid not null references chat.rooms on delete cascade,
        message_id uuid references chat.messages (id) on delete cascade,
        about uuid references chat.messages (id) on delete cascade,
        job_id uuid not null,
        position integer not null,
        owner text not null,
        language text not null,
        state text not null,
        choices jsonb not null,
        answer integer,
        settled_by text,
        item text,
        phash bytea,
        asked_at timestamptz not null,
        tries integer not null,
        closes_at timestamptz not null,
        settled_at timestamptz
    )
    """,
    "create unique index questions_message_id_idx on chat.questions (message_id)",
    "create unique index questions_about_idx on chat.questions (about)",
    "create index questions_job_id_idx on chat.questions (job_id, position)",
    "create index questions_room_id_idx on chat.questions (room_id, settled_at desc)",
    "create index questions_owner_idx on chat.questions (owner)",
    "create index questions_due_idx on chat.questions (closes_at) where state in ('looking', 'open')",
    """
    create table chat.voters (
        person text primary key,
        agreed integer not null,
        differed integer not null
    )
    """,
    "create index messages_mentions_idx on chat.messages using gin (mentions) where mentions <> '{}'",
)


def upgrade() -> None:
    for statement in TABLES:
        op.execute(statement)
