"""``/api/v1/auth/oauth``: signing in through an account elsewhere.

The provider sends the browser back by a GET from its own site, with which our strict cookies do not come. So the
callback only opens our page, and what it brought stands in the fragment, which goes to no server; the page posts it.
"""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from bunri.domains.auth.confirmations import browser_hash
from bunri.domains.auth.endpoints.cookies import browser_of, deliver, mark_browser
from bunri.domains.auth.endpoints.router import CallerIfAny, CurrentDevice
from bunri.domains.auth.schemas import Mfa, Tokens
from bunri.domains.auth.service.providers import Providers
from bunri.platform.http import PreferredLanguage, policy, same_origin, use

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])

ProviderService = Annotated[Providers, use(Providers)]
_PASSED_ON = ("code", "state", "error", "error_description", "iss")
_LONGEST = 2000
"""Characters of what a provider sends back: codes of some have hundreds."""


class FinishIn(BaseModel):
    """What the provider sent back, as it is in the callback's query."""

    code: str | None = Field(None, max_length=_LONGEST)
    state: str = Field(max_length=200)
    error: str | None = Field(None, max_length=200)
    error_description: str | None = Field(None, max_length=_LONGEST)
    iss: str | None = Field(None, max_length=200)


class FinishOut(BaseModel):
    tokens: Tokens | None = Field(description="Null where a second factor is asked for.")
    mfa: Mfa | None = Field(None, description="For `login/mfa`.")
    next: str = Field(description="The page that was left to sign in.")


@router.get("/providers", summary="Who else one may sign in with")
async def names(providers: ProviderService) -> list[str]:
    return providers.names


@router.get("/oauth/{name}", status_code=303, response_class=RedirectResponse, summary="Go there to sign in")
@policy(rate_limit="sign_in")
async def begin(
    name: str,
    providers: ProviderService,
    request: Request,
    next: Annotated[str, Query(max_length=500)] = "/",  # noqa: A002
    purpose: Literal["sign_in", "reauthenticate"] = "sign_in",
) -> Response:
    """Redirects to the provider's page. `next` is the path of ours to come back to. With `purpose=reauthenticate` the
    provider is told to ask its person to sign in there, though they may be signed in already."""
    response = RedirectResponse("/", 303)
    mark = mark_browser(request, response)
    again = purpose == "reauthenticate"
    response.headers["location"] = await providers.begin(name, next, browser_hash(mark), again=again)
    return response


@router.get("/oauth/{name}/callback", status_code=303, response_class=RedirectResponse, include_in_schema=False)
@policy(rate_limit="read")
async def callback(name: str, request: Request) -> Response:
    """Opens the page that finishes it, and changes nothing."""
    given = {key: value[:_LONGEST] for key, value in request.query_params.items() if key in _PASSED_ON}
    return RedirectResponse(f"/account/signed-in#{urlencode({'provider': name, **given})}", 303)


@router.post("/oauth/{name}/finish", summary="Sign in who came back", dependencies=[same_origin])
@policy(rate_limit="sign_in")
async def finish(
    name: str,
    body: FinishIn,
    providers: ProviderService,
    device: CurrentDevice,
    caller: CallerIfAny,
    language: PreferredLanguage,
    request: Request,
    response: Response,
) -> FinishOut:
    """In the browser that began. With a guest's token, that guest becomes the account, or its things come along; with
    one's own, one more way to sign in is added, or, by one that is there already, one has shown anew who one is."""
    given = {key: str(value) for key, value in body.model_dump(exclude_none=True).items()}
    browser = browser_hash(browser_of(request))
    finished = await providers.finish(name, given, browser, device, caller, language)
    if isinstance(finished.answer, Tokens):
        return FinishOut(tokens=deliver(finished.answer, request, response), next=finished.next)
    response.headers["Cache-Control"] = "no-store"
    return FinishOut(tokens=None, mfa=finished.answer.mfa, next=finished.next)
