"""How long an Anki deck of many notes takes to come along, and what the worker that reads it needs for that."""

import time
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import genanki

from bench.client import Client
from bench.product import Product
from bench.result import BenchmarkResult, below

NOTES: Final = 10_000
WITHIN_S: Final = 300.0
_MIB: Final = 2**20


def measure(running: Product, guest: Client, folder: Path, notes: int = NOTES) -> list[BenchmarkResult]:
    """With the upload; memory is the most that the worker's process had resident since it started."""
    content = _package(folder / "many.apkg", notes)
    started = time.perf_counter()
    ticket = guest.ask("POST", "/api/v1/learning/imports", {"format": "apkg", "size": len(content)})
    target = urlsplit(ticket["upload_url"])
    guest.put(f"{target.path}?{target.query}", content, ticket["upload_headers"])
    guest.ask("POST", f"/api/v1/learning/imports/{ticket['import_id']}/complete", {})
    while (shown := guest.ask("GET", f"/api/v1/learning/imports/{ticket['import_id']}"))["state"] not in _ENDED:
        if time.perf_counter() - started > WITHIN_S:
            raise TimeoutError(f"the import is {shown['state']} after {WITHIN_S:.0f} s")
        time.sleep(0.2)
    seconds = time.perf_counter() - started
    if shown["counts"].get("added") != notes:
        raise AssertionError(f"{shown['counts']} of {notes} cards came along")
    what = f"an Anki deck of {notes:,} notes"
    return [
        BenchmarkResult(f"{what} brought along", seconds, "s", below(60)),
        BenchmarkResult(f"{what}: the most memory of its worker", _most_memory(running), "MiB", below(300)),
    ]


_ENDED: Final = ("done", "failed")


def _package(path: Path, notes: int) -> bytes:
    deck = genanki.Deck(1, "bench")
    for number in range(notes):
        fields = [f"{number}번은 <b>어디에</b> 버려요?", f"{number}번은 플라스틱류로 버려요."]
        deck.add_note(genanki.Note(genanki.BASIC_MODEL, fields))
    genanki.Package(deck).write_to_file(path)
    return path.read_bytes()


def _most_memory(running: Product) -> float:
    worker = next(each for each in running.process.children(recursive=True) if "learning" in each.cmdline())
    status = Path(f"/proc/{worker.pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) * 1024 / _MIB
