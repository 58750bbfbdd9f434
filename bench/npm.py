"""Installs the peers that are Node.js."""

import shutil
import subprocess
from pathlib import Path


def install(peer: Path, folder: Path) -> str:
    """Installs ``peer`` and its packages in ``folder``; returns why it failed, or an empty text."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        return "no peer: node and npm are not installed"
    shutil.copytree(peer, folder, dirs_exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=180)
    except subprocess.TimeoutExpired:
        return "no peer: npm install took longer than 3 minutes"
    return "" if done.returncode == 0 else f"no peer: npm install: {done.stderr.strip()[:200]}"
