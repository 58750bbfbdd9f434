"""Ingresses, compared with the table that they are made from."""

from itertools import groupby
from typing import Any

import yaml

from bunri.app.gateway.gateway_api import as_yaml
from bunri.app.gateway.ingress import Ingresses, ingresses
from bunri.app.gateway.table import table
from bunri.app.settings import Settings

TABLE = table(Settings())
MADE = list(yaml.safe_load_all(as_yaml(ingresses(TABLE, Ingresses(host="bunri.test")))))
FOUND = {each["metadata"]["name"]: each for each in MADE if each["kind"] == "Ingress"}


def paths(ingress: dict[str, Any]) -> dict[str, str]:
    """Path → the Service that it leads to."""
    (rule,) = ingress["spec"]["rules"]
    assert rule["host"] == "bunri.test"
    return {each["path"]: each["backend"]["service"]["name"] for each in rule["http"]["paths"]}


def test_every_prefix_leads_to_its_target_in_its_namespace() -> None:
    leads = {
        path: (name, each["metadata"]["namespace"]) for each in FOUND.values() for path, name in paths(each).items()
    }
    places = sorted(TABLE.places, key=lambda place: place.target)
    for target, own in groupby(places, key=lambda place: place.target):
        for place in own:
            assert leads.pop(place.prefix) == (target, f"bunri-{target}")
    assert leads.pop("/") == ("all", "bunri-all")
    assert set(leads) == {"/internal", "/metrics", "/dev"}
    assert set(leads.values()) == {("nowhere", "bunri-all")}


def test_what_is_refused_leads_to_a_service_without_processes() -> None:
    (nowhere,) = (each for each in MADE if each["kind"] == "Service")
    assert nowhere["metadata"] == {"name": "nowhere", "namespace": "bunri-all"}
    assert "selector" not in nowhere["spec"]


def test_bodies_are_as_large_as_the_largest_of_a_target() -> None:
    size = "nginx.ingress.kubernetes.io/proxy-body-size"
    largest = max(body.most for body in TABLE.bodies if body.target == "waste")
    assert FOUND["waste"]["metadata"]["annotations"][size] == str(largest)
    assert FOUND["auth"]["metadata"]["annotations"][size] == str(TABLE.usual_body)


def test_polls_of_a_socket_stay_with_their_process() -> None:
    assert paths(FOUND["sockets"]) == {"/socket.io": "waste"}
    assert "/socket.io" not in paths(FOUND["waste"])
    assert FOUND["sockets"]["metadata"]["annotations"]["nginx.ingress.kubernetes.io/affinity"] == "cookie"
