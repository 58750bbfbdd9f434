"""Use cases of invites."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.app.toy.invites.repository import InvitesRepository

from bunri.kit.ids import new_id
from bunri.kit.languages import Language
from bunri.platform.db import Transaction
from bunri.platform.mail import MailRequest


class InvitesService:
    def __init__(self, transaction: Transaction[InvitesRepository]) -> None:
        self._transaction = transaction

    async def invite(self, to: str, by: str, language: Language = "ko") -> UUID:
        """Returns the id of the mail. The link is made when the mail is sent (Links)."""
        async with self._transaction() as repository:
            data = {"by": by, "invite_id": str(new_id())}
            return await repository.add_mail(MailRequest("invite", to, language, data))


class Links:
    """``complete`` of MailDelivery: the invitation's token is derived from a key, and the database never has it."""

    def __init__(self, key: str, base_url: str = "https://bunri.example") -> None:
        self._key = key
        self._base_url = base_url

    def __call__(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        token = hmac.digest(self._key.encode(), str(data["invite_id"]).encode(), hashlib.sha256).hex()
        return {
            "by": data["by"],
            "url": f"{self._base_url}/invites#{token}",
            "unsubscribe_url": f"{self._base_url}/api/v1/invites/unsubscribe?of={data['invite_id']}",
        }
