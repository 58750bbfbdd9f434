"""How much one person, account or network may ask for within a time: ``RateLimiter`` and its classes."""

from bunri.platform.limits.classes import LimitClass
from bunri.platform.limits.errors import LimitsUnavailable, TooMany
from bunri.platform.limits.limiter import Bucket, RateLimiter, Standing
from bunri.platform.limits.settings import LimitsSettings

__all__ = ["Bucket", "LimitClass", "LimitsSettings", "LimitsUnavailable", "RateLimiter", "Standing", "TooMany"]
