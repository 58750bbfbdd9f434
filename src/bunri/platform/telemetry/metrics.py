"""What an operator watches. Labels are bounded: route templates, never raw paths."""

from typing import Final

from prometheus_client import Counter, Histogram

REQUESTS: Final = Counter("bunri_http_requests_total", "Requests by route and status.", ("method", "route", "status"))
REQUEST_SECONDS: Final = Histogram(
    "bunri_http_request_seconds",
    "Time to answer, by route.",
    ("route",),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
SOCKET_EVENTS: Final = Counter(
    "bunri_socket_events_total",
    "What sockets sent: done, refused (the sender is told why), or failed.",
    ("event", "outcome"),
)
