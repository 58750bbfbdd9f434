"""``/api/v1/learning/cards``: written, found, changed."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from bunri.domains.auth.public import Caller
from bunri.domains.learning.schemas import BulkIn, CardChange, CardIn, MyCardOut
from bunri.domains.learning.service.cards import Cards
from bunri.kit import cursor as cursors
from bunri.platform.http import BaseUrl, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
CardService = Annotated[Cards, use(Cards)]


@router.get("/cards", summary="Cards that one learns, and a search among them")
async def list_cards(
    caller: CurrentCaller,
    cards: CardService,
    base_url: BaseUrl,
    response: Response,
    deck_id: UUID | None = None,
    q: Annotated[str, Query(max_length=100, description="Words, or their initial consonants.")] = "",
    tag: Annotated[str | None, Query(max_length=40)] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: Annotated[str | None, Query(max_length=60)] = None,
) -> list[MyCardOut]:
    """The newest first. The next page's cursor comes in `X-Next-Cursor`."""
    after = cursors.decode(cursor) if cursor else None
    page = await cards.listed(caller, base_url, deck_id=deck_id, words=q, tag=tag, after=after, limit=limit)
    if len(page) == limit:
        response.headers["X-Next-Cursor"] = cursors.encode(page[-1].id)
    return page


@router.post("/cards", status_code=201, summary="Write a card")
@policy(idempotent=True)
async def write_card(body: CardIn, caller: CurrentCaller, cards: CardService, base_url: BaseUrl) -> list[MyCardOut]:
    """One, or two that ask both ways. Whoever learns the deck has them before them."""
    return await cards.write(caller, body, base_url)


@router.get("/cards/hard", summary="What one forgets again and again")
async def hard_cards(caller: CurrentCaller, cards: CardService, base_url: BaseUrl) -> list[MyCardOut]:
    """Forgotten six times and more."""
    return await cards.hard_ones(caller, base_url)


@router.post("/cards/bulk", summary="Change many cards at once")
@policy()
async def change_cards(body: BulkIn, caller: CurrentCaller, cards: CardService) -> dict[str, int]:
    return {"changed": await cards.change_many(caller, body)}


@router.get("/cards/{card_id}", summary="One card")
async def get_card(card_id: UUID, caller: CurrentCaller, cards: CardService, base_url: BaseUrl) -> MyCardOut:
    return await cards.get(caller, card_id, base_url)


@router.patch("/cards/{card_id}", summary="Change a card")
@policy()
async def change_card(
    card_id: UUID, body: CardChange, caller: CurrentCaller, cards: CardService, base_url: BaseUrl
) -> MyCardOut:
    """What it says, for everybody; `suspended` and `seen_change` for oneself."""
    return await cards.change(caller, card_id, body, base_url)


@router.delete("/cards/{card_id}", status_code=204, summary="Remove a card")
@policy()
async def remove_card(card_id: UUID, caller: CurrentCaller, cards: CardService) -> None:
    """For everybody who learns its deck."""
    await cards.remove(caller, card_id)
