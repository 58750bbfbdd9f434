"""Writes the part of deploy/kubernetes that follows from the registry: ``python -m checks.kubernetes``.

What a target, a worker or a network looks like is in deploy/kubernetes/templates; which there are, who calls whom and
who needs a store is known here. A test compares what is in the repository with what this would write.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any, Final

import yaml

from bunri.app.gateway.gateway_api import Routes, as_yaml, manifests
from bunri.app.gateway.ingress import Ingresses, ingresses
from bunri.app.gateway.table import table
from bunri.app.module import Queue
from bunri.app.registry import ALL, REGISTRY, Registry, Target
from bunri.app.settings import Settings

FOLDER: Final = Path(__file__).parents[1] / "deploy" / "kubernetes"
SHARED: Final = "bunri-shared"
"""The namespace of what is no target's: the workers of the common queue, beat, migrations."""
CALLED: Final = ("auth", "recycling", "locations")
"""Domains that other targets ask over HTTP; the others are called within the process (docs/settings.md)."""
SECRETS: Final = ("secret", "database_url", "valkey_url", "storage_url")
METRICS: Final = "metrics_token"
PORT: Final = 8000
LEFT_OUT: Final = ("optimize",)
"""Queues of packages that the image does not have."""
_PHOTOS: Final = "waste"
"""The queue whose workers look at photos, and how many of them there may be (COACH-15)."""
_PHOTO_WORKERS: Final = (2, 20)
_HEADER: Final = "# Made by `make kubernetes` from the registry and templates/: change those, and run it again.\n"
_KUSTOMIZATION: Final = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}

Document = dict[str, Any]


def files(registry: Registry = REGISTRY) -> dict[str, str]:
    """Every file that is made, by its path below deploy/kubernetes."""
    targets = [*registry.targets, registry.target(ALL)]
    queues = [queue for queue in registry.queues.values() if queue.name not in LEFT_OUT]
    spaces = [*(namespace_of(target) for target in targets), SHARED]
    with_stores = [*(namespace_of(target) for target in targets if not target.stands_alone), SHARED]
    made: dict[str, Iterable[Document]] = {
        "base/kustomization.yaml": [_resources(["common", "targets"])],
        "base/common/kustomization.yaml": [_common(spaces)],
        "base/common/namespaces.yaml": map(_namespace, spaces),
        "base/common/network.yaml": _network(registry, targets),
        "base/services/kustomization.yaml": [_resources(["services.yaml"])],
        "base/services/services.yaml": [
            each for target in targets for each in _filled("service", name=target.name, space=namespace_of(target))
        ],
        "base/targets/kustomization.yaml": [_resources(f"{target.name}.yaml" for target in targets)],
        "base/workers/kustomization.yaml": [_resources(f"{queue.name}.yaml" for queue in queues)],
        "components/outside/network.yaml": (each for space in with_stores for each in _filled("outside", space=space)),
        "secrets/kustomization.yaml": [_secrets(with_stores)],
    }
    for target in targets:
        made[f"base/targets/{target.name}.yaml"] = _target(registry, target)
    for queue in queues:
        made[f"base/workers/{queue.name}.yaml"] = _worker(registry, queue)
    return {path: _HEADER + _written(documents) for path, documents in made.items()} | _routes(registry)


def write(folder: Path = FOLDER) -> None:
    for path, content in files().items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content, "utf-8")


def namespace_of(target: Target) -> str:
    return Routes().namespace_of(target.name)


def _namespace(name: str) -> Document:
    labels = {"app.kubernetes.io/part-of": "bunri", "pod-security.kubernetes.io/enforce": "restricted"}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def _resources(names: Iterable[str]) -> Document:
    return {**_KUSTOMIZATION, "resources": list(names)}


def _common(spaces: Sequence[str]) -> Document:
    """Settings are one file for all namespaces. Migrations come first, and so does their copy of it."""
    settings: list[Document] = [{"name": "settings", "namespace": space, "envs": ["settings.env"]} for space in spaces]
    first = {"argocd.argoproj.io/hook": "PreSync", "argocd.argoproj.io/sync-wave": "-1"}
    migration = {"name": "migration-settings", "namespace": SHARED, "envs": ["settings.env"]}
    label = {"app.kubernetes.io/component": "migrate"}
    settings.append({**migration, "options": {"annotations": first, "labels": label}})
    resources = ["namespaces.yaml", "network.yaml", "../services", "../workers", "../shared"]
    return {**_resources(resources), "configMapGenerator": settings}


def _secrets(spaces: Sequence[str]) -> Document:
    """From files of the operator's. Only migrations get the owner's URL of the database."""
    used = [f"{name}=values/{name}" for name in (*SECRETS, METRICS)]
    owner = [f"{name}=values/{'owner_url' if name == 'database_url' else name}" for name in SECRETS]
    given = [{"name": "bunri", "namespace": space, "files": used} for space in spaces]
    given.append({"name": "owner", "namespace": SHARED, "files": owner})
    return {**_KUSTOMIZATION, "generatorOptions": {"disableNameSuffixHash": True}, "secretGenerator": given}


# ── targets and workers ───────────────────────────────────────────────────────────────────────────────────────────────


def _target(registry: Registry, target: Target) -> Iterator[Document]:
    for document in _filled("target", name=target.name, space=namespace_of(target)):
        if document["kind"] == "Deployment":
            if target.stands_alone:
                _without_secrets(document)
            else:
                _env(document).extend([*_secret_files(), *_addresses(registry, target)])
            if "detection" in target.domains and target.name != ALL:
                _labels(document)["bunri/weights"] = "true"
        yield document


