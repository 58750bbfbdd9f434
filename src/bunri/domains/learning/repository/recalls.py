"""Which answers say how well somebody remembers: the first one of a day, of a card that was in review."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

NOTE: Final = """
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
                select id, card_id as card, kind, rating, day,
                    lag(case kind when 'review' then day end) over entries as before,
                    row_number() over entries as n,
                    case kind when 'review' then rating when 'imported' then 4 else 0 end as said
                from learning.reviews
                where undone_at is null and kind <> 'cut' and person = :person
                    and card_id = any(cast(:cards as uuid[]))
                window entries as (partition by card_id order by reviewed_at, id)
            ) as log
            window earlier as (partition by card order by n rows between unbounded preceding and 1 preceding)
        ) as judged
        window earlier as (partition by card order by n rows between unbounded preceding and 1 preceding)
    ) as known
) as noted
where kept.id = noted.id and kept.recalled is distinct from noted.recalled
"""
"""The state of a card before each entry of its log, as the scheduler moves it with its two steps of learning and one of
relearning. ``said``: a rating, or 0 where the card was begun anew; ``last``: the newest one before that is not Hard,
which moves no card. A card comes to review by Easy, or by Good after Good; from then on it is in review where the last
one was Good or Easy."""
_NOTE: Final = text(NOTE)


async def note_recalls(session: AsyncSession, person: str, card_ids: Sequence[UUID]) -> None:
    """Sets ``reviews.recalled`` of all that ``person`` has answered to the cards, after their log has changed."""
    await session.execute(_NOTE, {"person": person, "cards": list(card_ids)})
