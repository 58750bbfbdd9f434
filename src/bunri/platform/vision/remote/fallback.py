"""Two pairs of eyes: the second looks when the first cannot."""

import structlog

from bunri.platform.vision.errors import VisionFailed, VisionMissing
from bunri.platform.vision.protocol import Pixels, Sight, Vision

log = structlog.get_logger(__name__)


class FallbackVision:
    """A Vision of two. The Sight names the models that really looked."""

    def __init__(self, first: Vision, then: Vision) -> None:
        self._first = first
        self._then = then

    @property
    def models(self) -> dict[str, str]:
        return self._first.models

    async def see(self, pixels: Pixels) -> Sight:
        """As Vision. Raises what the second raises when both fail."""
        try:
            return await self._first.see(pixels)
        except (VisionFailed, VisionMissing) as failed:
            log.warning("vision_fallback", models=self._first.models, failure=str(failed))
        return await self._then.see(pixels)
