"""Work in processes of its own: started together, told to go together, each answering with one JSON document.

A member is a module that calls ``member(prepare)``: ``prepare`` gets the plan and returns what is to be timed. Its
process ends by itself when ours is gone, because then its standard input ends.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
_TAIL: Final = 2000

Plan = Mapping[str, Any]


class CrewFailed(Exception):
    """A member ended without an answer; the message is its last words."""


def run(module: str, plans: Sequence[Plan]) -> list[dict[str, Any]]:
    """The answers of one process for each plan. Raises CrewFailed."""
    with TemporaryFile() as words, ExitStack() as crew:
        members = [crew.enter_context(_start(module, words)) for _ in plans]
        for member in members:
            crew.callback(member.kill)
        try:
            for member, plan in zip(members, plans, strict=True):
                _tell(member, json.dumps(plan))
            for member in members:
                _hear(member)
            for member in members:
                _tell(member, "go")
            return [json.loads(_hear(member)) for member in members]
        except (BrokenPipeError, EOFError):
            words.seek(0)
            raise CrewFailed(words.read()[-_TAIL:].decode("utf-8", "replace")) from None


def _start(module: str, words: IO[bytes]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=words,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


def member(prepare: Callable[[Plan], Callable[[], Mapping[str, Any]]]) -> None:
    """The other end of ``run``."""
    work = prepare(json.loads(sys.stdin.readline()))
    print("ready", flush=True)
    if sys.stdin.readline():
        print(json.dumps(work()), flush=True)


def _tell(member: subprocess.Popen[str], line: str) -> None:
    assert member.stdin
    member.stdin.write(line + "\n")
    member.stdin.flush()


def _hear(member: subprocess.Popen[str]) -> str:
    assert member.stdout
    line = member.stdout.readline()
    if not line:
        raise EOFError
    return line
