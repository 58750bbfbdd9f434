"""What a domain does when a socket sends something: as thin as an endpoint."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel


@dataclass(frozen=True, slots=True)
class SocketHandler:
    """``call`` gets the service, the caller (``auth.public.Caller``) and the payload; what it returns is the ``data``
    of the acknowledgement, and a named error that it raises is the acknowledgement's error."""

    event: str
    payload: type[BaseModel]
    service: type[Any]
    call: Callable[[Any, Any, Any], Awaitable[object]]
