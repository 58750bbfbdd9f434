"""What every domain's endpoints share: dependencies, and what a route says about itself."""

from bunri.platform.http.dependencies import BaseUrl, PreferredLanguage, signed_in, use
from bunri.platform.http.policy import LARGEST_JSON, RoutePolicy, policy

__all__ = ["LARGEST_JSON", "BaseUrl", "PreferredLanguage", "RoutePolicy", "policy", "signed_in", "use"]
