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
POLLS: Final = Counter("bunri_status_polls_total", "Status polls answered from the mirror, before any routing.")
ANALYSES: Final = Counter("bunri_analyses_total", "Analyses by how they ended.", ("outcome", "cached"))
STAGE_SECONDS: Final = Histogram(
    "bunri_analysis_stage_seconds",
    "Time of a stage of the analysis.",
    ("stage",),
    buckets=(0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 1, 5),
)
