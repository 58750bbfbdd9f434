"""The applications of Argo CD lead to folders that there are, and to namespaces that the project allows."""

from fnmatch import fnmatch
from typing import Any

import pytest
import yaml
from tests.support.kubernetes import FOLDER, key, kustomized

ROOT = FOLDER.parents[1]


def documents(path: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / "argocd" / path).read_text()))


(PROJECT,) = documents("applications/project.yaml")
CHILDREN = [*documents("applications/gateway.yaml"), *documents("applications/bunri.yaml")]


def test_the_root_keeps_the_applications() -> None:
    (root,) = documents("root.yaml")
    there = {file.name for file in (ROOT / root["spec"]["source"]["path"]).glob("*.yaml")}
    assert there == {"project.yaml", "gateway.yaml", "bunri.yaml"}
    assert root["spec"]["source"]["repoURL"] == PROJECT["spec"]["sourceRepos"][0]


@pytest.mark.parametrize("application", CHILDREN, ids=lambda each: each["metadata"]["name"])
def test_what_an_application_makes_is_what_its_project_allows(application: dict[str, Any]) -> None:
    spec = application["spec"]
    assert spec["project"] == PROJECT["metadata"]["name"]
    assert spec["source"]["repoURL"] in PROJECT["spec"]["sourceRepos"]
    (allowed,) = PROJECT["spec"]["destinations"]
    made = kustomized(ROOT / spec["source"]["path"])
    assert {each["kind"] for each in made if not key(each)[1]} == {"Namespace"}
    assert all(fnmatch(key(each)[1] or key(each)[0], allowed["namespace"]) for each in made)
    assert fnmatch(spec["destination"]["namespace"], allowed["namespace"])
