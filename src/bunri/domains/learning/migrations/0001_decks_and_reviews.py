"""Decks, cards, what each person remembers of them, and the log of reviews that it follows from."""

from alembic import op

revision = "learning_0001"
down_revision = None

TABLES = (
    """
    create table learning.people (
        person text primary key,
        zone text not null,
        rollover smallint not null,
        region text,
        language text not null,
        new_a_day smallint not null,
        reviews_a_day smallint not null,
        retention double precision not null,
        parameters double precision[],
        week_goal smallint not null,
        makes_cards boolean not null,
        reminder_hour smallint,
        remind_at timestamptz,
        paused_until date,
        created_at timestamptz not null
    )
    """,
    "create index people_remind_at_idx on learning.people (remind_at) where remind_at is not null",
    """
    create table learning.decks (
        id uuid primary key,
        kind text not null,
        name text not null,
        description text not null,
        owner text,
        language text not null,
        region text,
        rule_version text,
        share_hash bytea,
        created_at timestamptz not null,
        updated_at timestamptz not null
    )
    """,
    "create unique index decks_starter_idx on learning.decks (kind, region, language) nulls not distinct "
    "where owner is null",
    "create unique index decks_share_idx on learning.decks (share_hash) where share_hash is not null",
    "create index decks_owner_idx on learning.decks (owner)",
    """
    create table learning.members (
        deck_id uuid not null references learning.decks on delete cascade,
        person text not null,
        role text not null,
        name text not null,
        joined_at timestamptz not null,
        primary key (deck_id, person)
    )
    """,
    "create index members_person_idx on learning.members (person)",
    """
    create table learning.cards (
        id uuid primary key,
        deck_id uuid not null references learning.decks on delete cascade,
        note_id uuid not null,
        guid text,
        kind text not null,
        front text not null,
        back text not null,
        choices text[] not null,
        accepted text[] not null,
        tags text[] not null,
        media uuid[] not null,
        item text,
        material text,
        rule_hash text,
        edited boolean not null,
        before text,
        changed_at timestamptz,
        origin text not null,
        origin_id text,
        position integer not null,
        author text,
        grams text[] not null,
        initials text[] not null,
        created_at timestamptz not null,
        updated_at timestamptz not null,
        removed_at timestamptz
    )
    """,
    "create index cards_deck_idx on learning.cards (deck_id, position, id)",
    "create index cards_note_idx on learning.cards (note_id)",
    "create unique index cards_origin_idx on learning.cards (deck_id, origin, origin_id) where origin_id is not null",
    "create index cards_item_idx on learning.cards (item) where item is not null",
    "create index cards_grams_idx on learning.cards using gin (grams)",
    "create index cards_initials_idx on learning.cards using gin (initials)",
    """
    create table learning.memories (
        person text not null,
        card_id uuid not null references learning.cards on delete cascade,
        deck_id uuid not null,
        note_id uuid not null,
        material text,
        position integer not null,
        state smallint not null,
        step smallint,
        stability double precision,
        difficulty double precision,
        due_day date,
        due_at timestamptz,
        first_day date,
        last_day date,
        last_at timestamptz,
        interval integer not null,
        reviews integer not null,
        lapses integer not null,
        suspended boolean not null,
        primary key (person, card_id)
    )
    """,
    "create index memories_card_idx on learning.memories (card_id)",
    "create index memories_steps_idx on learning.memories (person, due_at) where state in (1, 3) and not suspended",
    "create index memories_due_idx on learning.memories (person, due_day) where state = 2 and not suspended",
    "create index memories_new_idx on learning.memories (person, position, card_id) where state = 0 and not suspended",
    "create index memories_note_idx on learning.memories (person, note_id, position, card_id) "
    "where state = 0 and not suspended",
    "create index memories_evening_idx on learning.memories (person, material, (due_day - interval / 10)) "
    "where state = 2 and not suspended and material is not null",
    "create index memories_last_idx on learning.memories (person, last_day)",
    """
    create table learning.reviews (
        id uuid primary key,
        person text not null,
        card_id uuid not null references learning.cards on delete cascade,
        kind text not null,
        rating smallint,
        reviewed_at timestamptz not null,
        day date not null,
        seconds real,
        answer text,
        grade jsonb,
        received_at timestamptz not null,
        undone_at timestamptz
    )
    """,
    "create index reviews_card_idx on learning.reviews (person, card_id, reviewed_at, id)",
    "create index reviews_day_idx on learning.reviews (person, day)",
    "create index reviews_newest_idx on learning.reviews (person, received_at desc, id desc)",
    """
    create table learning.media (
        id uuid primary key,
        deck_id uuid not null references learning.decks on delete cascade,
        owner text,
        sha256 bytea not null,
        content_type text not null,
        size integer not null,
        created_at timestamptz not null
    )
    """,
    "create unique index media_deck_idx on learning.media (deck_id, sha256)",
    """
    create table learning.outbox (
        id uuid primary key,
        topic text not null,
        payload jsonb not null,
        created_at timestamptz not null
    )
    """,
)

