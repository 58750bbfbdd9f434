"""What auth does when something has happened."""

from bunri.domains.auth.public import SessionEnded
from bunri.domains.auth.service import AuthService
from bunri.platform.queue import handler

HANDLERS = (
    handler("auth.spread_ended_session", on=SessionEnded, service=AuthService, call=AuthService.spread_ended_session),
)
