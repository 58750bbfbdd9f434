"""``/api/v1/learning/imports``: cards brought along in a file."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from bunri.domains.auth.public import Caller
from bunri.domains.learning.service.imports import Imports
from bunri.domains.learning.transfer_schemas import ImportIn, ImportOut, ImportTicket
from bunri.platform.http import BaseUrl, PreferredLanguage, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
ImportService = Annotated[Imports, use(Imports)]


@router.post("/imports", status_code=201, summary="Bring cards along")
@policy(idempotent=True, rate_limit="upload")
async def announce_import(
    body: ImportIn, caller: CurrentCaller, imports: ImportService, base_url: BaseUrl
) -> ImportTicket:
    """From Anki (`apkg`, `colpkg`), a table or a file of ours. Gives a ticket: `PUT` the file to `upload_url` with
    exactly `upload_headers`, then complete it. The same file again changes what is there, and doubles nothing."""
    made, ticket = await imports.announce(caller, body, base_url)
    return ImportTicket(
        import_id=made.id,
        upload_url=ticket.url,
        upload_headers=ticket.headers,
        upload_fields=ticket.fields,
        expires_at=ticket.expires_at,
    )


@router.post("/imports/{import_id}/complete", status_code=202, summary="The file is there: take its cards over")
@policy(rate_limit="upload")
async def complete_import(
    import_id: UUID, caller: CurrentCaller, imports: ImportService, language: PreferredLanguage
) -> ImportOut:
    """Calling it twice starts it once."""
    return await imports.complete(caller, import_id, language)


@router.get("/imports", summary="What one has brought along")
async def list_imports(
    caller: CurrentCaller, imports: ImportService, language: PreferredLanguage, response: Response
) -> list[ImportOut]:
    """The newest first; they are forgotten after a month."""
    response.headers["Cache-Control"] = "no-store"
    return await imports.listed(caller, language)


@router.delete("/imports/{import_id}", status_code=204, summary="Stop bringing cards along, or forget that one did")
@policy()
async def remove_import(import_id: UUID, caller: CurrentCaller, imports: ImportService) -> None:
    """It counts among the open ones no longer. Cards that are in decks already stay there."""
    await imports.remove(caller, import_id)


@router.get("/imports/{import_id}", summary="How far it is, and what was left out")
@policy(rate_limit="poll")
async def get_import(
    import_id: UUID, caller: CurrentCaller, imports: ImportService, language: PreferredLanguage, response: Response
) -> ImportOut:
    response.headers["Cache-Control"] = "no-store"
    return await imports.get(caller, import_id, language)
