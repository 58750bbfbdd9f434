"""``/api/v1/chat/push``: browsers that want to be told of new messages."""

import base64
import binascii
from typing import Annotated

from fastapi import APIRouter

from bunri.domains.auth.public import Caller
from bunri.domains.chat.schemas import PushKey, SubscriptionGone, SubscriptionIn
from bunri.domains.chat.service.subscriptions import Subscriptions
from bunri.platform.http import PreferredLanguage, policy, signed_in, use
from bunri.platform.push import PushRefused, PushTarget

router = APIRouter(prefix="/api/v1/chat/push", tags=["chat"])

CurrentCaller = Annotated[Caller, signed_in]
SubscriptionService = Annotated[Subscriptions, use(Subscriptions)]


@router.get("/key", summary="What a browser subscribes with")
async def push_key(caller: CurrentCaller, subscriptions: SubscriptionService) -> PushKey:  # noqa: ARG001  # signed in
    return PushKey(key=subscriptions.key)


@router.put("/subscriptions", status_code=204, summary="Have a browser told of new messages")
@policy()
async def subscribe(
    body: SubscriptionIn, caller: CurrentCaller, subscriptions: SubscriptionService, language: PreferredLanguage
) -> None:
    """For as long as one is signed in there. It is told in the language of this request."""
    target = PushTarget(body.endpoint, _bytes(body.keys.p256dh), _bytes(body.keys.auth))
    await subscriptions.keep(caller, target, language, shows_text=body.shows_text)


@router.delete("/subscriptions", status_code=204, summary="Have a browser told no more")
@policy()
async def unsubscribe(body: SubscriptionGone, caller: CurrentCaller, subscriptions: SubscriptionService) -> None:
    await subscriptions.remove(caller, body.endpoint)


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except binascii.Error:
        raise PushRefused("no_key") from None
