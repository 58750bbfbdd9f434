"""What every domain's endpoints share: dependencies, and what a route says about itself."""

from bunri.platform.http.dependencies import BaseUrl, PreferredLanguage, signed_in, signed_in_if_any, use
from bunri.platform.http.policy import LARGEST_JSON, RoutePolicy, policy
from bunri.platform.http.quota import Quota, quota
from bunri.platform.http.same_origin import same_origin

__all__ = [
    "LARGEST_JSON",
    "BaseUrl",
    "PreferredLanguage",
    "Quota",
    "RoutePolicy",
    "policy",
    "quota",
    "same_origin",
    "signed_in",
    "signed_in_if_any",
    "use",
]
