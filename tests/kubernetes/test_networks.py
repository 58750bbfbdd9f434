"""Who may reach whom, as the NetworkPolicies of each overlay say; and where requests are sent."""

from urllib.parse import urlsplit

import pytest
from tests.support.kubernetes import OVERLAYS, Document, Rendered, environment, key, pod, rendered, selects

from bunri.app.registry import ALL, REGISTRY

every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)

Peer = tuple[dict[str, str], dict[str, str]]
"""Labels of a namespace, and of a pod in it."""

GATEWAY: Peer = ({"bunri/gateway": "true"}, {})
PROMETHEUS: Peer = ({"bunri/monitoring": "true"}, {})
NAMES: Peer = ({"kubernetes.io/metadata.name": "kube-system"}, {"k8s-app": "kube-dns"})
STRANGER: Peer = ({"kubernetes.io/metadata.name": "default"}, {"app.kubernetes.io/component": "api"})


def peer(deployment: Document) -> Peer:
    namespace = key(deployment)[1]
    return {"kubernetes.io/metadata.name": namespace}, deployment["spec"]["template"]["metadata"]["labels"]


def allows(found: Rendered, deployment: Document, way: str, other: Peer, port: int) -> bool:
    """Whether the policies of a Deployment's pods let ``other`` in (``ingress``) or them out to it (``egress``)."""
    for policy in found.selecting("NetworkPolicy", deployment):
        for rule in policy["spec"].get(way, []):
            if port in [each["port"] for each in rule["ports"]] and any(
                matches(each, other) for each in rule["from" if way == "ingress" else "to"]
            ):
                return True
    return False


def matches(rule: Document, other: Peer) -> bool:
    if "ipBlock" in rule:
        return False
    assert "namespaceSelector" in rule
    return selects(rule["namespaceSelector"], other[0]) and selects(rule.get("podSelector", {}), other[1])


@every_overlay
def test_nothing_is_open_but_what_is_named(overlay: str) -> None:
    found = rendered(overlay)
    spaces = {key(each)[0] for each in found.of("Namespace")}
    assert spaces == {f"bunri-{target.name}" for target in REGISTRY.targets} | {"bunri-all", "bunri-shared"}
    for workload in (*found.of("Deployment"), *found.of("Job")):
        assert key(workload)[1] in spaces
        closed = [each for each in found.selecting("NetworkPolicy", workload) if key(each)[0] == "nothing"]
        assert [each["spec"] for each in closed] == [{"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}]
        assert allows(found, workload, "egress", NAMES, 53)
        for port in (8000, 9101):
            assert not allows(found, workload, "ingress", STRANGER, port)


@every_overlay
def test_a_policy_says_of_both_ways_which_it_means(overlay: str) -> None:
    for policy in rendered(overlay).of("NetworkPolicy"):
        named = {way for way in ("ingress", "egress") if policy["spec"].get(way)}
        if key(policy)[0] != "nothing":
            assert named == {each.lower() for each in policy["spec"]["policyTypes"]}
            assert all(
                rule.get("ports") and (rule.get("to") or rule.get("from"))
                for way in named
                for rule in policy["spec"][way]
            )


@every_overlay
def test_gateways_reach_targets_and_nothing_else(overlay: str) -> None:
    found = rendered(overlay)
    for deployment in found.of("Deployment"):
        serves = deployment["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"] == "api"
        assert allows(found, deployment, "ingress", GATEWAY, 8000) == serves
        assert not allows(found, deployment, "ingress", GATEWAY, 9101)
        assert allows(found, deployment, "ingress", PROMETHEUS, 8000 if serves else 9101)


@every_overlay
def test_targets_reach_those_that_they_are_told_of_and_no_others(overlay: str) -> None:
    found = rendered(overlay)
    served = [each for each in found.of("Deployment") if "http" in str(pod(each)["containers"][0].get("ports"))]
    checked = 0
    for caller in found.of("Deployment"):
        urls = [value for name, value in environment(caller).items() if name.startswith("BUNRI_REMOTE_TARGETS__")]
        told = {tuple(str(urlsplit(url).hostname).removesuffix(".svc").split(".")) for url in urls}
        for called in served:
            services = {key(each) for each in found.selecting("Service", called)}
            expected = bool(services & told)
            goes = allows(found, caller, "egress", peer(called), 8000) and allows(
                found, called, "ingress", peer(caller), 8000
            )
            assert goes == expected, (key(caller), key(called))
            checked += expected
        for name in told:
            ports = found.named("Service", *name)["spec"]["ports"]
            assert [each["port"] for each in ports] == [8000]
    assert checked > 5


@every_overlay
def test_whatever_has_secrets_reaches_the_stores_of_the_overlay(overlay: str) -> None:
    found = rendered(overlay)
    for workload in (*found.of("Deployment"), *found.of("Job")):
        policies = {key(each)[0]: each for each in found.selecting("NetworkPolicy", workload)}
        keeps = any("secret" in volume for volume in pod(workload)["volumes"])
        assert ("stores" in policies) == keeps
        if keeps:
            (rule,) = policies["stores"]["spec"]["egress"]
            assert rule["to"] == [{"ipBlock": {"cidr": "10.0.8.0/24"}}]


def test_what_goes_outside_does_not_reach_networks_within() -> None:
    private = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"}
    found = [each for each in rendered("district").of("NetworkPolicy") if key(each)[0] in ("outside", "weights")]
    assert len(found) > 5
    for policy in found:
        (rule,) = policy["spec"]["egress"]
        (block,) = rule["to"]
        assert private <= set(block["ipBlock"]["except"])


@every_overlay
def test_every_route_leads_to_processes(overlay: str) -> None:
    found = rendered(overlay)
    leads: dict[str, list[tuple[str, str, int]]] = {}
    for route in found.of("HTTPRoute"):
        for rule in route["spec"]["rules"]:
            behind = [(each["name"], key(route)[1], each["port"]) for each in rule.get("backendRefs", [])]
            leads |= {match["path"]["value"]: behind for match in rule["matches"]}
            if "weight" in str(rule.get("backendRefs")):
                assert sum(each["weight"] for each in rule["backendRefs"]) == 100
    for ingress in found.of("Ingress"):
        for each in ingress["spec"]["rules"][0]["http"]["paths"]:
            service = each["backend"]["service"]
            leads[each["path"]] = [(service["name"], key(ingress)[1], service["port"]["number"])]
    prefixes = {prefix for target in REGISTRY.targets for prefix in target.prefixes}
    assert set(leads) == prefixes | {"/", "/internal", "/metrics", "/dev"}
    for path, behind in leads.items():
        for name, namespace, port in behind:
            service = found.named("Service", name, namespace)
            assert [each["port"] for each in service["spec"]["ports"]] == [port]
            processes = [each for each in found.of("Deployment") if service in found.selecting("Service", each)]
            assert bool(processes) == (path not in ("/internal", "/metrics", "/dev"))


def test_each_colour_has_services_of_its_own_and_calls_reach_both() -> None:
    found = rendered("blue-green")
    for target in (*REGISTRY.targets, REGISTRY.target(ALL)):
        space = f"bunri-{target.name}"
        colours = {name: found.named("Deployment", f"{target.name}-{name}", space) for name in ("blue", "green")}
        for name, deployment in colours.items():
            selecting = {key(each)[0] for each in found.selecting("Service", deployment)}
            assert selecting == {target.name, f"{target.name}-{name}"}
        images = {pod(each)["containers"][0]["image"] for each in colours.values()}
        assert len(images) == 2
