"""Ingresses of Kubernetes (networking.k8s.io/v1) for ingress-nginx, from the same table as everything else in front.

As with the Gateway API there is a namespace a target, with an Ingress of it; ingress-nginx puts together those of one
host. What ``table.REFUSED`` lists leads to a Service without processes: 503.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from bunri.app.gateway.gateway_api import Routes
from bunri.app.gateway.table import REFUSED, SOCKETS, Table
from bunri.app.registry import ALL

API: Final = "networking.k8s.io/v1"
NOWHERE: Final = "nowhere"
_OPTION: Final = "nginx.ingress.kubernetes.io/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingresses:
    """Where they are attached."""

    host: str = "bunri.example"
    ingress_class: str = "nginx"
    port: int = 8000
    certificate: str = "bunri-tls"
    """A Secret in the namespace of the web app; it serves all Ingresses of the host."""


def ingresses(table: Table, given: Ingresses) -> list[dict[str, Any]]:
    """One for each target, another for sockets, and one for the web app, which takes whatever is nobody's."""
    found: list[dict[str, Any]] = []
    for target in dict.fromkeys(place.target for place in table.places):
        prefixes = [place.prefix for place in table.places if place.target == target]
        found.append(
            _ingress(target, target, [path for path in prefixes if path != SOCKETS], given, _sizes(table, target))
        )
        if SOCKETS in prefixes:
            found.append(_ingress(target, "sockets", [SOCKETS], given, _STICKY))
    nowhere = {"name": NOWHERE, "namespace": Routes().namespace_of(ALL)}
    closed = {"ports": [{"port": given.port}]}  # no selector, so nobody is behind it
    everything = _ingress(ALL, ALL, ["/"], given, {})
    everything["spec"]["rules"][0]["http"]["paths"] += [_path(path, NOWHERE, given) for path in REFUSED]
    everything["spec"]["tls"] = [{"hosts": [given.host], "secretName": given.certificate}]
    return [*found, everything, {"apiVersion": "v1", "kind": "Service", "metadata": nowhere, "spec": closed}]


_STICKY: Final = {
    f"{_OPTION}affinity": "cookie",  # polls of a session reach the process that opened it; websockets need none
    f"{_OPTION}affinity-mode": "persistent",
    f"{_OPTION}session-cookie-name": "bunri_sockets",
    f"{_OPTION}session-cookie-path": SOCKETS,
    f"{_OPTION}session-cookie-samesite": "Lax",
    f"{_OPTION}proxy-read-timeout": "75",
}


def _sizes(table: Table, target: str) -> dict[str, str]:
    """ingress-nginx bounds bodies by the Ingress, so it is told the largest; each route refuses what is too large."""
    largest = max([table.usual_body, *(body.most for body in table.bodies if body.target == target)])
    return {f"{_OPTION}proxy-body-size": str(largest), f"{_OPTION}proxy-request-buffering": "off"}


def _ingress(
    target: str, name: str, prefixes: list[str], given: Ingresses, options: Mapping[str, str]
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": Routes().namespace_of(target)}
    if options:
        metadata["annotations"] = dict(options)
    paths = [_path(prefix, target, given) for prefix in prefixes]
    rules = [{"host": given.host, "http": {"paths": paths}}]
    return {
        "apiVersion": API,
        "kind": "Ingress",
        "metadata": metadata,
        "spec": {"ingressClassName": given.ingress_class, "rules": rules},
    }


def _path(prefix: str, service: str, given: Ingresses) -> dict[str, Any]:
    """By whole parts of the path, as prefixes of the Gateway API."""
    behind = {"service": {"name": service, "port": {"number": given.port}}}
    return {"path": prefix, "pathType": "Prefix", "backend": behind}
