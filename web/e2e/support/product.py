"""The whole product on embedded servers, in a data directory that goes with it: python product.py PORT OWNER.

Beside it runs a server that plays Kakao, Naver and Google (tests/support/oauth_server.py).

It ends with the process OWNER, whose end nobody else would notice when it is killed; and `bunri up` ends with this one.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Final

from bunri.platform.embedded.reaper import ChildReaper

DETECTOR: Final = Path(__file__).with_name("detector.py")
ROOT: Final = Path(__file__).parents[3]
CHOSEN: Final = ("BUNRI_MODELS_DIR", "BUNRI_VISION__MODELS_DIR", "BUNRI_VISION__DETECTOR")


def main(port: str, owner: int) -> int:
    """The exit status of `bunri up`."""
    signal.signal(signal.SIGTERM, _stop)
    reaper = ChildReaper()
    with tempfile.TemporaryDirectory(prefix="bunri-e2e-") as data:
        providers = reaper.spawn(
            [sys.executable, "-m", "tests.support.oauth_server"],
            death_signal=signal.SIGTERM,
            output=subprocess.PIPE,
            cwd=ROOT,
        )
        product = reaper.spawn(
            [sys.executable, "-m", "bunri", "up", "--port", port, "--data", data],
            death_signal=signal.SIGTERM,
            output=sys.stdout,
            env={
                "BUNRI_LOG_LEVEL": "WARNING",
                "BUNRI_PUBLIC_URL": f"http://localhost:{port}",  # mails have links then, and providers come back
                **_providers(providers),
                **os.environ,
                **_detector(Path(data)),
                "BUNRI_VISION__FETCH": "false",
            },
        )
        try:
            while product.poll() is None and _runs(owner):
                time.sleep(0.2)
        except KeyboardInterrupt:
            pass
        finally:
            for process in (providers, product):
                process.terminate()
            status = product.wait()
            providers.wait()
            reaper.forget(product)
            reaper.forget(providers)
            reaper.close()
    return status


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _runs(pid: int) -> bool:
    with suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def _providers(server: "subprocess.Popen[bytes]") -> dict[str, str]:
    """What the product has to know of them, which they print when they are ready."""
    assert server.stdout  # noqa: S101
    told: dict[str, str] = json.loads(server.stdout.readline())
    return told


def _detector(data: Path) -> dict[str, str]:
    """Real weights may not be shipped: a detector that knows two things by their colour."""
    if any(name in os.environ for name in CHOSEN):
        return {}
    subprocess.run([sys.executable, DETECTOR, data / "models" / "marks.onnx"], check=True)  # noqa: S603
    return {"BUNRI_VISION__DETECTOR": "marks", "BUNRI_VISION__CONFIDENCE": "0.5"}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
