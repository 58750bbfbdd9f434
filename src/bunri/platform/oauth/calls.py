"""Calls to a provider: one time limit, retries and breaker for all of them, and our errors for its failures."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final, TypeVar

import structlog

from bunri.kit.errors import BunriError
from bunri.platform.external import Answer, ExternalApi
from bunri.platform.external_settings import ExternalSettings
from bunri.platform.oauth.answers import RENEWED, Refusal, read_answer
from bunri.platform.oauth.errors import ProviderMisconfigured, ProviderUnavailable, SignInFailed
from bunri.platform.resilience import ExternalFailed, Guard

T = TypeVar("T")

log = structlog.get_logger(__name__)

FORM: Final = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
LONGEST_ANSWER: Final = 1 << 18
"""Bytes. A token, a profile or a set of keys has a few thousand."""


class ProviderCalls:
    """The way to one provider."""

    def __init__(self, provider: str, settings: ExternalSettings) -> None:
        self._provider = provider
        self._guard = Guard(f"oauth-{provider}", settings)
        self._apis: dict[str, ExternalApi] = {}

    async def ask(
        self,
        method: str,
        base_url: str,
        path: str,
        read: Callable[[Answer], T],
        *,
        form: str | None = None,
        headers: Mapping[str, str] | None = None,
        once: bool = False,
    ) -> T:
        """What ``read`` makes of the answer. ``form`` is an encoded body; ``once``: a second try would do harm.

        ``read`` raises ExternalFailed when the provider is at fault, which the breaker counts and retries may mend. Any
        BunriError that it raises is about this person or this app: the breaker does not count it, and it is raised here
        as it is. Raises ProviderUnavailable.
        """

        async def attempt() -> T | BunriError:
            try:
                answer = await self._api(base_url).send(
                    method,
                    path,
                    content=None if form is None else form.encode(),
                    headers={**({} if form is None else FORM), **(headers or {})},
                )
                return read(answer)
            except BunriError as refused:
                return refused
            except ExternalFailed as failed:
                failed.retryable = failed.retryable and not once
                raise

        try:
            result = await self._guard.call(attempt)
        except ExternalFailed as failed:
            raise ProviderUnavailable(self._provider, failed.reason) from failed
        if isinstance(result, BunriError):
            raise result
        return result

    async def renew(self, base_url: str, path: str, form: str, refuse: Callable[[Refusal], BunriError]) -> str | None:
        """A new access token from a token endpoint, for the refresh token in ``form``; None when that is not good any
        more. Raises ProviderUnavailable."""
        try:
            renewed = await self.ask(
                "POST", base_url, path, lambda answer: read_answer(answer, RENEWED, refuse), form=form
            )
        except SignInFailed:
            return None
        return renewed.access_token

    def _api(self, base_url: str) -> ExternalApi:
        """The client of one host: a provider has two to four."""
        if base_url not in self._apis:
            self._apis[base_url] = ExternalApi(base_url, longest_answer=LONGEST_ANSWER)
        return self._apis[base_url]

    async def aclose(self) -> None:
        for api in self._apis.values():
            await api.aclose()


def bearer(access_token: str) -> dict[str, str]:
    """The header that shows a person's token (RFC 6750 §2.1)."""
    return {"Authorization": f"Bearer {access_token}"}


@contextmanager
def reported() -> Iterator[None]:
    """Writes into the log what the operator, or the provider, has to mend. Refusals of one person are not written here:
    who signs people in has a log of its own."""
    try:
        yield
    except ProviderMisconfigured as error:
        log.error("oauth.misconfigured", provider=error.provider, reason=error.reason)
        raise
    except ProviderUnavailable as error:
        log.warning("oauth.unavailable", provider=error.provider, reason=error.reason)
        raise
