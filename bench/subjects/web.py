"""The cost of the pages on a phone (a Chromium slowed down): a first visit, sending a photo, the map."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from bench import pictures, product
from bench.paths import workplace
from bench.product import Product
from bench.report import amount
from bench.result import BenchmarkResult, Budget, at_most, below, missing
from bench.stats import median
from bench.worker_processes import ROOT
from bunri.edge.http.web import DIST

WEB: Final = ROOT / "web"
RUNNER: Final = WEB / "node_modules" / ".bin" / "playwright"
BINS: Final = 20_000
SEOUL: Final = (37.5663, 126.9779)
KINDS: Final = ("clothes", "battery", "recycling", "lamp")
SLOWER: Final = 4
"""Factor by which web/bench slows the processor down."""
SHORTEST: Final = 50
"""ms; a browser does not report tasks that are shorter."""

Visit = Mapping[str, Any]


class BrowserFailed(Exception):
    """The measurement in the browser failed; the message is the end of its output."""


def measure(quick: bool) -> list[BenchmarkResult]:
    why = _lacking()
    if why:
        return [missing(f"first visit to /, phone {SLOWER} × slower", "ms", why)]
    with product.running() as running, workplace() as folder:
        _import(running, folder / "bins.csv")
        photo = folder / "photo.jpg"
        photo.write_bytes(pictures.photo(1))
        found = _browse(running.url, photo, folder / "found.json", rounds=1 if quick else 5)
    return [*_coach(found), *_photo(found["photo"]), *_bins(found["bins"])]


def _lacking() -> str:
    """What is missing on this machine; an empty text when nothing."""
    if not RUNNER.exists() or shutil.which("node") is None:
        return "needs Node.js and web/node_modules: make setup"
    if not (DIST / "index.html").is_file():
        return "the web app is not built: make setup"
    return "" if _chromium() else "no Chromium: make browser, or set CHROMIUM"


def _chromium() -> str | None:
    return shutil.which(os.environ.get("CHROMIUM") or "chromium")


def _import(running: Product, file: Path) -> None:
    """Imports BINS bins around Seoul, which replace the sample bins."""
    random = np.random.default_rng(1)
    points = random.normal(SEOUL, 0.05, (BINS, 2))
    rows = (f"{KINDS[at % len(KINDS)]},{lat:.6f},{lng:.6f}" for at, (lat, lng) in enumerate(points.tolist()))
    file.write_text("\n".join(["kind,lat,lng", *rows]))
    command = [sys.executable, "-m", "bunri", "bins", "import", str(file), "--data", str(running.data)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _browse(url: str, photo: Path, file: Path, *, rounds: int) -> dict[str, Any]:
    """The figures that web/bench measured. Raises BrowserFailed."""
    environment = {
        "BUNRI_E2E_URL": url,
        "BUNRI_BENCH_PHOTO": str(photo),
        "BUNRI_BENCH_OUT": str(file),
        "BUNRI_BENCH_ROUNDS": str(rounds),
        "CHROMIUM": _chromium() or "",
    }
    command = [str(RUNNER), "test", "--config", "bench.config.ts"]
    ended = subprocess.run(
        command, cwd=WEB, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    if ended.returncode:
        raise BrowserFailed((ended.stdout + ended.stderr)[-2000:])
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def _coach(found: Mapping[str, Any]) -> Iterator[BenchmarkResult]:
    slowed, here, far = found["coach"], found["as_fast_as_here"], found["slow_4g"]
    first = slowed[0]
    sent = f"as Brotli {first['sent'] / 1e3:.0f} kB; with letters and all that follows {first['all'] / 1e3:.0f} kB"
    yield BenchmarkResult("/: what comes before it is usable, gzip", found["gzip"] / 1e3, "kB", at_most(250), note=sent)
    yield from _visit("/", "the camera button answers", slowed)
    yield _seconds("/: interactive, not slowed", here, "interactive")
    work = SLOWER * _median(here, "work") / 1e3
    alone = f"interactive on a machine of its own takes at least that; measured not slowed, × {SLOWER}"
    yield BenchmarkResult("/: processor time of the main thread", work, "s", note=alone)
    far_away = "once; 1.6 Mbit/s, 150 ms, processor slowed"
    yield BenchmarkResult("/: interactive behind slow 4G", far["interactive"] / 1e3, "s", note=far_away)


def _bins(visits: Sequence[Visit]) -> Iterator[BenchmarkResult]:
    return _visit("/bins", f"the first of {BINS:,} bins can be touched", visits)


def _visit(path: str, usable: str, visits: Sequence[Visit]) -> Iterator[BenchmarkResult]:
    """A first visit. The map has the same budgets as the coach."""
    means = f"{usable} after {_median(visits, 'usable') / 1e3:.2f} s, and no task of {SHORTEST} ms is left"
    yield _seconds(f"{path}: interactive", visits, "interactive", below(1.5), means)
    yield _longest(f"{path}: longest task", visits)
    yield BenchmarkResult(f"{path}: layout shift", _median(visits, "shift"), "", below(0.05))
    yield _seconds(f"{path}: largest paint", visits, "largest")


def _photo(photos: Sequence[Visit]) -> Iterator[BenchmarkResult]:
    yield _longest("12 MP photo: longest task until it leaves", photos)
    yield _seconds("12 MP photo: chosen → small and on its way", photos, "shrunk", note="shrunk in a worker")
    yield _seconds("12 MP photo: chosen → answer or question", photos, "answered")


def _longest(what: str, visits: Sequence[Visit]) -> BenchmarkResult:
    """Browsers do not report tasks below SHORTEST, so without a report SHORTEST is the upper limit."""
    longest = [max(SHORTEST, visit["longest"]) for visit in visits]
    return BenchmarkResult(what, median(longest), "ms", below(200), note=_spread(longest, "ms"))


def _seconds(
    what: str, visits: Sequence[Visit], name: str, budget: Budget | None = None, note: str = ""
) -> BenchmarkResult:
    seconds = [visit[name] / 1e3 for visit in visits]
    return BenchmarkResult(
        what, median(seconds), "s", budget, note="; ".join(filter(None, (note, _spread(seconds, "s"))))
    )


def _spread(values: Sequence[float], unit: str) -> str:
    return f"{amount(min(values), unit)} to {amount(max(values), unit)} in {len(values)}" if len(values) > 1 else "once"


def _median(visits: Sequence[Visit], name: str) -> float:
    return median([visit[name] for visit in visits])
