"""OpenAPI as a client's author wants it: plain operation names, and every failure documented as the problem it is."""

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from bunri.edge.http.problems import FieldProblem, Problem

_REFERENCE: Final = "#/components/schemas/{model}"
_UNUSED: Final = ("HTTPValidationError", "ValidationError")
PROBLEM: Final = {
    "description": "A problem (RFC 9457): switch on its `code`, show its `detail`.",
    "content": {"application/problem+json": {"schema": {"$ref": _REFERENCE.format(model="Problem")}}},
}

DESCRIPTION: Final = """
Point the camera at a piece of waste: know what it is, how and why to throw it away, and where the nearest bin is.

1. `POST /api/v1/auth/guest` – a name is enough; send the `access_token` as `Authorization: Bearer …` from then on.
2. `POST /api/v1/waste/analyze` – gives a job and an `upload_url`.
3. `PUT` the photo there with exactly the `upload_headers`.
4. `POST /api/v1/waste/upload-complete/{job_id}`, with your position if you want the nearest bins.
5. `GET /api/v1/waste/status/{job_id}` every half second until it is `done` or `asked`.

Failures are RFC 9457 `application/problem+json` with a stable `code` and a sentence in the language of
`Accept-Language` (`ko`, `en`).
"""


def operation_id(route: APIRoute) -> str:
    """``waste_analyze``: the tag and the function's name; generated clients call their methods so."""
    return "_".join([*map(str, route.tags[:1]), route.name])


def install(app: FastAPI) -> None:
    """Gives ``app`` its OpenAPI, made at the first asking."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # the documented way to extend it


def _document(app: FastAPI) -> dict[str, Any]:
    made = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    schemas = made.setdefault("components", {}).setdefault("schemas", {})
    _, definitions = models_json_schema(
        [(Problem, "serialization"), (FieldProblem, "serialization")], ref_template=_REFERENCE
    )
    schemas.update(definitions["$defs"])
    for name in _UNUSED:
        schemas.pop(name, None)
    for path in made["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
            operation["responses"]["default"] = PROBLEM
    return made
