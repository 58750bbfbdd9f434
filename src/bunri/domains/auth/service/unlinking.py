"""Ends the connections with accounts elsewhere, at their providers: of people who were erased, and of ways in that were
removed.

A provider may be away for days and nobody waits for it: what is to be ended is a row, which the transaction that
removes the identity leaves behind, and which is worked off later.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog

from bunri.domains.auth.errors import SecretUnreadable
from bunri.domains.auth.records import Unlinking
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.kit.clock import Clock
from bunri.platform.db import Transaction
from bunri.platform.oauth.errors import ProviderUnavailable
from bunri.platform.oauth.protocol import Identity, Provider, ProviderName

log = structlog.get_logger(__name__)

LEASE: Final = timedelta(minutes=5)
BATCH: Final = 20
WAITS: Final = (
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=3),
)
"""Between the tries; after the eighth, a week later, it is given up."""


async def note_unlinkings(
    repository: AuthRepository, person_id: UUID, now: datetime, *, provider: str | None = None
) -> None:
    """Within the transaction that removes a person, or their identity of ``provider``: before they are gone."""
    for identity in await repository.linked_identities(person_id):
        if provider in (None, identity.provider):
            await repository.add_unlinking(person_id, identity, now)


async def keep_token(repository: AuthRepository, cipher: SecretCipher, person_id: UUID, identity: Identity) -> None:
    """Keeps the provider's newest refresh token, encrypted, for nothing but ending the connection one day."""
    if identity.refresh_token:
        kept = cipher.encrypt(identity.refresh_token, person_id)
        await repository.set_refresh_token(identity.provider, identity.subject, kept)


class Unlinkings:
    """``opened``: the providers, made when they are first needed: their libraries are no small thing for a worker."""

    def __init__(
        self,
        transaction: Transaction[AuthRepository],
        opened: Callable[[], Mapping[ProviderName, Provider]],
        cipher: SecretCipher,
        clock: Clock,
    ) -> None:
        self._transaction = transaction
        self._opened = opened
        self._cipher = cipher
        self._clock = clock

    async def work(self) -> None:
        """Tries those that are due, once each."""
        async with self._transaction() as repository:
            claimed = await repository.claim_unlinkings(self._clock(), LEASE, BATCH)
        for each in claimed:
            await self._try(each)

    async def _try(self, unlinking: Unlinking) -> None:
        try:
            ended = await self._has_come_back(unlinking) or await self._end(unlinking)
        except ProviderUnavailable as error:
            await self._put_off(unlinking, error.reason)
            return
        async with self._transaction() as repository:
            await repository.remove_unlinking(unlinking.id)
        if not ended:
            log.warning("unlinking.impossible", provider=unlinking.provider, reason="no token that is good")

    async def _has_come_back(self, unlinking: Unlinking) -> bool:
        """Whether somebody signs in with the account again: that connection is a new one, and stays."""
        async with self._transaction() as repository:
            return await repository.person_by_identity(unlinking.provider, unlinking.subject) is not None

    async def _end(self, unlinking: Unlinking) -> bool:
        """Whether it has ended. False where that takes a token of the person that we do not have. Raises
        ProviderUnavailable."""
        for name, provider in self._opened().items():
            if name == unlinking.provider:
                kept = self._token_of(unlinking)
                token = await provider.renew(kept) if kept else None
                return await provider.unlink(unlinking.subject, token)
        return False

    def _token_of(self, unlinking: Unlinking) -> str | None:
        try:
            return (
                self._cipher.decrypt(unlinking.refresh_token, unlinking.person_id) if unlinking.refresh_token else None
            )
        except SecretUnreadable:
            return None

    async def _put_off(self, unlinking: Unlinking, reason: str) -> None:
        given_up = unlinking.attempts > len(WAITS)
        async with self._transaction() as repository:
            if given_up:
                await repository.remove_unlinking(unlinking.id)
            else:
                until = self._clock() + WAITS[unlinking.attempts - 1]
                await repository.put_off_unlinking(unlinking.id, until)
        tell = log.error if given_up else log.info
        event = "unlinking.given_up" if given_up else "unlinking.put_off"
        tell(event, provider=unlinking.provider, reason=reason, attempts=unlinking.attempts)
