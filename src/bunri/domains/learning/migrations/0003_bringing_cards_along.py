"""Cards that are brought along or taken away, and pictures of cards that nobody needs any more."""

from alembic import op

revision = "learning_0003"
down_revision = "learning_0002"

STATEMENTS = (
    """
    create table learning.removed_objects (
        key text primary key,
        removed_at timestamptz not null
    )
    """,
    "create index removed_objects_removed_at_idx on learning.removed_objects (removed_at)",
    """
    create function learning.remember_removed_picture() returns trigger language plpgsql as $$
    begin
        insert into learning.removed_objects (key, removed_at) values ('card-media/' || old.id, now())
        on conflict do nothing;
        return null;
    end
    $$
    """,
    "create trigger media_removed after delete on learning.media "
    "for each row execute function learning.remember_removed_picture()",
    "create index media_owner_idx on learning.media (owner) where owner is not null",
    "create index cards_media_idx on learning.cards using gin (media) where media <> '{}'",
    """
    create table learning.imports (
        id uuid primary key,
        owner text not null,
        format text not null,
        size bigint not null,
        deck_id uuid,
        deck_name text,
        state text not null,
        progress smallint not null,
        position integer not null,
        decks jsonb not null,
        counts jsonb not null,
        report jsonb not null,
        error text,
        attempt smallint not null,
        lease_until timestamptz,
        created_at timestamptz not null,
        ended_at timestamptz
    )
    """,
    "create index imports_owner_idx on learning.imports (owner, created_at)",
    "create index imports_open_idx on learning.imports (lease_until) where ended_at is null",
    """
    create table learning.exports (
        id uuid primary key,
        owner text not null,
        deck_id uuid not null,
        format text not null,
        state text not null,
        progress smallint not null,
        size bigint,
        error text,
        attempt smallint not null,
        lease_until timestamptz,
        created_at timestamptz not null,
        expires_at timestamptz
    )
    """,
    "create index exports_owner_idx on learning.exports (owner, created_at)",
    "create index exports_open_idx on learning.exports (lease_until) where expires_at is null",
)
"""A picture's row goes with its deck, however that is removed; the trigger sees to it that its object is known of until
it is gone, too."""


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
