"""Routers that are looked through only for requests that may be theirs."""

import os.path

from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope


class FromPrefix(APIRouter):
    """The routes of ``router``, all of them added already, for paths that begin as each of theirs does.

    FastAPI tries each route of each router in turn: for the last routers that was a sixth of what a short request
    takes.
    """

    def __init__(self, router: APIRouter) -> None:
        super().__init__(routes=router.routes)
        paths = [route.path for route in router.routes if isinstance(route, APIRoute)]
        everything = len(paths) < len(router.routes)  # of others we do not know what they answer
        common = os.path.commonprefix(paths)  # noqa: RUF071  # up to a character, as it is compared
        self._beginning = "" if everything else common.partition("{")[0]

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        path: str = scope["path"].removeprefix(scope.get("root_path", ""))
        return super().matches(scope) if path.startswith(self._beginning) else (Match.NONE, {})
