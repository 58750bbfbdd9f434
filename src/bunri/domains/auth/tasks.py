"""What auth does when something has happened, and from time to time."""

from bunri.domains.auth.public import SessionEnded
from bunri.domains.auth.service.sessions import Sessions
from bunri.domains.auth.service.unlinking import Unlinkings
from bunri.domains.auth.service.upkeep import Upkeep
from bunri.platform.queue import handler, scheduled

HANDLERS = (
    handler("auth.spread_ended_session", on=SessionEnded, service=Sessions, call=Sessions.spread_ended_session),
    scheduled("auth.forget", service=Upkeep, call=Upkeep.forget),
    scheduled("auth.unlink", service=Unlinkings, call=Unlinkings.work),
)
