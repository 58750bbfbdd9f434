"""``bunri openapi``: the contract without anything running."""

import json
import subprocess
import sys
from pathlib import Path


def test_the_contract_is_printed_without_servers_or_a_secret(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "bunri", "openapi"],
        env={"BUNRI_DATA": str(tmp_path), "PATH": "/usr/bin:/bin"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    document = json.loads(run.stdout)
    assert "/api/v1/waste/analyze" in document["paths"]
    assert document["paths"]["/api/v1/waste/jobs"]["get"]["security"]
    assert list(tmp_path.iterdir()) == []
