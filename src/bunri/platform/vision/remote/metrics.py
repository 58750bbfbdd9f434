"""What an operator watches of remote vision models."""

from typing import Final

from prometheus_client import Counter

PHOTOS: Final = Counter(
    "bunri_remote_vision_photos_total", "Photos for a remote vision model, by what became of it.", ("outcome",)
)
MADE_UP: Final = Counter(
    "bunri_remote_vision_made_up_total", "What a language model named that our lists do not have.", ("kind",)
)
