"""Work that somebody else does later: tasks, and the two ways of reaching them."""

from bunri.platform.queue.handlers import Handler, handler, scheduled
from bunri.platform.queue.publishers import Backlog, CeleryPublisher, InlinePublisher, Route, Routes

__all__ = ["Backlog", "CeleryPublisher", "Handler", "InlinePublisher", "Route", "Routes", "handler", "scheduled"]
