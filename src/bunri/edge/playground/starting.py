"""What people see while the page is being made: a sentence, without a script, under a policy that allows nothing else.

It asks for the page at once, and the server keeps that request waiting: meanwhile the browser goes on showing this
page, which neither flickers nor is read out again.
"""

import base64
import hashlib
from html import escape
from typing import Final

from starlette.responses import HTMLResponse

from bunri.kit.languages import Language, text

WAIT: Final = "wait"
"""The query with which it asks for the page."""
_STYLE: Final = """
:root { color-scheme: light dark; }
body { margin: 0; min-height: 100vh; display: grid; place-content: center; gap: .5rem; padding: 1rem;
  box-sizing: border-box; text-align: center; word-break: keep-all;
  background: light-dark(#f7f9f8, #0f1512); color: light-dark(#171e1a, #eef1ef);
  font: 1rem/1.6 "Pretendard", "Noto Sans KR", "Apple SD Gothic Neo", "Malgun Gothic", system-ui, sans-serif; }
h1 { margin: 0; font-size: 1.5rem; color: light-dark(#1b6b4a, #86c0a0); } p { margin: 0; }
"""
POLICY: Final = (
    f"default-src 'none'; style-src 'sha256-{base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()}';"
    " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def starting_page(language: Language) -> HTMLResponse:
    title, sentence = (escape(text(f"detect.{key}", language)) for key in ("title", "starting"))
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{title} · 분리</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">'
        f'<meta http-equiv="refresh" content="0; url=?{WAIT}"><style>{_STYLE}</style></head>'
        f'<body><main><h1>{title}</h1><p role="status">{sentence}</p></main></body></html>'
    )
    headers = {
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
    }
    return HTMLResponse(page, headers=headers)
