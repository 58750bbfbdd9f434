"""Passwords: which are taken, and what is kept of them.

Argon2id with the parameters of RFC 9106 §4 for little memory, in a pool of its own: each hash takes 64 MiB, so few run
at the same time. A password is hashed as it was typed, in Unicode's form NFC, which every keyboard's way of typing the
same letters leads to (ASVS 6.2.8).
"""

import asyncio
import unicodedata
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import resources
from typing import Final, TypeVar

from pwdlib.hashers.argon2 import Argon2Hasher

from bunri.domains.auth.errors import PasswordCommon, PasswordLength, PasswordPersonal, SignInBusy

T = TypeVar("T")

SHORTEST: Final = 8
LONGEST: Final = 128
WAITING: Final = 32
"""Passwords that may wait for their turn; more would wait for longer than people do."""
_OWN_WORDS: Final = ("bunri", "분리수거", "분리배출", "재활용", "쓰레기", "recycl")


class Passwords:
    """``at_once``: hashes computed at the same time."""

    def __init__(self, at_once: int = 2) -> None:
        self._hasher = Argon2Hasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobodys: str | None = None

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """Raises SignInBusy."""
        return await self._run(self._hasher.hash, _as_typed(password))

    async def matches(self, password: str, kept: str | None) -> bool:
        """Whether ``kept`` is the hash of ``password``. Without one it takes as long. Raises SignInBusy."""
        if kept is None:
            await self._run(self._verify, "", await self._nobodys_hash())
            return False
        return await self._run(self._verify, _as_typed(password), kept)

    def is_outdated(self, kept: str) -> bool:
        """Whether ``kept`` was made with other parameters than those of today."""
        return self._hasher.check_needs_rehash(kept)

    def _verify(self, password: str, kept: str) -> bool:
        return self._hasher.verify(password, kept)

    async def _nobodys_hash(self) -> str:
        if self._nobodys is None:
            self._nobodys = await self._run(self._hasher.hash, "nobody's")
        return self._nobodys

    async def _run(self, work: Callable[..., T], /, *arguments: str) -> T:
        if self._waiting >= WAITING:
            raise SignInBusy(retry_after=2)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        finally:
            self._waiting -= 1


def check_acceptable(password: str, personal: Iterable[str] = ()) -> None:
    """Of any characters (ASVS 6.2.5). ``personal``: what others know of the person, such as the address.

    Raises PasswordLength, PasswordCommon, PasswordPersonal.
    """
    typed = _as_typed(password)
    if not SHORTEST <= len(typed) <= LONGEST:
        raise PasswordLength(shortest=SHORTEST, longest=LONGEST)
    folded = typed.casefold()
    if folded in _common() or len(set(folded)) < 3:
        raise PasswordCommon
    for word in (*_OWN_WORDS, *personal):
        if len(word) >= 3 and _is_mostly(folded, word.casefold()):
            raise PasswordPersonal


def _is_mostly(password: str, word: str) -> bool:
    """Whether little is left of ``password`` without ``word``: "bunri2026" is, "my bunri eats paper" is not."""
    return word in password and len(password.replace(word, "")) < 6


@cache
def _common() -> frozenset[str]:
    """The passwords that are tried first: the most frequent of those that became known, of at least 8 characters."""
    text = (resources.files("bunri.domains.auth") / "data" / "common_passwords.txt").read_text("utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


def _as_typed(password: str) -> str:
    return unicodedata.normalize("NFC", password)
