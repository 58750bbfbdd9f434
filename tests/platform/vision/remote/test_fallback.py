import numpy as np
import pytest

from bunri.platform.vision.errors import VisionFailed, VisionMissing
from bunri.platform.vision.protocol import Pixels, Sight, Thing
from bunri.platform.vision.remote.fallback import FallbackVision

PHOTO: Pixels = np.zeros((4, 4, 3), np.uint8)


class Eyes:
    """Eyes that see one thing, or fail as told."""

    def __init__(self, name: str, failure: Exception | None = None) -> None:
        self.models = {"detector": name}
        self.failure = failure
        self.looked = 0

    async def see(self, pixels: Pixels) -> Sight:
        self.looked += 1
        if self.failure:
            raise self.failure
        return Sight((Thing("can", 0.9),), self.models)


class TestLookingTwice:
    async def test_the_second_does_not_look_while_the_first_can(self) -> None:
        first, then = Eyes("remote"), Eyes("local")
        assert (await FallbackVision(first, then).see(PHOTO)).models == {"detector": "remote"}
        assert then.looked == 0

    @pytest.mark.parametrize("failure", [VisionFailed(reason="timeout"), VisionMissing()], ids=["failed", "missing"])
    async def test_the_second_looks_when_the_first_cannot_and_the_sight_says_so(self, failure: Exception) -> None:
        sight = await FallbackVision(Eyes("remote", failure), Eyes("local")).see(PHOTO)
        assert sight.models == {"detector": "local"}

    async def test_when_both_fail_the_seconds_reason_is_given(self) -> None:
        eyes = FallbackVision(Eyes("remote", VisionFailed(reason="timeout")), Eyes("local", VisionMissing()))
        with pytest.raises(VisionMissing):
            await eyes.see(PHOTO)

    async def test_a_bug_is_not_hidden(self) -> None:
        with pytest.raises(ZeroDivisionError):
            await FallbackVision(Eyes("remote", ZeroDivisionError()), Eyes("local")).see(PHOTO)

    def test_the_first_is_who_would_look_now(self) -> None:
        assert FallbackVision(Eyes("remote"), Eyes("local")).models == {"detector": "remote"}
