"""The log says which answers tell how well somebody remembers: statistics need not replay it, and what they count is
read from indexes alone."""

from alembic import op

revision = "learning_0009"
down_revision = "learning_0008"

NOTE = """
update learning.reviews as kept set recalled = noted.recalled
from (
    select id,
        case when kind = 'review' and came > coalesce(began, 0) and last % 8 >= 3 and day is distinct from before
            then rating > 1 end as recalled
    from (
        select id, kind, rating, day, before, last,
            max(n) filter (where said = 4 or said = 3 and last % 8 >= 3) over earlier as came,
            max(n) filter (where said = 0) over earlier as began
        from (
            select id, card, kind, rating, day, before, n, said,
                max(n * 8 + said) filter (where said <> 2) over earlier as last
            from (
                select id, (person, card_id) as card, kind, rating, day,
                    lag(case kind when 'review' then day end) over entries as before,
                    row_number() over entries as n,
                    case kind when 'review' then rating when 'imported' then 4 else 0 end as said
                from learning.reviews
                where undone_at is null and kind <> 'cut'
                window entries as (partition by person, card_id order by reviewed_at, id)
            ) as log
            window earlier as (partition by card order by n rows between unbounded preceding and 1 preceding)
        ) as judged
        window earlier as (partition by card order by n rows between unbounded preceding and 1 preceding)
    ) as known
) as noted
where kept.id = noted.id and noted.recalled is not null
"""
STATEMENTS = (
    "alter table learning.reviews add column recalled boolean",
    # Each row is written anew: in no index that goes, and sorted in memory where that is enough.
    "drop index learning.reviews_day_idx",
    "set local work_mem = '64MB'",
    "set local maintenance_work_mem = '128MB'",
    NOTE,
    "create index reviews_day_idx on learning.reviews (person, day) include (card_id, seconds, recalled) "
    "where kind = 'review' and undone_at is null",
    "create index memories_hard_idx on learning.memories (person) where lapses >= 6",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)
