"""Asks for known vulnerabilities of what is locked: ``python -m checks.audit UV`` (``make audit``).

Exit status: 0 none known, 1 some known, 3 not everything could be asked about, which happens without a network. The
tools themselves say "none found" of what they could not ask about.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
NONE_KNOWN, SOME_KNOWN, NOT_ASKED = 0, 1, 3
_WITHIN_S: Final = 300


@dataclass
class Findings:
    """What one tool found out, in lines for people."""

    vulnerable: list[str] = field(default_factory=list)
    not_asked: list[str] = field(default_factory=list)


def read_pip(output: str, lock: str) -> Findings:
    """pip-audit's JSON for ``lock``."""
    try:
        packages: list[dict[str, Any]] = json.loads(output)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return Findings(not_asked=[f"{lock}: pip-audit got no answer"])
    found = Findings()
    for package in packages:
        if "skip_reason" in package:
            found.not_asked.append(f"{lock}: {package['name']}")
        for each in package.get("vulns", ()):
            mended = ", ".join(each.get("fix_versions") or ["no version"])
            found.vulnerable.append(f"{package['name']} {package['version']}: {each['id']} (mended in {mended})")
    return found


def read_npm(output: str) -> Findings:
    """npm audit's JSON."""
    try:
        packages: dict[str, dict[str, Any]] = json.loads(output)["vulnerabilities"]
    except (ValueError, KeyError, TypeError):
        return Findings(not_asked=["web/package-lock.json: npm audit got no answer"])
    return Findings([f"{name} {each['range']}: {each['severity']}" for name, each in packages.items()])


def pip_audit(uv: str, lock: str) -> Findings:
    tool = [uv, "tool", "run", "--quiet", "pip-audit", "--require-hashes", "--disable-pip", "--progress-spinner", "off"]
    return read_pip(_output([*tool, "--format", "json", "--requirement", lock], ROOT), lock)


def npm_audit() -> Findings:
    return read_npm(_output(["npm", "audit", "--json", "--fetch-retries=0"], ROOT / "web"))


def _output(command: Sequence[str], folder: Path) -> str:
    """What ``command`` writes; nothing where it is not there or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603  # our own words
            command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, timeout=_WITHIN_S, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def report(findings: Sequence[Findings]) -> tuple[int, str]:
    """The exit status, and what to say."""
    vulnerable = [line for each in findings for line in each.vulnerable]
    not_asked = [line for each in findings for line in each.not_asked]
    lines = [f"vulnerable: {line}" for line in dict.fromkeys(vulnerable)]
    if not_asked:
        shown = ", ".join(not_asked[:3]) + (f" and {len(not_asked) - 3} more" if len(not_asked) > 3 else "")
        lines.append(f"not everything could be asked about ({shown}): this needs a network that reaches the advisories")
    if not lines:
        lines.append("no known vulnerabilities")
    return SOME_KNOWN if vulnerable else NOT_ASKED if not_asked else NONE_KNOWN, "\n".join(lines)


def main() -> int:
    uv = sys.argv[1] if len(sys.argv) > 1 else "uv"
    locks = [pip_audit(uv, lock) for lock in ("requirements.lock", "requirements-dev.lock")]
    status, said = report([*locks, npm_audit()])
    print(said)  # noqa: T201
    return status


if __name__ == "__main__":
    sys.exit(main())
