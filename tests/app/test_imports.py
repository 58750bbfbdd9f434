"""What each process of ``bunri up`` loads: what it does not use costs it memory and time at every start."""

import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

_SETTINGS: Final = """
import sys
from pathlib import Path
import bunri.cli.serving
from bunri.app.settings import Settings

settings = Settings(
    data=Path(sys.argv[1]), secret="a secret for tests only, and long enough", valkey_url="redis://127.0.0.1:9",
    database_url="postgresql://nobody@127.0.0.1:9/nothing",
)
"""
_WORKER: Final = f"""{_SETTINGS}
from bunri.app.composition import compose
from bunri.app.container import Container
from bunri.app.registry import REGISTRY
from bunri.app.worker import handlers_of
from bunri.platform.queue import InlinePublisher

assert handlers_of(compose(Container(settings, InlinePublisher({{}})), REGISTRY), REGISTRY, sys.argv[2].split())
"""
_API: Final = f"""{_SETTINGS}
from bunri.app.asgi import create_app

create_app(settings)
"""
PROCESSES: Final = {
    "up": (f"{_SETTINGS}import bunri.app.up", ""),
    "beat": (f"{_SETTINGS}import bunri.app.beat", ""),
    "default": (_WORKER, "recycling default"),
    "waste": (_WORKER, "waste"),
    "api": (_API, ""),
}
"""What it does before it starts, and its queues."""

PEOPLE: Final = {"authlib", "mnemonic", "pwdlib", "pyotp", "webauthn"}
"""Libraries that only somebody who signs in needs, or who is asked to."""
VISION: Final = {"cv2", "gradio", "numpy", "onnxruntime", "PIL", "tokenizers"}
WEB: Final = {"fastapi", "socketio", "starlette", "uvicorn"}
NOT_LOADED: Final = {
    "up": {*PEOPLE, *VISION, *WEB, "celery", "httpx", "jinja2", "kombu", "redis", "sqlalchemy"},
    "beat": {*PEOPLE, *VISION, *WEB, "httpx", "jinja2", "sqlalchemy"},
    "default": {*PEOPLE, *VISION, *WEB, "aiohttp", "httpx"},
    "waste": {*PEOPLE, *WEB, "aiohttp", "gradio", "httpx", "jinja2", "PIL", "tokenizers"},
    "api": {*VISION, "aiosmtplib", "authlib", "boto3", "jinja2", "webauthn"},
}
"""By process: packages that it gets by without until somebody asks for something that needs them."""


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_loads_what_only_others_need(process: str, tmp_path: Path) -> None:
    code, queues = PROCESSES[process]
    code += f"\nprint(*sorted({NOT_LOADED[process]!r} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code, tmp_path, queues], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []
