"""``/api/v1/auth``: a name is enough to come in; an account is there for who wants one."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from bunri.domains.auth.confirmations import browser_hash
from bunri.domains.auth.devices import device_of
from bunri.domains.auth.endpoints.cookies import browser_of, deliver, forget, mark_browser, refresh_token_of
from bunri.domains.auth.errors import RefreshInvalid
from bunri.domains.auth.public import Caller
from bunri.domains.auth.records import Device
from bunri.domains.auth.schemas import (
    Asked,
    ChangePasswordIn,
    ConfirmIn,
    EmailIn,
    EventOut,
    GuestIn,
    LoginIn,
    LogoutAllIn,
    MfaIn,
    MfaNeeded,
    ReauthenticateIn,
    RecoverablePerson,
    RecoverIn,
    RecoveryCodeOut,
    RefreshIn,
    RegisterIn,
    ResendIn,
    ResetIn,
    SessionOut,
    Tokens,
    UndoIn,
)
from bunri.domains.auth.service.accounts import Accounts
from bunri.domains.auth.service.alike import AnsweredAlike
from bunri.domains.auth.service.challenges import PasskeyAnswer
from bunri.domains.auth.service.factors import Proof
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.service.reauthentication import Reauthentication
from bunri.domains.auth.service.requests import Confirmation
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.sign_ins import SignIns
from bunri.platform.http import PreferredLanguage, policy, same_origin, signed_in, signed_in_if_any, use

router = APIRouter(prefix="/api/v1/auth", tags=["auth"])
of_old = APIRouter(prefix="/api/auth", include_in_schema=False)
"""The address that the chat's original client knows (CHAT-2)."""

CurrentCaller = Annotated[Caller, signed_in]
GuestService = Annotated[Guests, use(Guests)]
AccountService = Annotated[Accounts, use(Accounts)]
SignInService = Annotated[SignIns, use(SignIns)]
SessionService = Annotated[Sessions, use(Sessions)]
Alike = Annotated[AnsweredAlike, use(AnsweredAlike)]


async def _device(request: Request) -> Device:
    return device_of(request.headers.get("user-agent", ""), request.client.host if request.client else "")


CurrentDevice = Annotated[Device, Depends(_device)]
CallerIfAny = Annotated[Caller | None, signed_in_if_any]


# ── guests ────────────────────────────────────────────────────────────────────────────────────────────────────────────


@of_old.post("/guest", status_code=201)
@router.post("/guest", status_code=201, summary="Sign in with a name only")
@policy(rate_limit="guest")
async def guest(
    body: GuestIn,
    guests: GuestService,
    device: CurrentDevice,
    language: PreferredLanguage,
    request: Request,
    response: Response,
) -> Tokens:
    """No sign-up, no password. The guest's id starts with `guest_`."""
    return deliver(await guests.sign_in(body.username, language, device), request, response)


@router.post("/recovery-code", status_code=201, summary="A guest's way to another device")
@policy()
async def new_recovery_code(
    caller: CurrentCaller, guests: GuestService, language: PreferredLanguage, response: Response
) -> RecoveryCodeOut:
    """Twelve words, shown once; they take the place of any before."""
    response.headers["Cache-Control"] = "no-store"
    return await guests.new_recovery_code(caller, language)


@router.post("/recover/preview", summary="Whom a recovery code would sign in")
@policy(rate_limit="sign_in")
async def recoverable(body: RecoverIn, guests: GuestService, response: Response) -> RecoverablePerson:
    """The code stays good."""
    response.headers["Cache-Control"] = "no-store"
    return await guests.recoverable(body.code)


@router.post("/recover", summary="Sign in by a recovery code")
@policy(rate_limit="sign_in")
async def recover(
    body: RecoverIn,
    guests: GuestService,
    device: CurrentDevice,
    caller: CallerIfAny,
    request: Request,
    response: Response,
) -> Tokens:
    """The code works once. With a guest's token, that guest's things come along."""
    return deliver(await guests.recover(body.code, device, caller), request, response)


