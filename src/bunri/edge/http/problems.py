"""Every failure as RFC 9457 ``application/problem+json`` with a stable code and a sentence in the caller's language."""

from collections.abc import Iterable
from html import escape
from http import HTTPStatus
from typing import Any, Final

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from bunri.edge.http.statuses import status_of
from bunri.kit.errors import NO_ROOM, BunriError, Full
from bunri.kit.languages import Language, negotiate, text
from bunri.kit.sentences import sentence

log = structlog.get_logger(__name__)

_CODES: Final = {
    404: "not_found",
    405: "method_not_allowed",
    401: "unauthenticated",
    403: "forbidden",
    413: "too_large",
}


class FieldProblem(BaseModel):
    """One field that does not fit."""

    field: str = Field(examples=["body.username"])
    code: str = Field(examples=["string_too_short"])
    detail: str


class Problem(BaseModel):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    code: str = Field(description="Stable; switch on this.")
    detail: str = Field(description="A sentence for a person, in the language of `Accept-Language` (ko, en).")
    errors: list[FieldProblem] | None = None
    request_id: str | None = None


def install(app: FastAPI) -> None:
    """Makes ``app`` answer every failure as a problem."""
    app.add_exception_handler(BunriError, _expected)
    app.add_exception_handler(RequestValidationError, _unfit)
    app.add_exception_handler(HTTPException, _plain)
    app.add_exception_handler(OSError, _no_room)


def problem(
    request: Request, status: int, code: str, detail: str, fields: list[FieldProblem] | None = None
) -> Response:
    """A problem as a response; as a page to a browser that was led here, as by a link to sign in elsewhere."""
    body = Problem(
        title=HTTPStatus(status).phrase,
        status=status,
        code=code,
        detail=detail,
        errors=fields,
        request_id=request.scope.get("request_id"),
    )
    headers = {"Content-Language": _language(request), "Cache-Control": "no-store"}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if request.headers.get("sec-fetch-mode") == "navigate":
        return Response(_page(detail, _language(request)), status, headers, media_type="text/html")
    return Response(
        orjson.dumps(body.model_dump(exclude_none=True)), status, headers, media_type="application/problem+json"
    )


def _page(detail: str, language: Language) -> str:
    """The sentence, and the way back."""
    back = text("web.back", language)
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>bunri</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<main><p>{escape(detail)}</p><p><a href="/">{escape(back)}</a></p></main></html>'
    )


def _language(request: Request) -> Language:
    return negotiate(request.headers.get("accept-language"))


async def _expected(request: Request, error: Exception) -> Response:
    assert isinstance(error, BunriError)  # noqa: S101  # by registration
    if status_of(error) >= 500:
        log.warning("request.unavailable", code=error.code, data=error.data)
    return refusal(request, error)


async def _unfit(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # by registration
    fields = [_field(item, _language(request)) for item in error.errors()[:20]]
    return problem(request, 422, "invalid", text("errors.invalid", _language(request)), fields)


def _field(item: dict[str, Any], language: Language) -> FieldProblem:
    return FieldProblem(
        field=".".join(map(str, item["loc"])), code=item["type"], detail=_field_sentence(item, language)
    )


def _field_sentence(item: dict[str, Any], language: Language) -> str:
    """Pydantic's codes in the caller's language: our own words where the catalogue has some."""
    for key in (f"fields.{item['type']}", "fields.other"):
        try:
            return text(key, language, **item.get("ctx", {}))
        except (KeyError, IndexError):
            continue
    return str(item["msg"])


async def _plain(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # by registration
    code = _CODES.get(error.status_code, "invalid" if error.status_code < 500 else "internal")
    response = problem(request, error.status_code, code, text(f"errors.{code}", _language(request)))
    response.headers.update(error.headers or {})
    return response


async def _no_room(request: Request, error: Exception) -> Response:
    """A full disk that no adapter translated, such as that of temporary files. Any other OSError is a bug."""
    if not isinstance(error, OSError) or error.errno not in NO_ROOM:
        raise error
    log.warning("request.unavailable", code=Full.code, reason=error.strerror)
    return refusal(request, Full())


def method_not_allowed(request: Request, allowed: Iterable[str]) -> Response:
    """405 for a method that no address takes."""
    response = problem(request, 405, _CODES[405], text(f"errors.{_CODES[405]}", _language(request)))
    response.headers["Allow"] = ", ".join(sorted(allowed))
    return response


def unexpected(request: Request) -> Response:
    """What a bug of ours looks like from outside."""
    return problem(request, 500, "internal", text("errors.internal", _language(request)))


def refusal(request: Request, error: BunriError) -> Response:
    """An expected failure as a problem."""
    status = status_of(error)
    response = problem(request, status, error.code, sentence(error, _language(request)))
    if status in (429, 503):
        response.headers["Retry-After"] = str(error.data.get("retry_after", 2))
    return response
