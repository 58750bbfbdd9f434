"""What runs: each Deployment of each overlay, and the Job of migrations."""

import re
from pathlib import Path
from typing import Any

import pytest
from tests.support.kubernetes import (
    FOLDER,
    OVERLAYS,
    Document,
    Rendered,
    container,
    containers,
    environment,
    key,
    kustomized,
    pod,
    rendered,
)

from bunri.app.registry import ALL, REGISTRY
from bunri.app.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOYMENTS = [(overlay, each) for overlay in OVERLAYS for each in rendered(overlay).of("Deployment")]
WORKLOADS = DEPLOYMENTS + [(overlay, each) for overlay in OVERLAYS for each in rendered(overlay).of("Job")]
COLOURS = {"district": [""], "small": [""], "blue-green": ["-blue", "-green"]}


def named(value: Any) -> str | None:
    return "/".join(key(value)) if isinstance(value, dict) else None


every_deployment = pytest.mark.parametrize(("overlay", "deployment"), DEPLOYMENTS, ids=named)
every_workload = pytest.mark.parametrize(("overlay", "workload"), WORKLOADS, ids=named)
every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)


@every_overlay
def test_each_target_and_each_queue_has_processes(overlay: str) -> None:
    found = rendered(overlay)
    for target in (*REGISTRY.targets, REGISTRY.target(ALL)):
        for colour in COLOURS[overlay]:
            deployment = found.named("Deployment", f"{target.name}{colour}", f"bunri-{target.name}")
            assert container(deployment)["args"][:3] == ["serve", "--target", target.name]
    works = [container(each)["args"][2] for each in found.of("Deployment") if container(each)["args"][0] == "work"]
    assert sorted(works) == sorted(REGISTRY.queues)
    (beat,) = (each for each in found.of("Deployment") if container(each)["args"] == ["beat"])
    assert (beat["spec"]["replicas"], beat["spec"]["strategy"]) == (1, {"type": "Recreate"})


@every_deployment
def test_it_is_replaced_without_a_gap(overlay: str, deployment: Document) -> None:
    if key(deployment)[0] != "beat":
        strategy = deployment["spec"]["strategy"]
        assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}
    budgets = rendered(overlay).selecting("PodDisruptionBudget", deployment)
    assert [each["spec"]["maxUnavailable"] for each in budgets] == [1]
    assert (
        deployment["spec"]["selector"]["matchLabels"].items() <= budgets[0]["spec"]["selector"]["matchLabels"].items()
    )


@every_deployment
def test_its_pods_are_spread(overlay: str, deployment: Document) -> None:
    labels = deployment["spec"]["selector"]["matchLabels"]
    spread = pod(deployment)["topologySpreadConstraints"]
    assert "kubernetes.io/hostname" in [each["topologyKey"] for each in spread]
    assert all(each["labelSelector"]["matchLabels"] == labels for each in spread)


@every_deployment
def test_it_is_probed(overlay: str, deployment: Document) -> None:
    own = container(deployment)
    probes = {name: own[f"{name}Probe"] for name in ("startup", "readiness", "liveness")}
    assert all(probe["timeoutSeconds"] <= probe["periodSeconds"] + 1 for probe in probes.values())
    asked = {name: probe.get("httpGet", {}).get("path") for name, probe in probes.items()}
    files = {name: probe.get("exec", {}).get("command", [None])[-1] for name, probe in probes.items()}
    alive = environment(deployment).get("BUNRI_ALIVE_PATH", "-")
    match own["args"][0]:
        case "serve":
            assert asked == {"startup": "/ready", "readiness": "/health", "liveness": "/health"}
        case "work":  # it is ready while it consumes, and ends itself when its queue is lost
            assert asked == {"startup": "/ready", "readiness": "/ready", "liveness": "/health"}
            port = own["ports"][0]
            assert own["args"][-2:] == ["--port", str(port["containerPort"])]
            assert probes["startup"]["httpGet"]["port"] == port["name"]
        case _:
            assert set(files.values()) == {alive}