def _worker(registry: Registry, queue: Queue) -> Iterator[Document]:
    owner = next((target for target in registry.targets if queue.name in _own(target)), None)
    for document in _filled("worker", queue=queue.name, space=namespace_of(owner) if owner else SHARED):
        if document["kind"] == "Deployment":
            _env(document).extend(_secret_files())
            if queue.name == _PHOTOS:
                _looks_at_photos(document)
        elif document["kind"] == "HorizontalPodAutoscaler" and queue.name == _PHOTOS:
            document["spec"]["minReplicas"], document["spec"]["maxReplicas"] = _PHOTO_WORKERS
        yield document


def _own(target: Target) -> list[str]:
    return [queue.name for module in target.modules for queue in module.queues]


def _looks_at_photos(deployment: Document) -> None:
    """One photo at a time, on one core; the detector's weights help."""
    _env(deployment).append({"name": "BUNRI_VISION__THREADS", "value": "1"})
    _container(deployment)["resources"]["requests"]["cpu"] = "1"
    _labels(deployment)["bunri/weights"] = "true"


def _secret_files() -> Iterator[Document]:
    for name in SECRETS:
        yield {"name": f"BUNRI_{name.upper()}_FILE", "value": f"/run/secrets/bunri/{name}"}
    yield {"name": f"BUNRI_HTTP__{METRICS.upper()}_FILE", "value": f"/run/secrets/bunri/{METRICS}"}


def _addresses(registry: Registry, target: Target) -> Iterator[Document]:
    for domain in called_by(registry, target):
        host = next(other for other in registry.targets if domain in other.domains)
        url = f"http://{host.name}.{namespace_of(host)}.svc:{PORT}"
        yield {"name": f"BUNRI_REMOTE_TARGETS__{domain.upper()}", "value": url}


def called_by(registry: Registry, target: Target) -> list[str]:
    """Domains that ``target`` asks over HTTP, for itself or for a domain that it calls within its process."""
    needs = {module.name: module.depends_on for module in registry.modules}
    found: dict[str, None] = {}
    waiting = [name for domain in target.domains for name in needs[domain] if name not in target.domains]
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found[name] = None
            waiting += [] if name in CALLED else [each for each in needs[name] if each not in target.domains]
    return [name for name in CALLED if name in found]


def _without_secrets(deployment: Document) -> None:
    pod = deployment["spec"]["template"]["spec"]
    pod["volumes"] = [volume for volume in pod["volumes"] if volume["name"] != "secrets"]
    mounts = _container(deployment)["volumeMounts"]
    _container(deployment)["volumeMounts"] = [mount for mount in mounts if mount["name"] != "secrets"]


def _container(deployment: Document) -> Document:
    container: Document = deployment["spec"]["template"]["spec"]["containers"][0]
    return container


def _env(deployment: Document) -> list[Document]:
    env: list[Document] = _container(deployment)["env"]
    return env


def _labels(deployment: Document) -> Document:
    """Those of its pods; the Deployment gets the same object, so that overlays find it by them."""
    labels: Document = deployment["spec"]["template"]["metadata"]["labels"]
    deployment["metadata"]["labels"] = labels
    return labels


# ── networks ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _network(registry: Registry, targets: Sequence[Target]) -> Iterator[Document]:
    hosts = {domain: target for target in registry.targets for domain in target.domains}
    calls = {target.name: [namespace_of(hosts[name]) for name in called_by(registry, target)] for target in targets}
    for target in targets:
        space = namespace_of(target)
        callers = [namespace_of(other) for other in targets if space in calls[other.name]]
        unused = ["stores"] if target.stands_alone else []
        yield from _policies(space, {"callers": callers, "called": calls[target.name]}, unused)
    yield from _policies(SHARED, {}, ["gateway"])


def _policies(space: str, peers: Mapping[str, Sequence[str]], unused: Sequence[str]) -> Iterator[Document]:
    for document in _filled("network", space=space):
        name = document["metadata"]["name"]
        if name in ("callers", "called"):
            if not peers.get(name):
                continue
            rule = document["spec"]["ingress" if name == "callers" else "egress"][0]
            rule["from" if name == "callers" else "to"] = [_from(peers[name])]
        if name not in unused:
            yield document


def _from(spaces: Sequence[str]) -> Document:
    among = {"key": "kubernetes.io/metadata.name", "operator": "In", "values": list(spaces)}
    api = {"matchLabels": {"app.kubernetes.io/component": "api"}}
    return {"namespaceSelector": {"matchExpressions": [among]}, "podSelector": api}


# ── routes ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _routes(registry: Registry) -> dict[str, str]:
    """As ``bunri gateway gateway-api`` and ``bunri gateway ingress`` print them."""
    known = table(Settings(), registry)
    colours = Routes(listener="https", weights={"blue": 100, "green": 0})
    return {
        "components/routes/routes.yaml": _HEADER + as_yaml(manifests(known, Routes(listener="https"))),
        "overlays/blue-green/routes.yaml": _HEADER + as_yaml(manifests(known, colours)),
        "components/ingress/ingress.yaml": _HEADER + as_yaml(ingresses(known, Ingresses())),
    }


# ── YAML ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _filled(template: str, *, space: str, **words: str) -> Iterator[Document]:
    written = Template((FOLDER / "templates" / f"{template}.yaml").read_text("utf-8"))
    return iter(list(yaml.safe_load_all(written.substitute(words, namespace=space))))


class _Plain(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML has no types
    """Without anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002  # PyYAML's
        return True


def _written(documents: Iterable[Document]) -> str:
    text: str = yaml.dump_all(documents, Dumper=_Plain, sort_keys=False, width=120)
    return text


if __name__ == "__main__":
    write()
