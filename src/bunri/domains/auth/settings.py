"""How long people stay signed in, and how much may be asked for."""

from datetime import timedelta

from pydantic import BaseModel, Field


class AuthSettings(BaseModel):
    access_ttl: timedelta = Field(timedelta(minutes=15), description="Life of an access token.")
    refresh_ttl: timedelta = Field(timedelta(days=30), description="An account's session ends when unused for so long.")
    guest_refresh_ttl: timedelta = Field(
        timedelta(days=90), description="A guest's session ends when unused for so long; nobody could sign in again."
    )
    session_ttl: timedelta = Field(timedelta(days=400), description="Any session ends after so long, used or not.")
    refresh_grace: timedelta = Field(
        timedelta(seconds=10), description="Two tabs may refresh at once: the token before the newest is good for this."
    )
    reauthentication_ttl: timedelta = Field(
        timedelta(minutes=10), description="After so long, who changes an account shows again who they are."
    )
    code_ttl: timedelta = Field(timedelta(minutes=10), description="Life of a six-digit code.")
    link_ttl: timedelta = Field(
        timedelta(hours=24), description="Life of a link in a mail; it only opens a page that asks."
    )
    reset_ttl: timedelta = Field(timedelta(hours=1), description="Life of a link that sets a new password.")
    undo_ttl: timedelta = Field(timedelta(days=7), description="How long a changed address can be changed back.")
    challenge_ttl: timedelta = Field(timedelta(minutes=5), description="How long a passkey may take to be shown.")
    rp_id: str | None = Field(
        None,
        description="The domain that passkeys belong to; else the host of public_url, or localhost.",
    )
    passkey_origins: list[str] = Field(
        default_factory=list,
        description="Other origins, https://…, whose pages may use them.",
    )
    erase_after: timedelta = Field(
        timedelta(days=14), description="A deleted account is erased after so long; signing in keeps it."
    )
    guest_age: timedelta = Field(timedelta(days=400), description="A guest unseen for so long is erased.")
    log_age: timedelta = Field(timedelta(days=365), description="Security events are forgotten after so long.")
    alike_s: float = Field(
        0.4, ge=0, le=10, description="Seconds that asking for an account or a new password takes, known or not."
    )
    hashes_at_once: int = Field(2, ge=1, le=64, description="Passwords hashed at the same time; each takes 64 MiB.")
