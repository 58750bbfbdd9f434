"""``/api/v1/learning/starter`` and cards from scans."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from bunri.domains.auth.public import Caller
from bunri.domains.learning.schemas import DeckOut, MyCardOut
from bunri.domains.learning.service.moving import MoveOut, Moving
from bunri.domains.learning.service.scans import Scans
from bunri.domains.learning.service.starter import STARTER, Starter, StarterKind
from bunri.platform.http import BaseUrl, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]


class StarterIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    kinds: list[StarterKind] = Field(default_factory=lambda: list(STARTER), min_length=1, max_length=len(STARTER))


class ScanIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    job_id: UUID
    position: int = Field(0, ge=0, le=100, description="Which item of the photo; 0 is the main one.")


@router.post("/starter", summary="Learn the rules of where one lives")
@policy()
async def join_starter(
    caller: CurrentCaller, starter: Annotated[Starter, use(Starter)], body: StarterIn | None = None
) -> list[DeckOut]:
    """Joins the decks that are made from the rule table, in the caller's district and language. They follow the rules.
    Once more changes nothing."""
    return await starter.join(caller, (body or StarterIn()).kinds)


@router.post("/cards/from-scan", status_code=201, summary="Make a card of a scan")
@policy()
async def card_from_scan(
    body: ScanIn, caller: CurrentCaller, scans: Annotated[Scans, use(Scans)], base_url: BaseUrl
) -> MyCardOut:
    """The person's own picture is the question, the rule the answer. Once more is the same card."""
    return await scans.make(caller, body.job_id, body.position, base_url)


@router.get("/move", summary="What differs where one lives now")
async def shown_move(caller: CurrentCaller, moving: Annotated[Moving, use(Moving)]) -> MoveOut:
    """Of the rules that one learned somewhere else: old and new answer side by side."""
    return await moving.shown(caller)


@router.post("/move", summary="Learn the rules of where one lives now")
@policy()
async def move(caller: CurrentCaller, moving: Annotated[Moving, use(Moving)]) -> MoveOut:
    """What is the same there stays learned; only what differs is new. Once more changes nothing."""
    return await moving.move(caller)
