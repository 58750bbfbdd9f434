"""Compares deploy/kubernetes with the schemas of what it is for: ``make check-kubernetes``.

The schemas are those of Kubernetes, KEDA and cert-manager (strict), of Argo CD (types and what must be there), and of
the Gateway API where BUNRI_SHARED has its definitions. What is refused only by an API server, such as rules in CEL, is
not found here. Each document of refused.yaml has a fault, so that this would not pass without looking.

It runs in an environment of its own: ``python kubernetes.py KUBECTL``.
"""

import copy
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import kubernetes_validate
import yaml
from cloudcoil.models.cert_manager import v1 as cert_manager
from cloudcoil.models.keda import v1alpha1 as keda
from jsonschema import Draft202012Validator
from kubernetes_validate import utils
from pydantic import BaseModel, ValidationError

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
FOLDER: Final = ROOT / "deploy" / "kubernetes"
VERSION: Final = "1.37"
OVERLAYS: Final = ("district", "district/gateway", "small", "blue-green")
MODELS: Final[dict[str, Any]] = {"keda.sh/v1alpha1": keda, "cert-manager.io/v1": cert_manager}
SHARED: Final = Path(os.environ.get("BUNRI_SHARED", ROOT.parent / "shared")) / "data" / "crds"

Document = dict[str, Any]

utils.schema_contents = cache(utils.schema_contents)  # two megabytes, which it would read anew for each document


def main(kubectl: str) -> int:
    wrong, seen = 0, Counter[str]()
    for name, documents in _written(kubectl):
        for document, fault in zip(documents, faults(documents), strict=True):
            seen[document["apiVersion"]] += 1
            if fault:
                wrong += 1
                print(f"{name}: {document['kind']} {document['metadata']['name']}: {fault}")
    refused = _documents(HERE / "refused.yaml")
    for document, fault in zip(refused, faults(refused), strict=True):
        if fault is None and not (_is_gateway_api(document) and not _gateway_api()):
            wrong += 1
            print(f"refused.yaml: {document['kind']} {document['metadata']['name']} should have been refused")
    if not _gateway_api():
        print("the Gateway API was not looked at: BUNRI_SHARED has no definitions of it")
    print(", ".join(f"{count} of {version}" for version, count in sorted(seen.items())), f"· {wrong} wrong")
    return 1 if wrong else 0


def _written(kubectl: str) -> Iterator[tuple[str, list[Document]]]:
    for overlay in OVERLAYS:
        run = subprocess.run(
            [kubectl, "kustomize", str(FOLDER / "overlays" / overlay)], capture_output=True, check=True
        )
        yield overlay, _read(run.stdout)
    for file in sorted((FOLDER / "argocd").rglob("*.yaml")):
        yield f"argocd/{file.name}", _documents(file)


def _documents(file: Path) -> list[Document]:
    return _read(file.read_bytes())


def _read(written: bytes) -> list[Document]:
    return list(yaml.load_all(written, yaml.CSafeLoader))  # as safe as the one in Python, and ten times as fast


def faults(documents: list[Document]) -> list[str | None]:
    """What is wrong with each."""
    argo = [each for each in documents if each["apiVersion"].startswith("argoproj.io/")]
    found = dict(zip(map(id, argo), _argo(argo), strict=True))
    return [found[id(each)] if id(each) in found else _fault(each) for each in documents]


def _fault(document: Document) -> str | None:
    if document["apiVersion"] in MODELS:
        return _unlike_model(document, getattr(MODELS[document["apiVersion"]], document["kind"]))
    if _is_gateway_api(document):
        return _unlike_definition(document)
    try:
        kubernetes_validate.validate(document, VERSION, strict=True)
    except (kubernetes_validate.ValidationError, kubernetes_validate.SchemaNotFoundError) as error:
        return str(error.message)
    return None


def _argo(documents: list[Document]) -> list[str | None]:
    if not documents:
        return []
    run = subprocess.run(
        ["node", str(HERE / "argocd.mjs")], input=json.dumps(documents), text=True, capture_output=True, check=True
    )
    found: list[str | None] = json.loads(run.stdout)
    return found


def _unlike_model(document: Document, model: type[BaseModel]) -> str | None:
    """The models pass over what they do not know; so what they understood is compared with what was said."""
    try:
        made = model.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    understood = made.model_dump(by_alias=True, exclude_unset=True, mode="json")
    unknown = next(_missing(document["spec"], understood["spec"], "spec"), None)
    return f"{unknown} is not known" if unknown else None


def _missing(said: Any, understood: Any, where: str) -> Iterator[str]:
    if isinstance(said, dict):
        for name, value in said.items():
            if name not in understood:
                yield f"{where}.{name}"
            else:
                yield from _missing(value, understood[name], f"{where}.{name}")
    elif isinstance(said, list):
        for number, (value, other) in enumerate(zip(said, understood, strict=True)):
            yield from _missing(value, other, f"{where}.{number}")


def _is_gateway_api(document: Document) -> bool:
    return str(document["apiVersion"]).startswith("gateway.networking.k8s.io/")


def _unlike_definition(document: Document) -> str | None:
    if not _gateway_api():
        return None
    schema = _gateway_api().get((document["apiVersion"], document["kind"]))
    if schema is None:
        return "no definition of it is there"
    return next((error.message for error in Draft202012Validator(schema).iter_errors(document)), None)


@cache
def _gateway_api() -> dict[tuple[str, str], Document]:
    found: dict[tuple[str, str], Document] = {}
    for file in sorted(SHARED.glob("*.yaml")):
        (definition,) = _documents(file)
        spec = definition["spec"]
        for version in spec["versions"]:
            schema = _strict(copy.deepcopy(version["schema"]["openAPIV3Schema"]))
            schema["properties"]["metadata"] = {"type": "object"}
            found[f"{spec['group']}/{version['name']}", spec["names"]["kind"]] = schema
    return found


def _strict(schema: Any) -> Any:
    """Names that are not known are refused, as by an API server with strict validation."""
    if isinstance(schema, dict):
        named = schema.get("type") == "object" and "properties" in schema
        if named and "additionalProperties" not in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
            schema["additionalProperties"] = False
        if schema.get("x-kubernetes-int-or-string"):
            schema.pop("type", None)
    for inner in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        _strict(inner)
    return schema


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
