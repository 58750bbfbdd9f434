"""``/api/v1/learning/classes/…/handover``: a class goes to another teacher."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from bunri.domains.auth.public import Caller
from bunri.domains.learning.classes_shown import (
    HandoverAccepted,
    HandoverConfirmIn,
    HandoverLink,
    HandoverOut,
    HandoverShown,
    HandoverTokenIn,
)
from bunri.domains.learning.service.class_handovers import ClassHandovers
from bunri.platform.http import policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning/classes", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
HandoverService = Annotated[ClassHandovers, use(ClassHandovers)]


@router.post("/{class_id}/handover", status_code=201, summary="Make a link by which another teacher takes a class over")
@policy()
async def offer_class(
    class_id: UUID, caller: CurrentCaller, handovers: HandoverService, response: Response
) -> HandoverLink:
    """Good for a week, and for one person; shown once. The link before it is good no more."""
    response.headers["Cache-Control"] = "no-store"
    return await handovers.offer(caller, class_id)


@router.get("/{class_id}/handover", summary="Whether somebody has accepted the link")
async def get_handover(
    class_id: UUID, caller: CurrentCaller, handovers: HandoverService, response: Response
) -> HandoverOut:
    response.headers["Cache-Control"] = "no-store"
    return await handovers.get(caller, class_id)


@router.delete("/{class_id}/handover", status_code=204, summary="Hand a class over to nobody")
@policy()
async def withdraw_handover(class_id: UUID, caller: CurrentCaller, handovers: HandoverService) -> None:
    await handovers.withdraw(caller, class_id)


@router.post("/{class_id}/handover/confirm", status_code=204, summary="Hand a class over to who has accepted it")
@policy()
async def confirm_handover(
    class_id: UUID, body: HandoverConfirmIn, caller: CurrentCaller, handovers: HandoverService
) -> None:
    """They teach it from then on, and the caller is in it no longer."""
    await handovers.confirm(caller, class_id, body.person)


@router.post("/handover/shown", summary="What a link hands over")
@policy(rate_limit="sign_in")
async def shown_handover(body: HandoverTokenIn, handovers: HandoverService) -> HandoverShown:
    return await handovers.shown(body.token)


@router.post("/handover/accept", summary="Accept to take a class over")
@policy(rate_limit="sign_in")
async def accept_handover(body: HandoverTokenIn, caller: CurrentCaller, handovers: HandoverService) -> HandoverAccepted:
    """For accounts. The class is the caller's once its teacher has confirmed it. Once more does no harm."""
    return await handovers.accept(caller, body.token)
