"""Where a browser's request comes from: a page of ours, or somebody else's that uses the person's cookies.

A token in ``Authorization`` is no concern of this: pages of others do not have it. What a browser sends by itself,
cookies and the handshakes of websockets, counts only when a page of ours asked for it (OWASP ASVS 5.0, 3.5.1–3.5.2 and
4.4.2). It goes by ``Sec-Fetch-Site`` (Fetch Metadata) and ``Origin``, as Go's ``http.CrossOriginProtection`` does.
"""

from collections.abc import Collection, Mapping
from typing import Final
from urllib.parse import urlsplit

from fastapi import Depends, Request

from bunri.kit.errors import Forbidden, Unsupported
from bunri.kit.media_types import essence

_OURS: Final = ("same-origin", "none")
"""What ``Sec-Fetch-Site`` says of our own pages, and of what a person asked for by hand."""


class ForeignOrigin(Forbidden):
    """A page of another origin asks in a person's name, or a browser does not say whose page it is."""

    code = "foreign_origin"


class JsonOnly(Unsupported):
    """A form can be sent by any page without asking; JSON cannot."""

    code = "json_only"


def is_ours(headers: Mapping[str, str], allowed: Collection[str]) -> bool | None:
    """Whether the page that asks is of the host that is asked, or of one of the ``allowed`` origins
    (``https://host:port``); None when the request does not say: then it is no browser's, or a very old one's.

    The scheme of ``Origin`` is not compared with ours: a proxy in front may speak TLS without telling us.
    """
    origin = headers.get("origin")
    if origin is not None and origin in allowed:
        return True
    if (site := headers.get("sec-fetch-site")) is not None:
        return site in _OURS
    return None if origin is None else _is_of_host(origin, headers.get("host", ""))


def _is_of_host(origin: str, host: str) -> bool:
    try:
        netloc = urlsplit(origin).netloc
    except ValueError:  # an address in brackets that is none
        return False
    return bool(netloc) and netloc.lower() == host.lower()


async def check_same_origin(request: Request) -> None:
    """Raises ForeignOrigin where cookies come along and no page of ours is known to ask, JsonOnly for any body but
    JSON. Without cookies there is nothing that a foreign page could make use of."""
    if request.headers.get("cookie") and not is_ours(request.headers, allowed_origins(request)):
        raise ForeignOrigin
    if essence(request.headers.get("content-type", "")) != "application/json":
        raise JsonOnly


def allowed_origins(request: Request) -> Collection[str]:
    """Origins beside our own whose pages may ask (``BUNRI_HTTP__ORIGINS``)."""
    found: Collection[str] = getattr(request.app.state, "origins", ())
    return found


same_origin = Depends(check_same_origin)
"""For each route that reads a cookie: ``@router.post("/refresh", dependencies=[same_origin])``."""
