"""What locations does from time to time."""

from bunri.domains.locations.refreshing import Refreshing
from bunri.platform.queue import scheduled

HANDLERS = (scheduled("locations.refresh", service=Refreshing, call=Refreshing.refresh),)