# ── sessions ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.post("/refresh", summary="New tokens for a refresh token", dependencies=[same_origin])
@policy(rate_limit="refresh")
async def refresh(body: RefreshIn, sessions: SessionService, request: Request, response: Response) -> Tokens:
    """The refresh token changes each time; using an old one again ends the session. A browser has it in a cookie and
    sends `X-Token-Delivery: cookie`."""
    token = body.refresh_token or refresh_token_of(request)
    if token is None:
        raise RefreshInvalid
    return deliver(await sessions.refresh(token), request, response)


@router.post("/logout", status_code=204, summary="Sign out here")
@policy()
async def logout(caller: CurrentCaller, sessions: SessionService, request: Request, response: Response) -> None:
    await sessions.end(caller, caller.session_id)
    forget(request, response)


@router.post("/logout-all", status_code=204, summary="Sign out everywhere")
@policy()
async def logout_all(
    body: LogoutAllIn, caller: CurrentCaller, sessions: SessionService, request: Request, response: Response
) -> None:
    await sessions.end_all(caller, others_only=body.others_only)
    if not body.others_only:
        forget(request, response)


@router.get("/sessions", summary="Where one is signed in")
async def list_sessions(caller: CurrentCaller, sessions: SessionService) -> list[SessionOut]:
    return await sessions.of(caller)


@router.delete("/sessions/{session_id}", status_code=204, summary="Sign out there")
@policy()
async def end_session(session_id: UUID, caller: CurrentCaller, sessions: SessionService) -> None:
    await sessions.end(caller, session_id)


@router.get("/events", summary="What happened to the account")
async def events(caller: CurrentCaller, sessions: SessionService) -> list[EventOut]:
    """The last hundred, newest first."""
    return await sessions.events(caller)


# ── accounts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@router.post("/register", status_code=202, summary="Ask for an account")
@policy(rate_limit="register")
async def register(
    body: RegisterIn,
    accounts: AccountService,
    alike: Alike,
    language: PreferredLanguage,
    caller: CallerIfAny,
    request: Request,
    response: Response,
) -> Asked:
    """A mail asks for confirmation. The answer is the same, and as late, whether or not the address has an account.
    With a guest's token, the guest becomes the account."""
    browser = browser_hash(mark_browser(request, response))
    async with alike.answered():
        asked = await accounts.register(
            body.email, body.password, body.username, language, guest=caller, browser=browser
        )
    return alike.asked(asked.id)


@router.post("/resend-verification", status_code=202, summary="Send the mail once more")
@policy(rate_limit="mail")
async def resend(body: ResendIn, accounts: AccountService, alike: Alike, request: Request, response: Response) -> Asked:
    """By the request, its mail comes again; by the address, in the browser that registered it, there is a new request.
    The answer is the same, and as late, whether or not anything waits."""
    if body.request:
        async with alike.answered():
            await accounts.resend(body.request)
        return alike.asked(body.request)
    browser = browser_hash(mark_browser(request, response))
    async with alike.answered():
        asked = await accounts.ask_again(str(body.email), browser)
    return alike.asked(asked.id)


@router.post("/verify-email", summary="Confirm the address of a new account", responses={204: {}})
@policy(rate_limit="sign_in")
async def verify_email(
    body: ConfirmIn,
    accounts: AccountService,
    device: CurrentDevice,
    caller: CallerIfAny,
    request: Request,
    response: Response,
) -> Tokens | None:
    """By the code, or the link in the browser that asked: signs in. The link elsewhere needs the password, confirms,
    and signs nobody in (204)."""
    tokens = await accounts.confirm(_confirmation(body, request), body.password, device, caller)
    if tokens is None:
        response.status_code = 204
        return None
    return deliver(tokens, request, response)


@router.post("/login", summary="Sign in by address and password", responses={202: {"model": MfaNeeded}})
@policy(rate_limit="sign_in")
async def login(
    body: LoginIn,
    accounts: AccountService,
    device: CurrentDevice,
    caller: CallerIfAny,
    request: Request,
    response: Response,
) -> Tokens | MfaNeeded:
    """With a guest's token, that guest's things come along. Who has a second factor gets 202 and a ticket."""
    browser = browser_hash(mark_browser(request, response))
    answer = await accounts.sign_in(body.email, body.password, device, caller, browser)
    if isinstance(answer, Tokens):
        return deliver(answer, request, response)
    response.status_code, response.headers["Cache-Control"] = 202, "no-store"
    return answer


