"""``/dev/mail``: the mails that became files because no mail server is set. For this machine alone: they hold links
that let people in.

What a mail says is shown as text. Its HTML stays inert, in a frame without scripts, forms or anything from elsewhere.
"""

import base64
import hashlib
import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape
from typing import Annotated, Final
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse

from bunri.edge.http.addresses import is_local, parse_address
from bunri.edge.http.web import HEADERS
from bunri.kit.languages import Language, text
from bunri.platform.http import PreferredLanguage
from bunri.platform.mail.folder import MailFolder

_STYLE: Final = """
:root { color-scheme: light dark; --line: light-dark(#d5dcd7, #39423d); --accent: light-dark(#0b6b45, #63d2a0); }
body { margin: 0 auto; max-width: 60rem; padding: 1rem; font: 1rem/1.55 system-ui, "Noto Sans KR", sans-serif;
  overflow-wrap: anywhere; }
a { color: var(--accent); } li { margin: .5rem 0; } small { opacity: .8; }
pre { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; white-space: pre-wrap; }
iframe { border: 1px solid var(--line); border-radius: .5rem; width: 100%; height: 32rem; background: #fff; }
"""
_STYLE_HASH: Final = f"'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}'"
_SHUT: Final = "base-uri 'none'; form-action 'none'"
PAGE_POLICY: Final = (
    f"default-src 'none'; style-src {_STYLE_HASH}; img-src data:; frame-src 'self'; {_SHUT}; frame-ancestors 'none'"
)
FRAME_POLICY: Final = (
    f"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; {_SHUT}; frame-ancestors 'self'"
)
_ALL_HEADERS: Final = {
    **HEADERS,
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",  # of a link in a mail, nobody elsewhere should learn where it was read
}
_LINK: Final = re.compile(r"https?://[^\s<>\"']+")


def _only_here(request: Request) -> None:
    if not (is_local(request.scope) and _names_this_machine(request)):
        raise HTTPException(404)


def router(folder: MailFolder) -> APIRouter:
    """The pages about what ``folder`` holds."""
    routes = APIRouter(prefix="/dev/mail", include_in_schema=False, dependencies=[Depends(_only_here)])

    async def found(name: str) -> EmailMessage:
        content = await run_in_threadpool(folder.read, name)
        if content is None:
            raise HTTPException(404)
        return message_from_bytes(content, _class=EmailMessage, policy=policy.default)

    @routes.get("")
    async def mails(language: PreferredLanguage) -> HTMLResponse:
        shown = await run_in_threadpool(lambda: "".join(_rows(folder)))
        return _page(_list(shown, language), text("mail.page.title", language), language)

    @routes.get("/{name}")
    async def mail(
        name: str, message: Annotated[EmailMessage, Depends(found)], language: PreferredLanguage
    ) -> HTMLResponse:
        return _page("".join(_mail(name, message, language)), str(message["Subject"]), language)

    @routes.get("/{name}/html")
    async def html(message: Annotated[EmailMessage, Depends(found)]) -> HTMLResponse:
        headers = {**_ALL_HEADERS, "Content-Security-Policy": FRAME_POLICY}
        return HTMLResponse(_part(message, "html"), headers=headers)

    return routes


def _rows(folder: MailFolder) -> Iterator[str]:
    for name in folder.names():
        if (content := folder.read(name)) is not None:  # it may just have been removed
            message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
            yield f'<li><a href="/dev/mail/{name}">{escape(str(message["Subject"]))}</a><br>'
            yield f"<small>{escape(str(message['To']))} · {escape(str(message['Date']))}</small></li>"


def _list(rows: str, language: Language) -> str:
    shown = f"<ul>{rows}</ul>" if rows else f"<p>{escape(text('mail.page.empty', language))}</p>"
    return f"<p>{escape(text('mail.page.about', language))}</p>{shown}"


def _mail(name: str, message: EmailMessage, language: Language) -> Iterator[str]:
    def heading(key: str) -> str:
        return f"<h2>{escape(text(f'mail.page.{key}', language))}</h2>"

    yield f'<p><a href="/dev/mail">{escape(text("mail.page.back", language))}</a></p>'
    yield f"{heading('text')}<pre>{_linked(_part(message, 'plain'))}</pre>"
    title = escape(text("mail.page.html", language))
    yield f'{heading("html")}<iframe sandbox title="{title}" src="/dev/mail/{name}/html"></iframe>'
    headers = "\n".join(f"{key}: {value}" for key, value in message.items())
    yield f"{heading('headers')}<pre>{escape(headers)}</pre>"


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if isinstance(part, EmailMessage) else ""


def _linked(said: str) -> str:
    """``said`` as HTML, with links that can be followed: who reads this page made the mail come."""
    pieces, end = [], 0
    for link in _LINK.finditer(said):
        url = escape(link[0])
        pieces += [escape(said[end : link.start()]), f'<a rel="noreferrer" href="{url}">{url}</a>']
        end = link.end()
    return "".join([*pieces, escape(said[end:])])


def _page(body: str, title: str, language: Language) -> HTMLResponse:
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f"<style>{_STYLE}</style></head><body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return HTMLResponse(
        page, headers={**_ALL_HEADERS, "Content-Security-Policy": PAGE_POLICY, "Vary": "Accept-Language"}
    )


def _names_this_machine(request: Request) -> bool:
    """Whether the ``Host`` header names this machine. A page from elsewhere whose name was made to resolve to 127.0.0.1
    (DNS rebinding) has its own name there, and must not read what is for the operator."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    address = parse_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)
