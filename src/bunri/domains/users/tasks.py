"""What users does when something has happened, and from time to time."""

from bunri.domains.users.public import ExportAsked
from bunri.domains.users.service.exporting import Exporting
from bunri.domains.users.service.exports import Exports
from bunri.platform.queue import handler, scheduled

HANDLERS = (
    handler("users.export", on=ExportAsked, service=Exporting, call=Exporting.work),
    scheduled("users.forget", service=Exports, call=Exports.forget),
)
