"""Tells people's devices of what other domains have to say."""

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from uuid import UUID

import structlog

from bunri.domains.chat.public import Device, DeviceNotice, Telling, Told
from bunri.domains.chat.repository import ChatRepository
from bunri.platform.db import Transaction
from bunri.platform.push import Pusher, PushGone, PushMessage, PushRefused, PushTarget, PushUnavailable

log = structlog.get_logger(__name__)


class Devices:
    def __init__(self, transaction: Transaction[ChatRepository], pusher: Pusher) -> None:
        self._transaction = transaction
        self._pusher = pusher

    async def devices(self, people: Sequence[str]) -> list[Device]:
        async with self._transaction() as repository:
            found = await repository.subscriptions_of_all(people) if people else []
        return [Device(id=each.id, person=each.person, language=each.language) for each in found]

    async def tell_device(self, device_id: UUID, notice: DeviceNotice) -> Told:
        async with self._transaction() as repository:
            to = await repository.subscription(device_id)
        if to is None:
            return Told(telling=Telling.GONE)
        message = PushMessage(_payload(notice), _topic(notice.tag), notice.ttl_s)
        try:
            await self._pusher.send(PushTarget(to.endpoint, to.p256dh, to.auth), message)
        except PushGone:
            async with self._transaction() as repository:
                await repository.drop_subscription(to.id, to.endpoint)
            return Told(telling=Telling.GONE)
        except PushRefused as refused:
            log.warning("notice.refused", subscription=str(to.id), reason=refused.reason)
            return Told(telling=Telling.REFUSED)
        except PushUnavailable as away:
            return Told(telling=Telling.LATER, retry_after_s=away.retry_after)
        return Told(telling=Telling.TOLD)


def _payload(notice: DeviceNotice) -> bytes:
    return json.dumps(notice.model_dump(include={"tag", "path", "title", "body"}), ensure_ascii=False).encode()


def _topic(tag: str) -> str:
    """32 letters, which tell the push service nothing."""
    return urlsafe_b64encode(hashlib.sha256(b"notice of " + tag.encode()).digest()[:24]).decode()
