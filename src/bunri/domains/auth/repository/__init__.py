"""Every SQL statement of auth, by what it is about. What they return are frozen values; ORM rows stay inside."""

from bunri.domains.auth import models
from bunri.domains.auth.repository.events import SecurityEventRepository
from bunri.domains.auth.repository.identities import IdentityRepository
from bunri.domains.auth.repository.passkeys import PasskeyRepository
from bunri.domains.auth.repository.people import PersonRepository
from bunri.domains.auth.repository.recovery_codes import RecoveryCodeRepository
from bunri.domains.auth.repository.requests import RequestRepository
from bunri.domains.auth.repository.sessions import SessionRepository
from bunri.domains.auth.repository.totp import TotpRepository
from bunri.domains.auth.repository.unlinkings import UnlinkingRepository
from bunri.platform.mail.rows import MailRows


class AuthRepository(
    PersonRepository,
    SessionRepository,
    IdentityRepository,
    RequestRepository,
    RecoveryCodeRepository,
    TotpRepository,
    PasskeyRepository,
    UnlinkingRepository,
    SecurityEventRepository,
    MailRows,
):
    """All of them in one transaction."""

    outbox = models.outbox
    mails = models.mails
