"""Routes of the Kubernetes Gateway API (v1), from the same table as Nginx's configuration.

A namespace a target, in it a Service named after the target. Each route is in the namespace of its Service, so that no
ReferenceGrant is needed; the Gateway has to admit routes of those namespaces. What ``table.REFUSED`` lists has no
route, or one that leads nowhere, so ``/internal`` is not to be reached from outside.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bunri.app.gateway.table import REFUSED, Table
from bunri.app.registry import ALL

API: Final = "gateway.networking.k8s.io/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Routes:
    """Where routes are attached, and where they lead."""

    gateway: str = "bunri"
    gateway_namespace: str = "bunri-gateway"
    listener: str | None = None
    """The only listener of the Gateway that passes requests on; None: each of them."""
    hostnames: Sequence[str] = ()
    namespace: str = "bunri-{target}"
    port: int = 8000
    weights: Mapping[str, int] | None = None
    """Service suffix → share of the requests (``{"blue": 90, "green": 10}``); None: one Service, without a suffix."""

    def namespace_of(self, target: str) -> str:
        return self.namespace.format(target=target)


def manifests(table: Table, routes: Routes) -> list[dict[str, Any]]:
    """An HTTPRoute for each target, and one for the web app, which takes whatever is nobody's."""
    targets = dict.fromkeys(place.target for place in table.places)
    found = [_route(name, [_rule(_matches(table, name), name, routes)], routes) for name in targets]
    nowhere = {"matches": [_prefix(path) for path in REFUSED]}  # without a Service: answered with 404 or 500
    return [*found, _route(ALL, [nowhere, _rule([_prefix("/")], ALL, routes)], routes)]


def _route(target: str, rules: list[dict[str, Any]], routes: Routes) -> dict[str, Any]:
    parent = {"name": routes.gateway, "namespace": routes.gateway_namespace}
    if routes.listener:
        parent["sectionName"] = routes.listener
    spec: dict[str, Any] = {"parentRefs": [parent]}
    if routes.hostnames:
        spec["hostnames"] = list(routes.hostnames)
    return {
        "apiVersion": API,
        "kind": "HTTPRoute",
        "metadata": {"name": target, "namespace": routes.namespace_of(target)},
        "spec": {**spec, "rules": rules},
    }


def _rule(matches: list[dict[str, Any]], target: str, routes: Routes) -> dict[str, Any]:
    names = {f"{target}-{suffix}": weight for suffix, weight in (routes.weights or {}).items()}
    behind = [{"name": name, "port": routes.port, "weight": weight} for name, weight in names.items()]
    return {"matches": matches, "backendRefs": behind or [{"name": target, "port": routes.port}]}


def _matches(table: Table, target: str) -> list[dict[str, Any]]:
    return [_prefix(place.prefix) for place in table.places if place.target == target]


def _prefix(path: str) -> dict[str, Any]:
    """By whole parts of the path: ``/api/v1/waste`` is not ``/api/v1/wasted``."""
    return {"path": {"type": "PathPrefix", "value": path}}


def as_yaml(documents: Iterable[Mapping[str, Any]]) -> str:
    """``documents`` as a stream of YAML."""
    return "".join(f"---\n{line}" for document in documents for line in ("\n".join(_lines(document, 0)) + "\n",))


def _lines(value: Mapping[str, Any], depth: int) -> Iterator[str]:
    """Mappings, lists of mappings, lists of texts, texts and numbers: all there is in a route."""
    indent = "  " * depth
    for key, held in value.items():
        if isinstance(held, Mapping):
            yield f"{indent}{key}:"
            yield from _lines(held, depth + 1)
        elif isinstance(held, list):
            yield f"{indent}{key}:"
            for each in held:
                yield from _item(each, depth + 1)
        else:
            yield f"{indent}{key}: {_scalar(held)}"


def _item(each: Any, depth: int) -> Iterator[str]:
    if not isinstance(each, Mapping):
        yield f"{'  ' * depth}- {_scalar(each)}"
        return
    first, *rest = _lines(each, depth + 1)
    yield f"{'  ' * depth}- {first.lstrip()}"
    yield from rest


def _scalar(value: str | int) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'
