"""What an operator watches of analyses."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

POLLS: Final = Counter("bunri_status_polls_total", "Status polls answered from the cache, before any routing.")
ANALYSES: Final = Counter("bunri_analyses_total", "Analyses by how they ended.", ("outcome", "cached"))
FIELD_VERSIONS: Final = Counter(
    "bunri_field_versions_total", "Versions of the bank of confirmed photos by what became of them.", ("state",)
)
FIELD_PHOTOS: Final = Gauge("bunri_field_photos", "Confirmed photos when the bank was last made.")
STAGE_SECONDS: Final = Histogram(
    "bunri_analysis_stage_seconds",
    "Time of a stage of the analysis.",
    ("stage",),
    buckets=(0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 1, 5),
)
