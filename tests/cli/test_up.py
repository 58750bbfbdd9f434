"""What ``bunri up`` tells who watches it start."""

import os
import pty
import re
import sys
import threading
from pathlib import Path

from tests.support import processes
from tests.support.platform import free_port

STEPS = r"Starting the database.*Bringing the database and the rule table.*Starting the API and the workers"


def test_a_terminal_sees_a_line_for_each_step(tmp_path: Path) -> None:
    ours, terminal = pty.openpty()
    told = bytearray()

    def read() -> None:
        try:
            while part := os.read(ours, 4096):
                told.extend(part)
        except OSError:  # the terminal is closed
            pass

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    clean = {key: value for key, value in os.environ.items() if not key.startswith("BUNRI_")}
    env = {**clean, "BUNRI_LOG_LEVEL": "WARNING", "BUNRI_VISION__FETCH": "false", "COLUMNS": "300"}
    command = [sys.executable, "-m", "bunri", "up", "--data", str(tmp_path / "data"), "--port", str(free_port())]
    process = processes.start(command, env=env, log=Path(os.ttyname(terminal)), stdout=True)
    assert process.stdout
    try:
        assert process.stdout.readline().startswith(b"ready http://")
        assert re.search(STEPS, told.decode(), re.DOTALL), told.decode()
    finally:
        processes.stop(process, within=20)
        process.stdout.close()
        os.close(terminal)
        reader.join(5)
        os.close(ours)
