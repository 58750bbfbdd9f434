"""Routes of the Gateway API, compared with the table that they are made from."""

import yaml

from bunri.app.gateway.gateway_api import Routes, as_yaml, manifests
from bunri.app.gateway.table import table
from bunri.app.settings import Settings

TABLE = table(Settings())


def test_each_target_has_its_route_in_its_namespace() -> None:
    written = as_yaml(manifests(TABLE, Routes(hostnames=("bunri.test",), port=80)))
    found = {each["metadata"]["name"]: each for each in yaml.safe_load_all(written)}
    assert found == {
        each["metadata"]["name"]: each for each in manifests(TABLE, Routes(hostnames=["bunri.test"], port=80))
    }
    assert set(found) == {place.target for place in TABLE.places} | {"all"}
    assert found["waste"]["metadata"]["namespace"] == "bunri-waste"
    (rule,) = found["waste"]["spec"]["rules"]
    prefixes = {match["path"]["value"] for match in rule["matches"]}
    assert prefixes == {"/api/v1/waste", "/api/v1/objects", "/socket.io"}
    assert rule["backendRefs"] == [{"name": "waste", "port": 80}]


def test_what_is_for_other_processes_leads_nowhere() -> None:
    nowhere, everything = manifests(TABLE, Routes())[-1]["spec"]["rules"]
    assert {match["path"]["value"] for match in nowhere["matches"]} == {"/internal", "/metrics", "/dev"}
    assert "backendRefs" not in nowhere
    assert everything["matches"] == [{"path": {"type": "PathPrefix", "value": "/"}}]


def test_weights_divide_requests_between_two_services() -> None:
    rule = manifests(TABLE, Routes(weights={"blue": 90, "green": 10}))[0]["spec"]["rules"][0]
    assert [(each["name"], each["weight"]) for each in rule["backendRefs"]] == [("auth-blue", 90), ("auth-green", 10)]


def test_routes_may_be_of_one_listener_alone() -> None:
    parents = [each["spec"]["parentRefs"] for each in manifests(TABLE, Routes(listener="https"))]
    assert all(
        parent == [{"name": "bunri", "namespace": "bunri-gateway", "sectionName": "https"}] for parent in parents
    )
