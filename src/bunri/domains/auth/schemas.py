"""What auth's endpoints take and give."""

from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, EmailStr, Field, model_validator

from bunri.domains.auth.public import Kind, Name
from bunri.domains.auth.records import Factor

Email = Annotated[EmailStr, Field(max_length=254, examples=["chorok@example.org"])]
Password = Annotated[str, Field(min_length=1, max_length=512, description="8 to 128 characters, whichever they are.")]
"""Bounded here, judged by ``passwords.check_acceptable``."""
LinkToken = Annotated[str, Field(min_length=37, max_length=64, description="From the fragment of a mail's link.")]
Code = Annotated[str, Field(min_length=6, max_length=12, description="Six digits from the mail.")]


class GuestIn(BaseModel):
    username: Name = Field(description="What neighbours see. Need not be unique.", examples=["초록이"])


class RefreshIn(BaseModel):
    refresh_token: str | None = Field(None, min_length=20, max_length=128, description="Not where a cookie has it.")


class RegisterIn(BaseModel):
    email: Email
    password: Password
    username: Name


class LoginIn(BaseModel):
    email: Email
    password: Password


Method = Literal[Factor.TOTP, Factor.RECOVERY_CODE]
FactorCode = Annotated[str, Field(min_length=6, max_length=64, description="Six digits, or a recovery code.")]


class PasskeyAnswerIn(BaseModel):
    """What a passkey has signed."""

    request: UUID = Field(description="That came with the options.")
    credential: dict[str, Any] = Field(description="What `navigator.credentials` gave, by its `toJSON()`.")


class PasskeyIn(PasskeyAnswerIn):
    name: Name | None = Field(None, description="By which its owner knows it; the device's by default.")


class MfaIn(BaseModel):
    """The second factor, for the ticket that the first one gave."""

    ticket: LinkToken
    method: Method | Literal[Factor.PASSKEY]
    code: FactorCode | None = None
    passkey: PasskeyAnswerIn | None = Field(None, description="For the options of `passkeys/authentication/options`.")


class ReauthenticateIn(BaseModel):
    """A passkey; or the password, and the second factor where there is one."""

    passkey: PasskeyAnswerIn | None = Field(None, description="For the options of `passkeys/authentication/options`.")
    password: Password | None = None
    method: Method | None = Field(None, description="Which second factor, where there is one.")
    code: FactorCode | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.passkey is None) == (self.password is None):
            raise ValueError("give either passkey or password")
        return self


class TotpCodeIn(BaseModel):
    code: FactorCode


class EmailIn(BaseModel):
    email: Email


class ResendIn(BaseModel):
    """Which registration: by its request, or by its address where the page has forgotten that."""

    request: UUID | None = Field(None, description="From the answer to `register`.")
    email: Email | None = None

    @model_validator(mode="after")
    def _has_one(self) -> Self:
        if (self.request is None) == (self.email is None):
            raise ValueError("give either request or email")
        return self


class ConfirmIn(BaseModel):
    """The link's token; or the request and the code that came with it."""

    token: LinkToken | None = None
    request: UUID | None = None
    code: Code | None = None
    password: Password | None = Field(None, description="Shows in another browser that it is the same person.")


class ResetIn(BaseModel):
    token: LinkToken | None = None
    request: UUID | None = None
    code: Code | None = None
    password: Password


class UndoIn(BaseModel):
    token: LinkToken
    code: Code


class LogoutAllIn(BaseModel):
    others_only: bool = Field(False, description="Stays signed in here.")


class ChangePasswordIn(BaseModel):
    current_password: Password
    password: Password
    end_others: bool = Field(True, description="Whether other devices are signed out.")


class RecoverIn(BaseModel):
    code: str = Field(min_length=20, max_length=400, description="Twelve words, or the text of the QR code.")


class User(BaseModel):
    id: str = Field(examples=["guest_01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10"])
    username: str
    hash: str = Field(description="A short public tag, since names are not unique.", examples=["3fa9"])
    kind: Kind = Kind.GUEST
    roles: tuple[str, ...] = ()
    factor_needed: bool = Field(
        False, description="Roles are withheld until a second factor is added, or shown when signing in."
    )


class Tokens(BaseModel):
    """RFC 6749 §5.1, and who it is for."""

    access_token: str
    refresh_token: str | None = Field(description="Null where the browser got it as a cookie.")
    token_type: Literal["bearer"] = "bearer"  # noqa: S105  # the type's name, not a secret
    expires_in: int = Field(description="Seconds until the access token expires.")
    refresh_expires_in: int = Field(description="Seconds until the session ends when it is not used.")
    user: User


class Mfa(BaseModel):
    ticket: str = Field(description="For `login/mfa`, from the same browser.")
    methods: list[Factor] = Field(description="Any one of them will do.")
    expires_in: int = Field(description="Seconds.")


class MfaNeeded(BaseModel):
    """The first factor was right; a second one is asked for."""

    mfa: Mfa


class TotpOut(BaseModel):
    """Shown once: nobody can look it up again."""

    secret: str = Field(description="Base32, to type in.")
    uri: str = Field(description="`otpauth://…`, for a QR code.")


class PasskeyOptions(BaseModel):
    """For `navigator.credentials`, by `PublicKeyCredential.parse…OptionsFromJSON`."""

    request: UUID = Field(description="Goes with the answer.")
    options: dict[str, Any]


class PasskeyOut(BaseModel):
    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None


class IdentityOut(BaseModel):
    """An account elsewhere by which one signs in."""

    provider: str = Field(examples=["kakao"])
    created_at: datetime = Field(description="When it was added.")


class FactorsOut(BaseModel):
    """What a person can show beside the password."""

    methods: list[Factor] = Field(description="Any one of them will do; none: the password alone signs in.")
    recovery_codes: int = Field(description="How many are left.")


class FactorCodesOut(BaseModel):
    """Shown once; each stands in for the second factor once."""

    codes: list[str] = Field(examples=[["K7QD-2XFA-ZP3M-QW6E-LT5R-BN4C"]])


class Asked(BaseModel):
    """Something has been asked for, and its confirmation went by mail. The same for every address."""

    request: UUID = Field(description="To be confirmed by the code in the mail, or its link.")
    expires_in: int = Field(description="Seconds that the code is good for.")


class RecoveryCodeOut(BaseModel):
    """Shown once: nobody can look it up again."""

    words: str
    text: str = Field(description="The same, for the fragment of a link in a QR code.")


class RecoverablePerson(BaseModel):
    """Whom a recovery code would sign in."""

    user: User
    created_at: datetime


class SessionOut(BaseModel):
    id: UUID
    device: str = Field(examples=["Firefox, Android"])
    network: str = Field(examples=["203.0.113.0/24"])
    created_at: datetime
    last_used_at: datetime
    current: bool


class EventOut(BaseModel):
    """Something that happened to the account."""

    kind: str
    device: str
    network: str
    at: datetime