def test_the_script_of_the_probes_is_in_the_image() -> None:
    assert "COPY deploy/health.py /opt/bunri/share/health.py" in (ROOT / "deploy/Containerfile").read_text()
    commands = [
        probe["exec"]["command"]
        for _, each in DEPLOYMENTS
        for name, probe in container(each).items()
        if name.endswith("Probe") and "exec" in probe
    ]
    assert {tuple(command[:-1]) for command in commands} == {
        ("python3", "-IS", "/opt/bunri/share/health.py", "--alive")
    }


@every_workload
def test_it_has_no_rights(overlay: str, workload: Document) -> None:
    user = re.search(r"^USER (\d+):(\d+)$", (ROOT / "deploy/Containerfile").read_text(), re.MULTILINE)
    assert user
    given = pod(workload)
    assert given["automountServiceAccountToken"] is False
    assert given["enableServiceLinks"] is False, "Services would put variables named BUNRI_… there"
    assert given["securityContext"] == {
        "runAsNonRoot": True,
        "runAsUser": int(user[1]),
        "runAsGroup": int(user[2]),
        "fsGroup": int(user[2]),
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    for each in containers(workload):
        assert each["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        written = {mount["mountPath"] for mount in each["volumeMounts"] if not mount.get("readOnly")}
        assert written == {"/data", "/tmp"}


@every_workload
def test_what_it_takes_is_bounded_and_its_image_has_a_version(overlay: str, workload: Document) -> None:
    for each in containers(workload):
        for part in ("memory", "ephemeral-storage"):
            assert each["resources"]["requests"][part]
            assert each["resources"]["limits"][part]
        assert each["resources"]["requests"]["cpu"]
        assert re.fullmatch(r"registry\.example/bunri:\d+\.\d+\.\d+", each["image"])
    for volume in pod(workload)["volumes"]:
        assert volume["emptyDir"]["sizeLimit"] if volume["name"] != "secrets" else "secret" in volume


@every_workload
def test_its_settings_are_accepted(
    overlay: str, workload: Document, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = {
        "secret": "s" * 44,
        "database_url": "postgresql://bunri_login@db.internal:5432/bunri",
        "valkey_url": "redis://:password@valkey.internal:6379",
        "storage_url": "s3://KEY:SECRET@s3.internal:443/bunri?region=kr",
        "metrics_token": "t" * 44,
    }
    for name, value in values.items():
        (tmp_path / name).write_text(f"{value}\n")
    (source,) = container(workload)["envFrom"]
    settings = rendered(overlay).named("ConfigMap", source["configMapRef"]["name"], key(workload)[1])["data"]
    given = {**settings, **environment(workload)}
    for name, value in given.items():
        monkeypatch.setenv(name, re.sub(r"^/run/secrets/\w+/", f"{tmp_path}/", value))
    monkeypatch.chdir(tmp_path)
    made = Settings()
    assert str(made.public_url) == "https://bunri.example/"
    words = container(workload)["args"]
    alone = "detect" in words
    assert (made.secret is None) == (made.database_url is None) == (made.valkey_url is None) == alone
    assert (made.http.metrics_token is not None) == (words[0] in ("serve", "work") and not alone)


@every_overlay
def test_only_migrations_get_the_owners_url_and_no_secret_is_written_down(overlay: str) -> None:
    found = rendered(overlay)
    assert found.of("Secret") == []
    used = {
        key(each): volume["secret"]["secretName"]
        for each in (*found.of("Deployment"), *found.of("Job"))
        for volume in pod(each)["volumes"]
        if "secret" in volume
    }
    assert used.pop(("migrate", "bunri-shared")) == "owner"
    assert set(used.values()) == {"bunri"}
    assert not [each for each in used if each[1] == "bunri-detect"]


def test_the_secrets_that_are_made_are_those_that_are_used(tmp_path: Path) -> None:
    (tmp_path / "values").mkdir()
    for name in ("secret", "database_url", "owner_url", "valkey_url", "storage_url", "metrics_token"):
        (tmp_path / "values" / name).write_text(name)
    (tmp_path / "kustomization.yaml").write_text((FOLDER / "secrets/kustomization.yaml").read_text())
    made = {key(each): set(each["data"]) for each in kustomized(tmp_path)}
    for _, workload in WORKLOADS:
        for volume in pod(workload)["volumes"]:
            if "secret" in volume:
                folder = next(m["mountPath"] for m in container(workload)["volumeMounts"] if m["name"] == "secrets")
                wanted = {
                    path.removeprefix(f"{folder}/")
                    for path in environment(workload).values()
                    if path.startswith(folder)
                }
                assert wanted <= made[volume["secret"]["secretName"], key(workload)[1]]
    owner = next(each for each in kustomized(tmp_path) if key(each)[0] == "owner")
    assert owner["data"]["database_url"] == "b3duZXJfdXJs"  # owner_url
    assert "values/" in (ROOT / ".gitignore").read_text()


@every_overlay
def test_migrations_come_first_with_the_same_settings(overlay: str) -> None:
    found = rendered(overlay)
    job = found.named("Job", "migrate", "bunri-shared")
    (settings,) = (each for each in found.of("ConfigMap") if key(each)[0].startswith("migration-settings-"))
    others = [each for each in found.of("ConfigMap") if each is not settings]
    assert all(each["data"] == settings["data"] for each in others)
    assert container(job)["envFrom"] == [{"configMapRef": {"name": key(settings)[0]}}]
    waves = [each["metadata"]["annotations"].get("argocd.argoproj.io/sync-wave", "0") for each in (settings, job)]
    assert waves == ["-1", "0"]
    for each in (settings, job):
        assert each["metadata"]["annotations"]["argocd.argoproj.io/hook"] == "PreSync"
        assert each["metadata"]["labels"]["app.kubernetes.io/component"] == "migrate"


def scalers(found: Rendered) -> dict[tuple[str, str], list[Document]]:
    made: dict[tuple[str, str], list[Document]] = {}
    for each in (*found.of("HorizontalPodAutoscaler"), *found.of("ScaledObject")):
        made.setdefault((each["spec"]["scaleTargetRef"]["name"], key(each)[1]), []).append(each)
    return made


@every_overlay
def test_each_deployment_but_beat_has_one_autoscaler_at_seventy_percent(overlay: str) -> None:
    found = rendered(overlay)
    made = scalers(found)
    assert set(made) == {key(each) for each in found.of("Deployment")} - {("beat", "bunri-shared")}
    for scaler in (one for each in made.values() for one in each):
        if scaler["kind"] == "ScaledObject":
            assert scaler["spec"]["triggers"][0] == {
                "type": "cpu",
                "metricType": "Utilization",
                "metadata": {"value": "70"},
            }
        else:
            (metric,) = scaler["spec"]["metrics"]
            assert metric["resource"] == {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 70}}
    assert all(len(each) == 1 for each in made.values())
    for deployment in found.of("Deployment"):
        assert ("replicas" in deployment["spec"]) == (key(deployment) not in made)


@every_overlay
def test_waste_workers_are_two_to_twenty(overlay: str) -> None:
    (scaler,) = scalers(rendered(overlay))["waste-worker", "bunri-waste"]
    spec = scaler["spec"]
    if scaler["kind"] == "ScaledObject":
        assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (2, 20)
    else:
        assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 20)
    assert (scaler["kind"] == "ScaledObject") == (overlay != "small")


@every_overlay
def test_there_are_as_many_connections_as_the_page_tells(overlay: str) -> None:
    """Twice the pool for each process, at the most that autoscalers allow."""
    found = rendered(overlay)
    most = 0
    for name, (scaler,) in scalers(found).items():
        if name[1] != "bunri-detect":
            most += scaler["spec"].get("maxReplicas") or scaler["spec"]["maxReplicaCount"]
    pool = int(found.of("ConfigMap")[0]["data"]["BUNRI_DATABASE_POOL"])
    page = (ROOT / "docs/operations/kubernetes.md").read_text()
    assert f"`{overlay}`: {2 * pool * most}" in page
