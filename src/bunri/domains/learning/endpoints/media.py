"""``/api/v1/learning/decks/…/media``: pictures of cards."""

from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Request

from bunri.domains.auth.public import Caller
from bunri.domains.learning.schemas import MediaOut
from bunri.domains.learning.service.media import Pictures
from bunri.platform.http import BaseUrl, policy, signed_in, use

router = APIRouter(prefix="/api/v1/learning", tags=["learning"])

LARGEST_PICTURE: Final = 30 * 2**20
"""More than any setting allows; the setting refuses with a sentence."""


@router.post(
    "/decks/{deck_id}/media",
    status_code=201,
    summary="Add a picture for cards",
    openapi_extra={"requestBody": {"required": True, "content": {"image/*": {"schema": {"type": "string"}}}}},
)
@policy(max_body=LARGEST_PICTURE, rate_limit="upload")
async def add_picture(
    deck_id: UUID,
    request: Request,
    caller: Annotated[Caller, signed_in],
    pictures: Annotated[Pictures, use(Pictures)],
    base_url: BaseUrl,
) -> MediaOut:
    """The bytes of a JPEG, PNG, WebP, HEIC or GIF. At most 1024 × 1024 of it is kept, without place and time, for as
    long as a card shows it; write `markdown` into a side of a card within a day. The same picture twice is once."""
    return await pictures.add(caller, deck_id, await request.body(), base_url)
