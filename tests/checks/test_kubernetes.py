"""What is made from the registry for Kubernetes, and whether the repository has it."""

import pytest
import yaml
from checks.kubernetes import FOLDER, LEFT_OUT, SHARED, called_by, files
from tests.app.toy.module import MODULE

from bunri.app.registry import MODULES, REGISTRY, Registry

RENEW = "the registry or a template has changed: run `make kubernetes`"
MADE = files()


@pytest.mark.parametrize("path", MADE)
def test_what_is_in_the_repository_is_what_would_be_made(path: str) -> None:
    assert (FOLDER / path).read_text("utf-8") == MADE[path], RENEW


@pytest.mark.parametrize("folder", ["base/targets", "base/workers"])
def test_nothing_is_left_of_targets_and_queues_that_are_gone(folder: str) -> None:
    there = {f"{folder}/{file.name}" for file in (FOLDER / folder).iterdir()}
    assert there == {path for path in MADE if path.startswith(f"{folder}/")}, RENEW


def test_a_new_domain_gets_its_namespace_deployments_policies_and_routes() -> None:
    made = files(Registry((*MODULES, MODULE)))
    assert {path for path in made if path not in MADE} == {"base/targets/songs.yaml", "base/workers/songs.yaml"}
    assert "name: bunri-songs\n" in made["base/common/namespaces.yaml"]
    policies = [each["metadata"] for each in yaml.safe_load_all(made["base/common/network.yaml"])]
    assert {"name": "nothing", "namespace": "bunri-songs"} in policies
    for path in ("components/routes/routes.yaml", "components/ingress/ingress.yaml", "overlays/blue-green/routes.yaml"):
        assert '"/api/v1/songs"' in made[path]
    assert "namespace: bunri-songs" in made["secrets/kustomization.yaml"]


def test_a_target_calls_what_its_domains_need_where_it_runs() -> None:
    calls = {target.name: called_by(REGISTRY, target) for target in REGISTRY.targets}
    assert calls["users"] == ["auth"]
    assert calls["waste"] == ["auth", "recycling", "locations"]  # auth for users, which it calls within its process
    assert calls["detect"] == calls["auth"] == calls["locations"] == []
    assert called_by(REGISTRY, REGISTRY.target("all")) == []


def test_queues_of_the_image_have_workers_and_the_common_one_is_nobodys() -> None:
    assert {path for path in MADE if path.startswith("base/workers/")} == {
        "base/workers/kustomization.yaml",
        *(f"base/workers/{queue}.yaml" for queue in REGISTRY.queues if queue not in LEFT_OUT),
    }
    assert f"namespace: {SHARED}" in MADE["base/workers/default.yaml"]
    assert "namespace: bunri-waste" in MADE["base/workers/waste.yaml"]
