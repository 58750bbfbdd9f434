"""``/api/v1/learning/decks``: what one learns."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from bunri.domains.auth.public import Caller
from bunri.domains.learning.records import Role
from bunri.domains.learning.schemas import DeckChange, DeckIn, DeckMemberOut, DeckOut, JoinIn, ShareOut
from bunri.domains.learning.service.decks import Decks
from bunri.platform.http import policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
DeckService = Annotated[Decks, use(Decks)]


class RoleIn(BaseModel):
    role: Role


@router.get("/decks", summary="What one learns")
async def list_decks(caller: CurrentCaller, decks: DeckService) -> list[DeckOut]:
    return await decks.listed(caller)


@router.post("/decks", status_code=201, summary="Make a deck")
@policy(idempotent=True)
async def make_deck(body: DeckIn, caller: CurrentCaller, decks: DeckService) -> DeckOut:
    return await decks.make(caller, body)


@router.get("/decks/{deck_id}", summary="One deck")
async def get_deck(deck_id: UUID, caller: CurrentCaller, decks: DeckService) -> DeckOut:
    return await decks.get(caller, deck_id)


@router.patch("/decks/{deck_id}", summary="Rename a deck")
@policy()
async def change_deck(deck_id: UUID, body: DeckChange, caller: CurrentCaller, decks: DeckService) -> DeckOut:
    return await decks.change(caller, deck_id, body)


@router.delete("/decks/{deck_id}", status_code=204, summary="Remove a deck, or stop learning it")
@policy()
async def remove_deck(deck_id: UUID, caller: CurrentCaller, decks: DeckService) -> None:
    """Its owner removes it for everybody; anybody else stops learning it."""
    await decks.remove(caller, deck_id)


@router.post("/decks/{deck_id}/share", status_code=201, summary="A link by which others learn it")
@policy()
async def share_deck(deck_id: UUID, caller: CurrentCaller, decks: DeckService, response: Response) -> ShareOut:
    """Shown once. The link before it is good no more."""
    response.headers["Cache-Control"] = "no-store"
    return await decks.share(caller, deck_id)


@router.delete("/decks/{deck_id}/share", status_code=204, summary="End the link")
@policy()
async def end_share(deck_id: UUID, caller: CurrentCaller, decks: DeckService) -> None:
    await decks.end_share(caller, deck_id)


@router.get("/shared-deck", summary="What a link leads to")
@policy(rate_limit="sign_in")
async def shared_deck(token: Annotated[str, Query(min_length=1, max_length=100)], decks: DeckService) -> DeckOut:
    return await decks.shown(token)


@router.post("/join", summary="Learn a deck by its link")
@policy(rate_limit="sign_in")
async def join_deck(body: JoinIn, caller: CurrentCaller, decks: DeckService) -> DeckOut:
    """Each who learns it has a schedule of their own. Once more does no harm."""
    return await decks.join(caller, body.token, body.name)


@router.get("/decks/{deck_id}/members", summary="Who learns it")
async def deck_members(deck_id: UUID, caller: CurrentCaller, decks: DeckService) -> list[DeckMemberOut]:
    return await decks.members(caller, deck_id)


@router.put("/decks/{deck_id}/members/{person}", status_code=204, summary="Let somebody write into it, or no longer")
@policy()
async def set_role(deck_id: UUID, person: str, body: RoleIn, caller: CurrentCaller, decks: DeckService) -> None:
    await decks.set_role(caller, deck_id, person, body.role)


@router.delete("/decks/{deck_id}/members/{person}", status_code=204, summary="Let somebody learn it no longer")
@policy()
async def remove_member(deck_id: UUID, person: str, caller: CurrentCaller, decks: DeckService) -> None:
    await decks.remove_member(caller, deck_id, person)
