"""Which route's policy a request falls under, before it is routed."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.routing import BaseRoute, Route, compile_path
from starlette.types import Scope

from bunri.platform.http.policy import DEFAULT, RoutePolicy, policy_of

API: Final = "/api/"
UNLIMITED: Final = RoutePolicy(rate_limit=None)
"""Of what is no API: the web app's files, pages, and what operators look at."""
_FOUND: Final = "bunri.policy"
_Entry = tuple[frozenset[str] | None, re.Pattern[str], RoutePolicy]


class Policies:
    """The routes that say something other than the default; there are few, so they are tried in turn."""

    def __init__(self, routes: Iterable[BaseRoute]) -> None:
        self._entries: list[_Entry] = []
        for route in _flattened(routes):
            if (said := policy_of(route.endpoint)) != DEFAULT:
                self._entries.append((frozenset(route.methods or ()) or None, route.path_regex, said))

    def add(self, path: str, policy: RoutePolicy) -> None:
        """For a path that no route of ours answers: one of a mounted application."""
        self._entries.append((None, compile_path(path)[0], policy))

    @property
    def said(self) -> Iterator[tuple[str, RoutePolicy]]:
        """The pattern of each route's path, and its policy, where that is not the default."""
        return ((pattern.pattern, policy) for _, pattern, policy in self._entries)

    def of(self, scope: Scope) -> RoutePolicy:
        """The policy of an HTTP request. The scope remembers it for whoever asks next."""
        found: RoutePolicy | None = scope.get(_FOUND)
        if found is None:
            found = scope[_FOUND] = self._find(scope["method"], scope["path"])
        return found

    def _find(self, method: str, path: str) -> RoutePolicy:
        for methods, pattern, policy in self._entries:
            if (methods is None or method in methods) and pattern.match(path):
                return policy
        return DEFAULT if path.startswith(API) else UNLIMITED


def _flattened(routes: Iterable[BaseRoute]) -> Iterator[Route]:
    """FastAPI keeps an included router whole; ours are included without a further prefix."""
    for route in routes:
        included: APIRouter | None = getattr(route, "original_router", None)
        if included is not None:
            yield from _flattened(included.routes)
        elif isinstance(route, Route):
            yield route


_MOUNTED: Final = "mounted_policies"


def set_policy(app: FastAPI, path: str, policy: RoutePolicy) -> None:
    """Notes the policy of a mounted application's ``path`` for ``policies_of``."""
    if not hasattr(app.state, _MOUNTED):
        setattr(app.state, _MOUNTED, [])
    getattr(app.state, _MOUNTED).append((path, policy))


def policies_of(app: FastAPI) -> Policies:
    """The policies of all routes that ``app`` has by now."""
    found = Policies(app.routes)
    for path, policy in getattr(app.state, _MOUNTED, ()):
        found.add(path, policy)
    return found
