"""The standard data sets of the Korean state's portal, page by page (data.go.kr, "표준데이터" open API).

The portal answers in JSON or, whatever was asked for, in XML; with its own error codes under status 200; and with or
without the outer ``response``. Numbers come as text.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any, Final
from urllib.parse import unquote
from xml.etree import ElementTree

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from bunri.platform.external import Answer, ExternalApi
from bunri.platform.open_data.errors import OpenDataFailed
from bunri.platform.open_data.settings import DataGoKrSettings
from bunri.platform.resilience import ExternalFailed, Guard, failed_status

DEFAULT_URL: Final = "https://api.data.go.kr/openapi"
PAGE_SIZE: Final = 500
LONGEST_ANSWER: Final = 8 << 20
"""Bytes. A page of 500 rows is some 400 kB of JSON, and twice that in XML."""

_FINE: Final = frozenset({"0", "00", "000"})
_NO_DATA: Final = frozenset({"3", "03"})
_REASONS: Final[Mapping[str, str]] = {
    "10": "wrong_request",
    "11": "wrong_request",
    "12": "no_service",
    "20": "key_refused",
    "21": "key_refused",
    "22": "spent",
    "30": "key_refused",
    "31": "key_refused",
    "32": "key_refused",
    "33": "key_refused",
}
"""What another try cannot help against; all other codes are troubles of the portal (1, 2, 4, 5, 99)."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a data set by the names of its columns, and how many rows it has in all."""

    rows: list[dict[str, str]]
    total: int


def _rows(items: object) -> object:
    """The rows in each form that is sent: a list, ``{"item": …}`` around it, one row alone, or an empty text."""
    match items:
        case {"item": inner}:
            return _rows(inner)
        case dict():
            return [items]
        case None | "":
            return []
    return items


class _Header(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)

    resultCode: str  # noqa: N815  # the portal's name


class _Body(BaseModel):
    items: Annotated[list[dict[str, Any]], BeforeValidator(_rows)] = Field(default_factory=list)
    totalCount: int = Field(0, ge=0)  # noqa: N815
    pageNo: int | None = None  # noqa: N815


class _Response(BaseModel):
    header: _Header
    body: _Body | None = None


class DataGoKr:
    """The portal, with the service key of the settings."""

    def __init__(self, settings: DataGoKrSettings) -> None:
        self.has_key = bool(settings.key)
        # The portal shows the key in two forms; the encoded one would be encoded once more.
        self._key = unquote(settings.key)
        self._api = ExternalApi(str(settings.base_url or DEFAULT_URL), longest_answer=LONGEST_ANSWER)
        self._guard = Guard("data.go.kr", settings)

    async def page(self, dataset: str, number: int) -> Page:
        """Page ``number``, from 1, of the data set at the path ``dataset``; empty beyond the last one.

        Raises OpenDataFailed.
        """
        try:
            return await self._guard.call(partial(self._page, dataset, number))
        except ExternalFailed as failed:
            raise OpenDataFailed(failed.reason) from failed

    async def aclose(self) -> None:
        await self._api.aclose()

    async def _page(self, dataset: str, number: int) -> Page:
        query = {"serviceKey": self._key, "pageNo": str(number), "numOfRows": str(PAGE_SIZE), "type": "json"}
        response = _read(await self._api.send("GET", f"/{dataset}", query=query))
        code = response.header.resultCode
        if code in _NO_DATA:
            return Page([], 0)
        if code not in _FINE:
            raise _failed_code(code)
        if response.body is None or response.body.pageNo not in (None, number):
            raise ExternalFailed("garbage", retryable=True)
        rows = [{name: _text(value) for name, value in row.items()} for row in response.body.items]
        return Page(rows, response.body.totalCount)


def _read(answer: Answer) -> _Response:
    if not 200 <= answer.status < 300:
        raise failed_status(answer.status, answer.headers)
    try:
        content = _from_xml(answer.body) if answer.body.lstrip().startswith(b"<") else json.loads(answer.body)
        if isinstance(content, dict) and "response" in content:
            content = content["response"]
        return _Response.model_validate(content)
    except (ValidationError, ValueError, RecursionError, ElementTree.ParseError):
        raise ExternalFailed("garbage", retryable=True) from None


def _from_xml(body: bytes) -> dict[str, Any]:
    """The same as from JSON. An error of the gateway has a form of its own, with ``returnReasonCode``."""
    if b"<!DOCTYPE" in body or b"<!ENTITY" in body:
        raise ValueError("a document type is not expected")
    root = ElementTree.fromstring(body)  # noqa: S314  # without a document type there are no entities to expand
    if code := root.findtext(".//returnReasonCode"):
        return {"header": {"resultCode": code}}
    content = root.find("body")
    items = [{field.tag: field.text or "" for field in item} for item in root.iterfind("body/items/item")]
    fields = {} if content is None else {field.tag: field.text for field in content if field.tag != "items"}
    header = {"resultCode": root.findtext("header/resultCode")}
    return {"header": header, "body": {**fields, "items": items} if content is not None else None}


def _failed_code(code: str) -> ExternalFailed:
    reason = _REASONS.get(code.lstrip("0"))
    return ExternalFailed(reason or f"code_{code[:20]}", retryable=reason is None)


def _text(value: object) -> str:
    return "" if value is None else str(value).encode("utf-8", "replace").decode()
