"""Work that somebody else does later: tasks, and the two ways of reaching them.

Celery is imported by its own files only (``celery``, ``celery_publisher``): whoever names a route does not load it.
"""

from bunri.platform.queue.handlers import Handler, handler, scheduled
from bunri.platform.queue.publishers import Backlog, InlinePublisher, Route, Routes

__all__ = ["Backlog", "Handler", "InlinePublisher", "Route", "Routes", "handler", "scheduled"]
