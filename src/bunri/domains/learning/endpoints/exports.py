"""``/api/v1/learning/exports``: decks taken away as files."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response

from bunri.domains.auth.public import Caller
from bunri.domains.learning.service.deck_exports import DeckExports
from bunri.domains.learning.transfer_schemas import DeckExportIn, DeckExportOut
from bunri.platform.http import BaseUrl, PreferredLanguage, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

CurrentCaller = Annotated[Caller, signed_in]
ExportService = Annotated[DeckExports, use(DeckExports)]


@router.post("/exports", status_code=202, summary="Take a deck away as a file")
@policy(idempotent=True)
async def ask_deck_export(
    body: DeckExportIn,
    caller: CurrentCaller,
    exports: ExportService,
    base_url: BaseUrl,
    language: PreferredLanguage,
    response: Response,
) -> DeckExportOut:
    """`apkg` opens in Anki, with one's own schedule and log; `csv` in spreadsheets; `json` has everything, and brings
    it back. The file can be fetched for a day."""
    asked = await exports.ask(caller, body, base_url, language)
    response.headers["Location"] = f"/api/v1/learning/exports/{asked.id}"
    response.headers["Cache-Control"] = "no-store"
    return asked


@router.get("/exports", summary="What one has asked for")
async def list_deck_exports(
    caller: CurrentCaller, exports: ExportService, base_url: BaseUrl, language: PreferredLanguage, response: Response
) -> list[DeckExportOut]:
    response.headers["Cache-Control"] = "no-store"
    return await exports.listed(caller, base_url, language)


@router.get("/exports/{export_id}", summary="How far it is, and where to fetch it")
@policy(rate_limit="poll")
async def get_deck_export(
    export_id: UUID,
    caller: CurrentCaller,
    exports: ExportService,
    base_url: BaseUrl,
    language: PreferredLanguage,
    response: Response,
) -> DeckExportOut:
    response.headers["Cache-Control"] = "no-store"
    return await exports.get(caller, export_id, base_url, language)
