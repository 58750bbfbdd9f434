"""``/api/v1/learning/classes``: for schools, without e-mail."""

import csv
import io
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from bunri.domains.auth.public import Caller
from bunri.domains.learning.anki.tables import guarded
from bunri.domains.learning.classes import Progress
from bunri.domains.learning.classes_shown import (
    ClassChange,
    ClassIn,
    ClassOut,
    ClassRoomOut,
    ClassShown,
    CodeIn,
    JoinClassIn,
    PupilOut,
    SuggestionIn,
    SuggestionOut,
)
from bunri.domains.learning.service.classes import Classes
from bunri.kit.languages import text
from bunri.platform.http import BaseUrl, PreferredLanguage, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning/classes", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
ClassService = Annotated[Classes, use(Classes)]


@router.get("", summary="Classes that one teaches or is in")
async def list_classes(caller: CurrentCaller, classes: ClassService) -> list[ClassOut]:
    return await classes.of(caller)


@router.post("", status_code=201, summary="Make a class")
@policy(idempotent=True)
async def make_class(
    body: ClassIn, caller: CurrentCaller, classes: ClassService, language: PreferredLanguage
) -> ClassOut:
    """With a code by which pupils come in under a nickname. Everything of it is erased after its last day."""
    return await classes.make(caller, body, language)


@router.post("/shown", summary="What a code leads to")
@policy(rate_limit="sign_in")
async def shown_class(body: CodeIn, classes: ClassService) -> ClassShown:
    return await classes.shown(body.code)


@router.post("/join", summary="Come into a class")
@policy(rate_limit="sign_in")
async def join_class(body: JoinClassIn, caller: CurrentCaller, classes: ClassService) -> ClassOut:
    """Once more does no harm."""
    return await classes.join(caller, body.code, body.nickname)


@router.get("/{class_id}", summary="One class")
async def get_class(class_id: UUID, caller: CurrentCaller, classes: ClassService) -> ClassOut:
    return await classes.get(caller, class_id)


@router.patch("/{class_id}", summary="Change a class")
@policy()
async def change_class(class_id: UUID, body: ClassChange, caller: CurrentCaller, classes: ClassService) -> ClassOut:
    return await classes.change(caller, class_id, body)


@router.delete("/{class_id}", status_code=204, summary="Leave a class, or end it")
@policy()
async def leave_class(class_id: UUID, caller: CurrentCaller, classes: ClassService) -> None:
    """Its teacher ends it for everybody: all of it is erased. Anybody else is in it no longer."""
    await classes.leave(caller, class_id)


@router.post("/{class_id}/room", summary="Come into the room of a class")
@policy(rate_limit="room_entry")
async def enter_class_room(class_id: UUID, caller: CurrentCaller, classes: ClassService) -> ClassRoomOut:
    """Of the chat, under one's nickname. The teacher opens it by this, and moderates it; before that it is 404
    `room_missing`."""
    return ClassRoomOut(room_id=await classes.enter_room(caller, class_id))


@router.get("/{class_id}/progress", summary="How each pupil does")
async def class_progress(class_id: UUID, caller: CurrentCaller, classes: ClassService) -> list[PupilOut]:
    """By nickname, for the teacher alone."""
    return [_pupil(each) for each in await classes.progress(caller, class_id)]


@router.get("/{class_id}/progress.csv", summary="The same as a table", response_class=Response)
async def class_progress_csv(
    class_id: UUID, caller: CurrentCaller, classes: ClassService, language: PreferredLanguage
) -> Response:
    """In UTF-8 with a mark, which spreadsheets need to read Korean. No cell begins as a formula does."""
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(
        [text(f"learning.class_table.{name}", language) for name in PupilOut.model_fields if name != "person"]
    )
    for each in await classes.progress(caller, class_id):
        row = _pupil(each).model_dump(mode="json", exclude={"person"})
        table.writerow([guarded(str(value if value is not None else "")) for value in row.values()])
    headers = {"Content-Disposition": 'attachment; filename="class.csv"', "Cache-Control": "no-store"}
    return Response("\ufeff" + written.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.delete("/{class_id}/pupils/{person}", status_code=204, summary="Let a pupil be in it no longer")
@policy()
async def remove_pupil(class_id: UUID, person: str, caller: CurrentCaller, classes: ClassService) -> None:
    await classes.remove_pupil(caller, class_id, person)


@router.post("/{class_id}/suggestions", status_code=202, summary="Suggest a scan as a card of the class")
@policy()
async def suggest_card(
    class_id: UUID, body: SuggestionIn, caller: CurrentCaller, classes: ClassService
) -> dict[str, str]:
    """Nobody but the teacher sees it before they have accepted it; the teacher's own are cards at once."""
    await classes.suggest(caller, class_id, body.job_id, body.position)
    return {"status": "suggested"}


@router.get("/{class_id}/suggestions", summary="Cards that wait for the teacher")
async def suggested_cards(
    class_id: UUID, caller: CurrentCaller, classes: ClassService, base_url: BaseUrl
) -> list[SuggestionOut]:
    return await classes.suggestions(caller, class_id, base_url)


@router.put("/{class_id}/suggestions/{card_id}", status_code=204, summary="Accept a card for the class")
@policy()
async def accept_card(class_id: UUID, card_id: UUID, caller: CurrentCaller, classes: ClassService) -> None:
    await classes.settle(caller, class_id, card_id, accept=True)


@router.delete("/{class_id}/suggestions/{card_id}", status_code=204, summary="Remove a card that was suggested")
@policy()
async def refuse_card(class_id: UUID, card_id: UUID, caller: CurrentCaller, classes: ClassService) -> None:
    await classes.settle(caller, class_id, card_id, accept=False)


def _pupil(progress: Progress) -> PupilOut:
    return PupilOut(
        person=progress.person,
        nickname=progress.name,
        cards=progress.cards,
        begun=progress.begun,
        known=progress.known,
        reviews=progress.week,
        right=progress.right,
        last_day=progress.last_day,
    )