@router.post("/login/mfa", summary="Show the second factor")
@policy(rate_limit="sign_in")
async def login_mfa(
    body: MfaIn,
    sign_ins: SignInService,
    device: CurrentDevice,
    caller: CallerIfAny,
    request: Request,
    response: Response,
) -> Tokens:
    """Within ten minutes, in the same browser; five wrong codes end the ticket."""
    browser = browser_hash(browser_of(request))
    passkey = PasskeyAnswer(body.passkey.request, body.passkey.credential) if body.passkey else None
    proof = Proof(body.method, body.code or "", passkey)
    tokens = await sign_ins.finish(body.ticket, proof, device, caller, browser)
    return deliver(tokens, request, response)


@router.post("/reauthenticate", summary="Show once more who one is")
@policy(rate_limit="sign_in")
async def reauthenticate(
    body: ReauthenticateIn,
    caller: CurrentCaller,
    reauthentication: Annotated[Reauthentication, use(Reauthentication)],
    request: Request,
    response: Response,
) -> Tokens:
    """What changes an account needs this, unless it was less than ten minutes ago: by a passkey, or by the password.
    Who has a second factor shows it beside the password; without it the answer is `factor_needed`; `factors` tells
    which there are. Who has neither signs in again at their provider: `oauth/{name}?purpose=reauthenticate`."""
    if body.passkey:
        answer = PasskeyAnswer(body.passkey.request, body.passkey.credential)
        return deliver(await reauthentication.by_passkey(caller, answer), request, response)
    proof = Proof(body.method, body.code) if body.method and body.code else None
    return deliver(await reauthentication.by_password(caller, body.password or "", proof), request, response)


@router.post("/forgot-password", status_code=202, summary="Ask for a new password")
@policy(rate_limit="mail")
async def forgot_password(
    body: EmailIn, accounts: AccountService, alike: Alike, request: Request, response: Response
) -> Asked:
    """The answer is the same, and as late, whether or not the address has an account."""
    browser = browser_hash(mark_browser(request, response))
    async with alike.answered():
        asked = await accounts.forgot_password(body.email, browser)
    return alike.asked(asked.id)


@router.post("/reset-password", status_code=204, summary="Set a new password by mail")
@policy(rate_limit="sign_in")
async def reset_password(body: ResetIn, accounts: AccountService, device: CurrentDevice, request: Request) -> None:
    """Ends all sessions and signs nobody in."""
    await accounts.reset_password(_confirmation(body, request), body.password, device)


@router.post("/change-password", summary="Change the password")
@policy(rate_limit="sign_in")
async def change_password(
    body: ChangePasswordIn, caller: CurrentCaller, accounts: AccountService, request: Request, response: Response
) -> Tokens:
    tokens = await accounts.change_password(caller, body.current_password, body.password, end_others=body.end_others)
    return deliver(tokens, request, response)


@router.post("/change-email", status_code=202, summary="Ask for another address")
@policy(rate_limit="mail")
async def change_email(
    body: EmailIn,
    caller: CurrentCaller,
    accounts: AccountService,
    alike: Alike,
    request: Request,
    response: Response,
) -> Asked:
    browser = browser_hash(mark_browser(request, response))
    async with alike.answered():
        asked = await accounts.change_email(caller, body.email, browser)
    return alike.asked(asked.id)


@router.post("/confirm-email", status_code=204, summary="Confirm another address")
@policy(rate_limit="sign_in")
async def confirm_email(body: ConfirmIn, accounts: AccountService, device: CurrentDevice, request: Request) -> None:
    """The old address is told, and can be put back for a week."""
    await accounts.confirm_email(_confirmation(body, request), body.password, device)


@router.post("/undo-email", status_code=204, summary="Put the old address back")
@policy(rate_limit="sign_in")
async def undo_email(body: UndoIn, accounts: AccountService, device: CurrentDevice) -> None:
    """By the link and the code in the mail to the old address. Ends all sessions."""
    await accounts.undo_email(Confirmation(token=body.token, code=body.code), device)


def _confirmation(body: ConfirmIn | ResetIn, request: Request) -> Confirmation:
    return Confirmation(body.token, body.request, body.code, browser_hash(browser_of(request)))
