"""How endpoints get what they work with, without knowing who made it: an endpoint states its need as a parameter::

@router.get("/search")
async def search(service: Annotated[RecyclingService, use(RecyclingService)], caller: Annotated[Caller, signed_in]) -> …
"""

from typing import Annotated, Any

from fastapi import Depends, Header, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from bunri.kit.errors import Unauthenticated
from bunri.kit.languages import Language, negotiate
from bunri.platform.providers import Providers


def use(kind: type[Any]) -> Any:
    """A FastAPI dependency: the process's one ``kind``."""

    async def provided(request: Request) -> Any:
        providers: Providers = request.app.state.providers
        return providers.get(kind)

    return Depends(provided)


_bearer = HTTPBearer(auto_error=False, description="The access token from `POST /api/v1/auth/guest`.")


async def _signed_in(request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]) -> Any:
    if given is None:
        raise Unauthenticated
    return request.app.state.verifier.verify(given.credentials)


signed_in = Depends(_signed_in)
"""A FastAPI dependency: who is calling (``auth.public.Caller``), or 401."""


async def _signed_in_if_any(request: Request) -> Any:
    # Not by ``_bearer``: the contract would say that a token is demanded.
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return request.app.state.verifier.verify(token) if scheme.lower() == "bearer" else None


signed_in_if_any = Depends(_signed_in_if_any)
"""Who is calling, or None for nobody. A bad token is an error all the same: nobody is to be taken for a stranger
unnoticed."""


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
