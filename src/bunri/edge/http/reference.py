"""``/docs``: the API for people who write clients, from its own OpenAPI document.

One page without scripts, fonts or anything else from elsewhere, so that it opens without a network and under a policy
that allows nothing but its own style. Who wants to try requests loads ``/openapi.json`` into a tool of theirs.
"""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any, Final

from fastapi import FastAPI, Request
from markdown_it import MarkdownIt
from starlette.responses import HTMLResponse

from bunri.edge.http.web import HEADERS

_METHODS: Final = ("get", "post", "put", "patch", "delete")
_STYLE: Final = """
:root { color-scheme: light dark; --line: light-dark(#d5dcd7, #39423d); --soft: light-dark(#f2f6f3, #1b211e);
  --text: light-dark(#17201b, #e4ebe6); --accent: light-dark(#0b6b45, #63d2a0); --page: light-dark(#fff, #121614); }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; background: var(--page); color: var(--text);
  font: 1rem/1.55 system-ui, "Noto Sans KR", sans-serif; overflow-wrap: anywhere; }
h2 { margin-top: 2.5rem; } a { color: var(--accent); } code, pre { font: .875rem/1.5 ui-monospace, monospace; }
details { border: 1px solid var(--line); border-radius: .5rem; margin: .5rem 0; padding: 0 .75rem; }
summary { cursor: pointer; padding: .7rem 0; } summary b { color: var(--accent); margin-right: .5rem; }
pre { background: var(--soft); border-radius: .5rem; overflow-x: auto; padding: .75rem; white-space: pre-wrap; }
dt { font-weight: 600; margin-top: .5rem; } dd { margin-left: 1rem; }
"""
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_markdown: Final = MarkdownIt("js-default", {"html": False})


def install(app: FastAPI) -> None:
    """Serves ``/docs`` of ``app``, made at the first asking."""
    made: list[str] = []

    async def reference(_: Request) -> HTMLResponse:
        if not made:
            made.append(page(app.openapi()))
        headers = {**HEADERS, "Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
        return HTMLResponse(made[0], headers=headers)

    app.add_route("/docs", reference, include_in_schema=False)


def page(document: Mapping[str, Any]) -> str:
    """The HTML page of an OpenAPI ``document``."""
    info, schemas = document["info"], document.get("components", {}).get("schemas", {})
    groups: dict[str, list[str]] = {}
    for path, operations in document["paths"].items():
        for method in filter(operations.__contains__, _METHODS):
            operation = operations[method]
            shown = "".join(_operation(method, path, operation))
            groups.setdefault(next(iter(operation.get("tags", ())), "other"), []).append(shown)
    title = f"{escape(info['title'])} API {escape(info['version'])}"
    parts = [
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">',
        f"<style>{_STYLE}</style></head><body><main><h1>{title}</h1>{_text(info.get('description', ''))}",
        '<p><a href="/openapi.json">openapi.json</a></p>',
        *(f"<section><h2>{escape(name)}</h2>{''.join(shown)}</section>" for name, shown in groups.items()),
        "<section><h2>Schemas</h2>",
        *(
            f'<details id="{escape(name)}"><summary>{escape(name)}</summary>{_json(schema)}</details>'
            for name, schema in sorted(schemas.items())
        ),
        "</section></main></body></html>",
    ]
    return "".join(parts)


def _operation(method: str, path: str, operation: Mapping[str, Any]) -> Iterator[str]:
    yield f"<details><summary><b>{method.upper()}</b><code>{escape(path)}</code> {escape(operation.get('summary', ''))}"
    yield f"</summary>{_text(operation.get('description', ''))}"
    if parameters := operation.get("parameters"):
        yield "<h3>Parameters</h3><dl>"
        for each in parameters:
            wanted = "required" if each.get("required") else "optional"
            yield f"<dt><code>{escape(each['name'])}</code> in {escape(each['in'])}, {wanted}</dt>"
            yield f"<dd>{_text(each.get('description', ''))}{_json(each.get('schema', {}))}</dd>"
        yield "</dl>"
    if body := operation.get("requestBody"):
        yield f"<h3>Body</h3>{_content(body.get('content', {}))}"
    yield "<h3>Answers</h3><dl>"
    for status, answer in operation.get("responses", {}).items():
        yield f"<dt>{escape(status)}</dt><dd>{_text(answer.get('description', ''))}"
        yield f"{_content(answer.get('content', {}))}</dd>"
    yield "</dl></details>"


def _content(content: Mapping[str, Any]) -> str:
    return "".join(
        f"<p><code>{escape(kind)}</code></p>{_json(each.get('schema', {}))}" for kind, each in content.items()
    )


def _json(schema: Mapping[str, Any]) -> str:
    """A schema; one that is only named links to where it is."""
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    if name:
        return f'<p><a href="#{escape(name)}">{escape(name)}</a></p>'
    return f"<pre>{escape(json.dumps(schema, ensure_ascii=False, indent=1))}</pre>"


def _text(markdown: str) -> str:
    return str(_markdown.render(markdown))
