"""Guessing is slowed down, for one account and from wherever it comes."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from bunri.domains.auth.errors import FactorWrong, SignInFailed
from bunri.platform.limits import RateLimiter

Secret = Literal["password", "code", "own password"]
"""What is guessed at: the password or the second factor of who signs in, or the password of who is signed in. Each is
counted by itself, so that whoever does not know the password cannot use up the tries of those who do."""


class Tries:
    """Some a minute (the class ``sign_in``); after many wrong ones within an hour (``wrong_try``) none for the rest of
    it, right or wrong."""

    def __init__(self, limiter: RateLimiter) -> None:
        self._limiter = limiter

    @asynccontextmanager
    async def one(self, account: str, secret: Secret) -> AsyncIterator[None]:
        """One try at a secret of ``account``, which was wrong where SignInFailed or FactorWrong is raised within.

        Raises TooMany and LimitsUnavailable before the try is made.
        """
        key = f"{secret} of {account}"
        await self._limiter.check("wrong_try", key)
        await self._limiter.hit("sign_in", account)
        try:
            yield
        except (SignInFailed, FactorWrong):
            await self._limiter.hit("wrong_try", key)
            raise
