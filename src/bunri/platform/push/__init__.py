"""Web Push: messages to browsers whose pages are closed (RFC 8030), encrypted for them alone (RFC 8291)."""

from bunri.platform.push.errors import PushGone, PushRefused, PushUnavailable
from bunri.platform.push.protocol import Pusher, PushMessage, PushTarget, wait_after

__all__ = ["PushGone", "PushMessage", "PushRefused", "PushTarget", "PushUnavailable", "Pusher", "wait_after"]
