"""What the use cases of auth have in common."""

from dataclasses import dataclass

from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service.mails import Mails
from bunri.domains.auth.service.requests import Requests
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.settings import AuthSettings
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction


@dataclass(frozen=True, slots=True)
class AuthContext:
    transaction: Transaction[AuthRepository]
    sessions: Sessions
    requests: Requests
    mails: Mails
    settings: AuthSettings
    clock: Clock
