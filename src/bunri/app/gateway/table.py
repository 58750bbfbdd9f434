"""Which URL goes to which target, and how large a body may be there: the table from which gateways are configured."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import SecretStr

from bunri.app.asgi import create_app
from bunri.app.registry import ALL, REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.edge.http.policies import policies_of
from bunri.platform.http.policy import LARGEST_JSON

SOCKETS: Final = "/socket.io"
REFUSED: Final = ("/internal", "/metrics", "/dev")
"""For other processes of bunri, for Prometheus, and for who sits at the machine: no gateway passes these on."""
_UNUSED: Final = SecretStr("signs nothing: a configuration is written down")
_NAMED: Final = re.compile(r"\(\?P<\w+>")


@dataclass(frozen=True, slots=True)
class Place:
    """URLs that are one target's."""

    target: str
    prefix: str
    """``/api/v1/waste``: the URL itself, and everything below it."""


@dataclass(frozen=True, slots=True)
class Body:
    """A route that takes other bodies than most."""

    pattern: str
    """A regular expression for the whole path, without named groups."""
    target: str
    most: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Table:
    places: tuple[Place, ...]
    """The longest prefix first: the first that fits is the right one."""
    bodies: tuple[Body, ...]
    usual_body: int = LARGEST_JSON

    def only(self, targets: Iterable[str]) -> "Table":
        """The same for a gateway that has nothing but ``targets`` behind it; ``all`` stands for every one."""
        kept = set(targets)
        if ALL in kept:
            return self
        places = tuple(place for place in self.places if place.target in kept)
        return Table(places, tuple(body for body in self.bodies if body.target in kept), self.usual_body)


def table(settings: Settings, registry: Registry = REGISTRY) -> Table:
    """The table of all targets. Nothing is connected to; of ``settings`` the sizes count. Raises ValueError for a
    route that bounds its body itself and of which no module says how large it may be."""
    places = [Place(target.name, prefix) for target in registry.targets for prefix in target.prefixes]
    places.sort(key=lambda place: (-len(place.prefix), place.prefix))
    said: dict[str, int] = {}
    for module in registry.modules:
        said |= module.largest_bodies(settings)
    return Table(tuple(places), tuple(_bodies(settings, registry, places, said)))


def addresses_of(table: Table, given: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The addresses of each target in ``table`` (``Table.only``): its own, or those of ``all``."""
    return {place.target: given.get(place.target) or given[ALL] for place in table.places}


def _bodies(settings: Settings, registry: Registry, places: list[Place], said: Mapping[str, int]) -> Iterator[Body]:
    app = create_app(_unconnected(settings), ALL, registry)
    most: dict[str, int] = {}
    for pattern, policy in policies_of(app).said:
        path = _NAMED.sub("(?:", pattern)
        if policy.max_body != LARGEST_JSON and not path.startswith("^/internal/"):
            size = _said(path, said) if policy.max_body is None else policy.max_body
            most[path] = max(size, most.get(path, 0))
    for path, size in sorted(most.items()):
        yield Body(path, _owner(path, places), size)


def _said(path: str, said: Mapping[str, int]) -> int:
    for prefix, size in said.items():
        if _below(path, prefix):
            return size
    raise ValueError(f"no module says how large a body {path} takes (Module.largest_bodies)")


def _owner(path: str, places: Iterable[Place]) -> str:
    for place in places:
        if _below(path, place.prefix):
            return place.target
    raise ValueError(f"{path} belongs to no target")


def _below(path: str, prefix: str) -> bool:
    """Whether the pattern ``path`` begins with ``prefix``, as a whole part of it."""
    return re.match(rf"\^{re.escape(re.escape(prefix))}(/|\$)", path) is not None


def _unconnected(given: Settings) -> Settings:
    """Settings with which every route is there, and addresses that are never used: parts connect at their first use."""
    return given.model_copy(
        update={
            "secret": _UNUSED,
            "database_url": "postgresql://nobody@localhost/none",
            "valkey_url": "redis://localhost:6379",
            "storage_url": None,
            "remote_targets": {},
        }
    )
