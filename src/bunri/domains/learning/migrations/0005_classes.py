"""Classes: a deck that is entered by a code, cards that pupils suggest, and the day on which all of it is erased."""

from alembic import op

revision = "learning_0005"
down_revision = "learning_0004"

STATEMENTS = (
    """
    create table learning.classes (
        id uuid primary key,
        deck_id uuid not null unique references learning.decks on delete cascade,
        code text not null unique,
        ends_on date not null,
        has_room boolean not null,
        created_at timestamptz not null
    )
    """,
    "create index classes_ends_on_idx on learning.classes (ends_on)",
    """
    create table learning.rooms_to_leave (
        class_id uuid not null,
        person text not null,
        noted_at timestamptz not null,
        primary key (class_id, person)
    )
    """,
    # The room of a class is chat's. Whatever ends a class, or takes somebody out of one, leaves a note for who tells
    # chat of it.
    """
    create function learning.note_class_left() returns trigger language plpgsql as $$
    begin
        insert into learning.rooms_to_leave (class_id, person, noted_at)
        select id, old.person, now() from learning.classes where deck_id = old.deck_id
        on conflict (class_id, person) do update set noted_at = excluded.noted_at;
        return null;
    end
    $$
    """,
    "create trigger class_left after delete on learning.members "
    "for each row execute function learning.note_class_left()",
    """
    create function learning.note_class_ended() returns trigger language plpgsql as $$
    begin
        insert into learning.rooms_to_leave (class_id, person, noted_at) values (old.id, '', now())
        on conflict do nothing;
        return null;
    end
    $$
    """,
    "create trigger class_ended after delete on learning.classes "
    "for each row execute function learning.note_class_ended()",
    "alter table learning.cards add column pending boolean not null default false",
    "create index cards_pending_idx on learning.cards (deck_id, id) where pending",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
