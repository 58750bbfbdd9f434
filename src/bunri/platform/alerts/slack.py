"""Alerts in Slack, by an incoming webhook: one message for each key and time, however often it is raised."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Final, Protocol

import structlog
from pydantic import HttpUrl

from bunri.kit.errors import Unavailable
from bunri.platform.alerts.settings import AlertSettings
from bunri.platform.external import ExternalApi
from bunri.platform.external_settings import ExternalSettings
from bunri.platform.resilience import ExternalFailed, Guard, failed_status

log = structlog.get_logger(__name__)

_LONGEST: Final = 2500
"""Characters of a text; Slack takes 3000 in a section."""
_SIGNS: Final = {True: ":rotating_light:", False: ":white_check_mark:"}
_COUNTED_FOR: Final = timedelta(days=7)


@dataclass(frozen=True)
class Alert:
    """Something an operator should know. Alerts with the same ``key`` are of the same thing."""

    key: str
    """``backup.failed``."""
    title: str
    text: str
    firing: bool = True
    """False: it is over."""


class Memory(Protocol):
    """What is remembered between two processes: the part of ``platform.cache.Cache`` that is needed."""

    async def set(self, key: str, value: bytes, ttl: timedelta, *, only_new: bool = False) -> bool: ...

    async def get(self, key: str) -> bytes | None: ...

    async def count(self, key: str, ttl: timedelta) -> int: ...

    async def delete(self, *keys: str) -> None: ...


class SlackAlerts:
    """Tells each alert once within ``repeat_after``, and then how often it was raised meanwhile. That it is over is
    told once, and only of what was told before. Never raises: an alert that fails must not break what it is about."""

    def __init__(self, settings: AlertSettings, memory: Memory) -> None:
        self._settings = settings
        self._memory = memory

    async def send(self, alert: Alert) -> bool:
        """Whether it was told now."""
        if alert.firing:
            log.warning("alert", key=alert.key, title=alert.title)
        if self._settings.slack_webhook is None or self._silenced(alert.key):
            return False
        raised = await self._due(alert)
        return raised is not None and await self._post(alert, raised)

    async def silence(self, key: str, duration: timedelta) -> None:
        """Nothing of ``key`` is told for so long. Raises CacheUnavailable."""
        await self._memory.set(_told(key), b"silenced", duration)

    def _silenced(self, key: str) -> bool:
        return any(fnmatchcase(key, pattern) for pattern in self._settings.silenced)

    async def _due(self, alert: Alert) -> int | None:
        """How often it was raised since it was told; None: it is not to be told now. Who cannot remember tells it:
        twice is better than never."""
        try:
            if not alert.firing:
                told = await self._memory.get(_open(alert.key))
                await self._memory.delete(_open(alert.key), _told(alert.key), _count(alert.key))
                return 0 if told else None
            raised = await self._memory.count(_count(alert.key), _COUNTED_FOR)
            if self._settings.repeat_after and not await self._memory.set(
                _told(alert.key), b"told", self._settings.repeat_after, only_new=True
            ):
                return None
            await self._memory.delete(_count(alert.key))
            await self._memory.set(_open(alert.key), b"open", timedelta(days=90))
        except Unavailable:
            return 1
        return raised

    async def _post(self, alert: Alert, raised: int) -> bool:
        assert self._settings.slack_webhook  # noqa: S101
        address = self._settings.slack_webhook.get_secret_value()
        base, _, path = address.partition("://")[2].partition("/")
        api = ExternalApi(f"{address.partition('://')[0]}://{base}")
        content = json.dumps(_message(alert, raised), ensure_ascii=False).encode()
        guard = Guard("slack", ExternalSettings(base_url=HttpUrl(address), timeout_s=self._settings.timeout_s))
        try:
            await guard.call(_attempt(api, f"/{path}", content))
        except ExternalFailed as failed:
            log.warning("alert.not_told", key=alert.key, reason=failed.reason)
            await self._forget(alert.key)
            return False
        finally:
            await api.aclose()
        return True

    async def _forget(self, key: str) -> None:
        """So that the next one is tried again."""
        try:
            await self._memory.delete(_told(key))
        except Unavailable:
            log.warning("alert.not_forgotten", key=key)


def _attempt(api: ExternalApi, path: str, content: bytes) -> Callable[[], Awaitable[None]]:
    async def attempt() -> None:
        answer = await api.send("POST", path, content=content, headers={"Content-Type": "application/json"})
        if answer.status != 200:
            raise failed_status(answer.status, answer.headers)
        if answer.body.strip() != b"ok":  # a proxy's page, say
            raise ExternalFailed("garbage")

    return attempt


def _message(alert: Alert, raised: int) -> dict[str, object]:
    """Slack's own form; a text is escaped, so that nobody is called by what a message quotes."""
    title = f"{_SIGNS[alert.firing]} {_escaped(alert.title)}"
    text = _escaped(alert.text)[:_LONGEST]
    more = f"\n_{raised} ×_" if raised > 1 else ""
    section = {"type": "section", "text": {"type": "mrkdwn", "text": f"*{title}*\n{text}{more}"}}
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": f"`{_escaped(alert.key)}`"}]}
    return {"text": title, "blocks": [section, context]}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _told(key: str) -> str:
    return f"alert:told:{key}"


def _open(key: str) -> str:
    return f"alert:open:{key}"


def _count(key: str) -> str:
    return f"alert:count:{key}"
