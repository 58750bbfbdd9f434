"""How signing in, and changing how one signs in, can fail."""

from uuid import UUID

from bunri.kit.errors import Conflict, Forbidden, Invalid, Missing, Unauthenticated, Unavailable


class RefreshInvalid(Unauthenticated):
    """Made up, expired, ended, or used before; what was used before ends the whole session."""

    code = "refresh_invalid"


class SignInFailed(Unauthenticated):
    """No such address, or another password: nobody learns which."""

    code = "sign_in_failed"


class AccountDisabled(Forbidden):
    """An operator has closed the account; told to nobody but who has shown that it is theirs."""

    code = "account_disabled"

    def __init__(self, person_id: UUID) -> None:
        super().__init__()
        self.person_id = person_id


class SignInBusy(Unavailable):
    """More passwords are being checked than can be at once."""

    code = "sign_in_busy"


class ReauthenticationNeeded(Forbidden):
    """It is too long ago that the person showed who they are, for what they want to change."""

    code = "reauthentication_needed"


class AccountNeeded(Forbidden):
    """A guest has no such thing."""

    code = "account_needed"


class AlreadyAccount(Conflict):
    """An account signs in by its own ways."""

    code = "already_account"


class PasswordLength(Invalid):
    """Shorter than ``shortest`` or longer than ``longest`` characters."""

    code = "password_length"


class PasswordCommon(Invalid):
    """One of those that are tried first."""

    code = "password_common"


class PasswordPersonal(Invalid):
    """Little more than a word that others know to belong to the person, or to us."""

    code = "password_personal"


class RequestInvalid(Invalid):
    """A link or code that is wrong, too old, or was used: which, nobody learns."""

    code = "confirmation_invalid"


class ConfirmElsewhere(Conflict):
    """The link was opened in another browser than the one in which it was asked for, and nothing else shows that the
    same person is there: programs that look through mail open links, too."""

    code = "confirmation_elsewhere"


class EmailTaken(Conflict):
    """Somebody else has confirmed the address meanwhile."""

    code = "email_taken"


class RecoveryCodeInvalid(Invalid):
    """No recovery code of anybody, or one that was used."""

    code = "recovery_code_invalid"


class SessionMissing(Missing):
    code = "session_missing"


class ProviderMissing(Missing):
    """Nobody signs in with this provider here."""

    code = "sign_in_provider_missing"


class AttemptInvalid(Invalid):
    """What came back belongs to no attempt of this browser, or to one that is over."""

    code = "attempt_invalid"


class IdentityTaken(Conflict):
    """Another account signs in with it already."""

    code = "identity_taken"


class IdentityEmailKnown(Conflict):
    """The provider tells of an address that an account has, and has not verified it."""

    code = "identity_email_known"


class IdentityMissing(Missing):
    code = "identity_missing"


class SecretUnreadable(Unavailable):
    """What is kept encrypted was written under another BUNRI_SECRET."""

    code = "secret_unreadable"


class FactorNeeded(Forbidden):
    """The password alone is not enough. Who has a role cannot remove the last second factor either."""

    code = "factor_needed"


class FactorWrong(Invalid):
    """No code of now, one that was used, or another kind than the person has."""

    code = "factor_wrong"


class TicketInvalid(Unauthenticated):
    """Who signs in by two factors took too long for the second, tried too often, or went on in another browser."""

    code = "factor_ticket_invalid"


class TotpExists(Conflict):
    """The person has an authenticator app already; it is removed before another takes its place."""

    code = "totp_exists"


class TotpMissing(Missing):
    code = "totp_missing"


class PasskeyInvalid(Invalid):
    """The answer of an authenticator does not fit: an old challenge, nobody verified, a passkey that is not known, or a
    counter that has not grown."""

    code = "passkey_invalid"


class PasskeyElsewhere(Conflict):
    """Passkeys belong to a host: they are good at ``place`` and nowhere else."""

    code = "passkey_elsewhere"


class PasskeysImpossible(Conflict):
    """We are reached by an address, not by a name: browsers make no passkeys then."""

    code = "passkeys_impossible"


class PasskeyKnown(Conflict):
    code = "passkey_known"


class PasskeysFull(Conflict):
    """``most`` passkeys are enough for a person."""

    code = "passkeys_full"


class PasskeyMissing(Missing):
    code = "passkey_missing"


class LastWayIn(Conflict):
    """Without it, nobody could sign in as this person any more."""

    code = "last_way_in"


class PersonMissing(Missing):
    """Nobody has the address or the id ``who``."""

    code = "person_missing"


class RoleNeedsAccount(Conflict):
    """A guest signs in without showing anything, so nothing may rest on who it is."""

    code = "role_needs_account"


class NoWayIn(Conflict):
    """Without the passkeys nobody could sign in as this person, and no mail reaches them to set a password."""

    code = "no_way_in"
