"""The first new card of each note is found while new cards are read in their order, without a look at the other cards
of the note for each of them; the index for that look is no longer needed."""

from alembic import op

revision = "learning_0011"
down_revision = "learning_0010"

QUEUE = """
create or replace function learning.queue(
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
    select first.card_id, 3 as part, first.position::double precision as place
    from (
        select memory.card_id, memory.note_id, memory.position,
            array_agg(memory.note_id) over (
                order by memory.position, memory.card_id rows between unbounded preceding and 1 preceding
            ) as before
        from learning.memories as memory
        where memory.person = _person and memory.state = 0 and not memory.suspended
            and (_deck is null or memory.deck_id = _deck)
            and memory.note_id not in (select seen.note_id from seen union all select begun.note_id from begun)
    ) as first
    where first.before is null or first.note_id <> all(first.before)
    order by first.position, first.card_id
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
"""What 0001 says of it holds. Only ``fresh`` is another one: rows are read until there are as many notes as a day
takes, and each is compared with the notes before it, which is quicker than an index for the tens that people ask
for."""


def upgrade() -> None:
    for statement in (QUEUE, "drop index learning.memories_note_idx"):
        op.execute(statement)