QUEUE = """
create function learning.queue(
    _person text,
    _now timestamptz,
    _today date,
    _evening_of text[],
    _deck uuid,
    _new_a_day integer,
    _reviews_a_day integer
)
returns table (card_id uuid, part smallint, place double precision, waiting bigint)
language plpgsql stable set plan_cache_mode = force_generic_plan as $$
#variable_conflict use_column
begin
return query
with seen as materialized (
    select memory.note_id, memory.card_id, memory.first_day < _today as known
    from learning.memories as memory
    where memory.person = _person and memory.last_day >= _today
),
steps as (
    select memory.card_id, memory.note_id, memory.last_day >= _today as is_seen,
        case when memory.due_at <= _now then 1 else 4 end as part,
        extract(epoch from memory.due_at)::double precision as place
    from learning.memories as memory
    where memory.person = _person and memory.state in (1, 3) and not memory.suspended
        and memory.due_at <= _now + interval '20 minutes'
        and (_deck is null or memory.deck_id = _deck)
),
due as (
    select memory.card_id, memory.note_id, false as is_seen, 2 as part,
        - (_today - memory.last_day) / greatest(memory.stability, 0.001) as place
    from learning.memories as memory
    where memory.person = _person and memory.state = 2 and not memory.suspended
        and memory.due_day <= _today
        and (_deck is null or memory.deck_id = _deck)
    union all
    select memory.card_id, memory.note_id, false, 2,
        - (_today - memory.last_day) / greatest(memory.stability, 0.001)
    from learning.memories as memory
    where memory.person = _person and memory.state = 2 and not memory.suspended
        and memory.material = any(_evening_of) and memory.due_day - memory.interval / 10 <= _today
        and memory.due_day > _today and memory.last_day < _today
        and (_deck is null or memory.deck_id = _deck)
),
begun as materialized (
    select found.*,
        row_number() over (partition by found.note_id order by found.part, found.place, found.card_id) as turn
    from (select * from steps union all select * from due) as found
    where found.is_seen or not exists (
        select from seen where seen.note_id = found.note_id and seen.card_id <> found.card_id
    )
),
room as (
    select _reviews_a_day - count(*) filter (where seen.known) - (
            select count(*) from begun where begun.part <> 2 and begun.turn = 1 and not begun.is_seen
        ) as due,
        greatest(0, _new_a_day - count(*) filter (where not seen.known)) as fresh
    from seen
),
fresh as (
    select memory.card_id, 3 as part, memory.position::double precision as place
    from learning.memories as memory
    where memory.person = _person and memory.state = 0 and not memory.suspended
        and (_deck is null or memory.deck_id = _deck)
        and memory.note_id not in (select seen.note_id from seen union all select begun.note_id from begun)
        and memory.card_id = (
            select first.card_id
            from learning.memories as first
            where first.person = _person and first.note_id = memory.note_id
                and first.state = 0 and not first.suspended
                and (_deck is null or first.deck_id = _deck)
            order by first.position, first.card_id
            limit 1
        )
    order by memory.position, memory.card_id
    limit (select room.fresh from room)
),
counted as (
    select begun.card_id, begun.part, begun.place,
        row_number() over (partition by begun.part order by begun.place, begun.card_id) as turn,
        count(*) over (partition by begun.part) as waiting
    from begun
    where begun.turn = 1 or begun.is_seen
    union all
    select fresh.card_id, fresh.part, fresh.place, 0, count(*) over ()
    from fresh
)
select counted.card_id, counted.part::smallint, counted.place, counted.waiting
from counted
where counted.part <> 2 or counted.turn <= (select room.due from room)
order by counted.part, counted.place, counted.card_id;
end
$$
"""
"""What is to be reviewed, in order, siblings apart and within the day's caps: what is shown and what is counted come
from here. ``part``: 1 a step of minutes that is due, 2 a card that is due (or belongs to what is collected tomorrow,
and is at most a tenth of its interval early), 3 a new card, 4 a step that is due within 20 minutes. ``waiting`` counts
due cards before their cap.

A card is not asked on a day on which another one of its note was; a step that began today is finished. A step that is
left from another day is one of the day's reviews, and comes before cards that are due: so the caps are those of what is
asked in the end. Days that are
still to come count as today: somebody who flew east and back has had them. In PL/pgSQL with one generic plan, because
planning takes longer than the rest."""


def upgrade() -> None:
    for statement in (*TABLES, QUEUE):
        op.execute(statement)
