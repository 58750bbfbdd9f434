"""How endpoints get what they work with, without knowing who made it: an endpoint states its need as a parameter::

@router.get("/search")
async def search(service: Annotated[RecyclingService, use(RecyclingService)]) -> …
"""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Header, Request

from bunri.kit.languages import Language, negotiate
from bunri.platform.services import Services


def use(kind: type[Any]) -> Any:
    """A FastAPI dependency: the service ``kind``. Its transaction is committed before the response leaves."""

    async def opened(request: Request) -> AsyncIterator[Any]:
        services: Services = request.app.state.services
        async with services.open(kind) as service:
            yield service

    return Depends(opened, scope="function")


async def _preferred(accept_language: Annotated[str | None, Header(include_in_schema=False)] = None) -> Language:
    return negotiate(accept_language)


PreferredLanguage = Annotated[Language, Depends(_preferred)]
"""The best of our languages for the caller."""


async def _base_url(request: Request) -> str:
    configured: str | None = request.app.state.public_url
    if configured:
        return configured.rstrip("/")
    # The Host header is the caller's own word. It is good enough for links that go back to this caller alone.
    return f"{request.url.scheme}://{request.url.netloc}"


BaseUrl = Annotated[str, Depends(_base_url)]
"""Where the caller reaches us, without a slash at the end."""
