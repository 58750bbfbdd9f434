"""FastAPI makes spans with queries, and so positions, for whatever OpenTelemetry provider there is. Ours does not."""

import subprocess
import sys
from pathlib import Path
from typing import Final

CODE: Final = """
import asyncio, sys
from pathlib import Path
import httpx
from opentelemetry import trace
from bunri.app.asgi import create_app
from bunri.app.settings import Settings

class Provider(trace.TracerProvider):
    def get_tracer(self, name, *_, **__):
        print("asked by", name)
        return trace.NoOpTracer()

async def ask(app):
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        print((await client.get("/health", params={"lat": "37.5663"})).status_code)

settings = Settings(
    data=Path(sys.argv[1]), secret="a secret for tests only, and long enough", valkey_url="redis://127.0.0.1:9",
    database_url="postgresql://nobody@127.0.0.1:9/nothing",
)
trace.set_tracer_provider(Provider())
app = create_app(settings, "detect")
if sys.argv[2] == "plain":
    from fastapi import FastAPI
    app = FastAPI()
asyncio.run(ask(app))
"""


def said(tmp_path: Path, which: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", CODE, tmp_path, which], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_fastapi_makes_none_of_its_own(tmp_path: Path) -> None:
    assert said(tmp_path, "ours") == ["200"]
    assert said(tmp_path, "plain") == ["asked by fastapi", "404"]  # or this test would prove nothing
