"""What ``kubectl kustomize`` makes of deploy/kubernetes, and how labels select there."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

FOLDER: Final = Path(__file__).parents[2] / "deploy" / "kubernetes"
OVERLAYS: Final = ("district", "small", "blue-green")

Document = dict[str, Any]


def kustomized(folder: Path) -> list[Document]:
    """The documents of a folder with a kustomization. Raises AssertionError with what kubectl says."""
    kubectl = Path(sys.executable).parent / "kubectl"
    run = subprocess.run([str(kubectl), "kustomize", str(folder)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return list(yaml.load_all(run.stdout, yaml.CSafeLoader))  # a tenth of the time of the one in Python


class Rendered:
    """The documents of an overlay."""

    def __init__(self, documents: list[Document]) -> None:
        self.documents = documents

    def of(self, kind: str) -> list[Document]:
        return [each for each in self.documents if each["kind"] == kind]

    def named(self, kind: str, name: str, namespace: str) -> Document:
        (found,) = (each for each in self.of(kind) if key(each) == (name, namespace))
        return found

    def selecting(self, kind: str, deployment: Document) -> list[Document]:
        """Documents of a kind (PodDisruptionBudget, Service, NetworkPolicy) that select the pods of a Deployment."""
        labels = deployment["spec"]["template"]["metadata"]["labels"]
        here = [each for each in self.of(kind) if key(each)[1] == key(deployment)[1]]
        return [each for each in here if selects(selector_of(each), labels)]


@cache
def rendered(overlay: str) -> Rendered:
    return Rendered(kustomized(FOLDER / "overlays" / overlay))


def key(document: Document) -> tuple[str, str]:
    return document["metadata"]["name"], document["metadata"].get("namespace", "")


def selector_of(document: Document) -> Document:
    spec = document["spec"]
    if document["kind"] == "Service":
        return {"matchLabels": spec["selector"]} if "selector" in spec else {"matchLabels": {"nobody": "at all"}}
    selector: Document = spec["podSelector" if document["kind"] == "NetworkPolicy" else "selector"]
    return selector


def selects(selector: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    """Kubernetes' LabelSelector, as far as it is used here."""
    assert set(selector) <= {"matchLabels", "matchExpressions"}
    wanted: Mapping[str, str] = selector.get("matchLabels", {})
    among = selector.get("matchExpressions", [])
    assert all(each["operator"] == "In" for each in among)
    return all(labels.get(name) == value for name, value in wanted.items()) and all(
        labels.get(each["key"]) in each["values"] for each in among
    )


def pod(workload: Document) -> Document:
    found: Document = workload["spec"]["template"]["spec"]
    return found


def container(workload: Document) -> Document:
    (found,) = pod(workload)["containers"]
    return dict(found)


def containers(workload: Document) -> Iterator[Document]:
    yield from pod(workload)["containers"]
    yield from pod(workload).get("initContainers", [])


def environment(workload: Document) -> dict[str, str]:
    """What is written down for the container itself; ``envFrom`` is settings."""
    return {each["name"]: each["value"] for each in container(workload)["env"]}
