"""Files and pictures of rooms."""

from alembic import op

revision = "chat_0002"
down_revision = "chat_0001"

# A room with files cannot be deleted: their objects have to go first, and the row is all that knows of them. Files
# whose message is deleted are had by none again, and go as all of those do.
STATEMENTS = (
    """
    create table chat.files (
        id uuid primary key,
        room_id uuid not null references chat.rooms,
        owner text not null,
        name text not null,
        content_type text not null,
        size bigint not null,
        created_at timestamptz not null,
        sha256 bytea,
        kind text,
        width integer,
        height integer,
        completed_at timestamptz,
        message_id uuid references chat.messages (id) on delete set null,
        removed_at timestamptz,
        lease_until timestamptz
    )
    """,
    "create index files_owner_idx on chat.files (owner, created_at)",
    "create index files_room_id_idx on chat.files (room_id)",
    "create index files_message_id_idx on chat.files (message_id)",
    "create index files_unused_idx on chat.files (created_at) where message_id is null and removed_at is null",
    "create index files_removed_idx on chat.files (removed_at) where removed_at is not null",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
