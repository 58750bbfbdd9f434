"""Runs work in separate processes, which start it at the same time; each answers with one JSON document.

A worker is a module that calls ``serve(prepare)``: ``prepare`` gets the plan and returns the function to be timed. A
worker process ends by itself when this one is gone, because its standard input ends then.
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
"""Characters of a failed worker's output that its error shows."""

Plan = Mapping[str, Any]


class WorkerFailed(Exception):
    """A worker process ended without an answer; the message is the end of its output."""


def run(module: str, plans: Sequence[Plan], when_ready: Callable[[], object] = lambda: None) -> list[dict[str, Any]]:
    """The answers of one process for each plan; ``when_ready`` is called when all are prepared, just before they start.
    Raises WorkerFailed."""
    with TemporaryFile() as output, ExitStack() as stack:
        workers = [stack.enter_context(_start(module, output)) for _ in plans]
        for worker in workers:
            stack.callback(worker.kill)
        try:
            for worker, plan in zip(workers, plans, strict=True):
                _send(worker, json.dumps(plan))
            for worker in workers:
                _receive(worker)
            when_ready()
            for worker in workers:
                _send(worker, "go")
            return [json.loads(_receive(worker)) for worker in workers]
        except (BrokenPipeError, EOFError):
            output.seek(0)
            raise WorkerFailed(output.read()[-_TAIL:].decode("utf-8", "replace")) from None


def _start(module: str, output: IO[bytes]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", module],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=output,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
    )


def serve(prepare: Callable[[Plan], Callable[[], Mapping[str, Any]]]) -> None:
    """The worker's side of ``run``. What else is written to standard output, by a log for instance, goes to standard
    error."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")  # open until the process ends, after its last words
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    work = prepare(json.loads(sys.stdin.readline()))
    print("ready", file=answers, flush=True)
    if sys.stdin.readline():
        print(json.dumps(work()), file=answers, flush=True)


def _send(worker: subprocess.Popen[str], line: str) -> None:
    assert worker.stdin
    worker.stdin.write(line + "\n")
    worker.stdin.flush()


def _receive(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout
    line = worker.stdout.readline()
    if not line:
        raise EOFError
    return line
