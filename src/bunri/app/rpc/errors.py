"""A named error on its way to another process: its code and its data, so that its sentence can be made there."""

from typing import Any, Final

import orjson
from pydantic import BaseModel, TypeAdapter, ValidationError

from bunri.edge.http.statuses import STATUS
from bunri.kit.errors import BunriError


class ErrorDocument(BaseModel):
    """What the server sends instead of a result."""

    code: str
    data: dict[str, Any] = {}


_document: Final = TypeAdapter(ErrorDocument)


def dump(error: BunriError) -> bytes:
    """The error as JSON; what JSON does not know in its data becomes text."""
    return orjson.dumps({"code": error.code, "data": error.data}, default=str)


def load(status: int, body: bytes) -> BunriError | None:
    """The same error again; None when ``body`` is none of ours. A class that this process does not know is made anew
    from the status, so that its code, its data and its kind still arrive."""
    try:
        found = _document.validate_json(body)
    except ValidationError:
        return None
    kind = next((kind for kind, of_kind in STATUS if of_kind == status), None)
    if kind is None:
        return None
    known = _known(kind, found.code)
    error = known(**found.data) if known else type(kind.__name__, (kind,), {"code": found.code})(**found.data)
    return error if isinstance(error, BunriError) else None


def _known(kind: type[BunriError], code: str) -> type[BunriError] | None:
    for candidate in (kind, *kind.__subclasses__()):
        if candidate.code == code:
            return candidate
        if candidate is not kind and (found := _known(candidate, code)):
            return found
    return None
