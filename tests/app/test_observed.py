"""The running product, watched: a photo is one trace through all its processes, and what dashboards and alerts ask for
is what ``/metrics`` says."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import pytest_asyncio
import socketio
import yaml
from prometheus_client.parser import text_string_to_metric_families
from tests.conftest import OwnSettings
from tests.support.client import Person
from tests.support.collector import CollectedSpan, Collector, collecting
from tests.support.pictures import new_photo
from tests.support.platform import Platform, running

from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.backup.manifest import DrillResult, Summary
from bunri.platform.backup.status import StatusStore
from bunri.platform.realtime import NAMESPACE

MONITORING: Final = Path(__file__).parents[2] / "deploy/monitoring"
GIVEN: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
TOKEN: Final = "a token for tests only"
LAT, LNG, NOTE, NAME = 37.566312, 126.977912, "컵라면 용기 비밀", "초록이비밀"
ADDED: Final = {"job", "instance"}
"""Labels that Prometheus adds."""


@dataclass
class Observed:
    platform: Platform
    collector: Collector
    settings: Settings
    logs: Path


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def settings(own_settings: OwnSettings) -> Settings:
    return await own_settings()


@pytest.fixture(scope="module")
def observed(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Observed]:
    """A target a process, so that they call each other; everything is traced."""
    logs = tmp_path_factory.mktemp("logs")
    with collecting() as collector:
        more = {
            "BUNRI_TRACES__ENDPOINT": collector.url,
            "BUNRI_TRACES__SHARE": "1",
            "BUNRI_HTTP__METRICS_TOKEN": TOKEN,
            "BUNRI_BACKUP__TARGET": str(tmp_path_factory.mktemp("backups")),
            "BUNRI_BACKUP__UNENCRYPTED": "true",
        }
        with running(settings, "split", logs, workers=True, **more) as platform:
            yield Observed(platform, collector, settings, logs)


@pytest.fixture(scope="module")
def person(observed: Observed) -> Person:
    return Person.arrives(observed.platform, NAME)


@pytest.fixture(scope="module")
def job(observed: Observed, person: Person) -> dict[str, Any]:
    """A photo that was sent with a ``traceparent`` and is answered."""
    photo = new_photo()
    job = person.begins(photo)
    person.uploads(job, photo)
    told = {"note": NOTE, "location": {"lat": LAT, "lng": LNG}}
    path = f"/api/v1/waste/upload-complete/{job['job_id']}"
    response = person.ask("POST", path, json=told, headers={"traceparent": GIVEN, "X-Request-ID": "observed-photo"})
    assert response.status_code == 200
    assert person.waits(job)["status"] in ("done", "asked")
    return job


@pytest.fixture(scope="module")
def trace(observed: Observed, job: dict[str, Any]) -> list[CollectedSpan]:
    """The spans of that photo."""

    def own(spans: Any) -> list[CollectedSpan]:
        return [span for span in spans if span.trace_id == GIVEN[3:35]]

    def complete(spans: Any) -> bool:
        """Each process sends its own, some seconds apart."""
        found = own(spans)
        names, known = {span.name for span in found}, {span.span_id for span in found} | {GIVEN[36:52]}
        served = any(name.startswith("POST /internal/recycling/") for name in names)
        wanted = {"POST /api/v1/waste/upload-complete/{job_id}", "waste.see", "chat.saw"}
        return served and wanted <= names and all(span.parent_id in known for span in found)

    return own(observed.collector.waits(complete))


class TestATrace:
    def test_goes_from_the_request_over_each_queue_to_the_end(self, trace: list[CollectedSpan]) -> None:
        by_name = {span.name: span for span in trace}
        request = by_name["POST /api/v1/waste/upload-complete/{job_id}"]
        assert (request.service, request.parent_id) == ("bunri-waste", GIVEN[36:52])
        for event, worker in (
            ("waste.see", "bunri-worker-waste"),
            ("chat.saw", "bunri-worker-recycling-default-learning"),
        ):
            sent, taken = by_name[f"send {event}"], by_name[event]
            assert (sent.kind, taken.kind, taken.service) == ("producer", "consumer", worker)
            assert taken.parent_id == sent.span_id
        assert by_name["send waste.see"].parent_id == request.span_id
        assert by_name["send chat.saw"].parent_id == by_name["waste.see"].span_id

    def test_shows_the_stages_and_the_calls_of_other_targets(self, trace: list[CollectedSpan]) -> None:
        by_id = {span.span_id: span for span in trace}
        names = {span.name for span in trace}
        assert {"stage download", "stage vision", "stage fuse"} <= names
        served = [span for span in trace if span.name.startswith("POST /internal/recycling/")]
        assert served
        for span in served:
            called = by_id[span.parent_id]
            assert (span.service, span.kind, called.kind) == ("bunri-recycling", "server", "client")
            assert called.name == "recycling." + span.name.rpartition("/")[2]

    def test_is_whole(self, trace: list[CollectedSpan]) -> None:
        known = {span.span_id for span in trace} | {GIVEN[36:52]}
        assert [span.name for span in trace if span.parent_id not in known] == []
        assert len({span.service for span in trace}) >= 4

    def test_says_nothing_of_the_person(
        self, observed: Observed, trace: list[CollectedSpan], person: Person, job: dict[str, Any]
    ) -> None:
        secrets = [str(LAT), str(LNG), NOTE, NAME, person.token, person.id, job["job_id"], job["upload_url"]]
        for body in observed.collector.bodies:
            assert [secret for secret in secrets if secret.encode() in body] == []

    def test_stands_in_the_logs_beside_the_request(self, observed: Observed, trace: list[CollectedSpan]) -> None:
        lines = [json.loads(line) for line in (observed.logs / "waste.log").read_text().splitlines() if line[:1] == "{"]
        [request] = [line for line in lines if line.get("request_id") == "observed-photo"]
        assert request["trace_id"] == GIVEN[3:35]
        assert request["span_id"] in {span.span_id for span in trace if span.service == "bunri-waste"}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def said(observed: Observed, person: Person, job: dict[str, Any]) -> dict[str, set[str]]:
    """Each name of a sample that the product's processes answer, with the labels that it has had."""
    await _sends_an_event(person)
    _answers_a_card(person)
    _has_backups(observed.settings)
    return _read_metrics({*observed.platform.bases.values(), *observed.platform.probes})


def _read_metrics(bases: set[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for base in bases:
        answer = httpx.get(f"{base}/metrics", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=20)
        assert answer.status_code == 200
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                found.setdefault(sample.name, set()).update(sample.labels)
    return found


async def _sends_an_event(person: Person) -> None:
    client = socketio.AsyncClient(reconnection=False)
    url = person.platform.url("/socket.io").removesuffix("/socket.io")
    await client.connect(url, auth={"token": person.token}, namespaces=[NAMESPACE], transports=["websocket"])
    await client.call("joinRoom", {}, namespace=NAMESPACE, timeout=10)
    await client.disconnect()


def _answers_a_card(person: Person) -> None:
    """Wrongly, and then says that it was right."""
    deck = person.ask("POST", "/api/v1/learning/decks", json={"name": "분리배출"}).json()
    written = {"deck_id": deck["id"], "kind": "typed", "front": "우유팩은?", "back": "종이팩"}
    [card] = person.ask("POST", "/api/v1/learning/cards", json=written).json()
    review = {"id": str(new_id()), "answer": "종이류"}
    assert person.ask("POST", f"/api/v1/learning/cards/{card['id']}/reviews", json=review).status_code == 201
    assert person.ask("PATCH", f"/api/v1/learning/reviews/{review['id']}", json={"rating": "good"}).status_code == 200


def _has_backups(settings: Settings) -> None:
    """As a backup and a drill leave it."""
    store, at = StatusStore(settings.cache_address("common")), datetime.now(UTC)
    name, counted = "bunri-20260101t000000z.tar", {"rows": 2, "objects": 3}
    made = {"format": 1, "bunri": "0.1.0", "name": name, "size": 4, "sha256": "x", "encrypted": False, "seconds": 1}
    store.succeeded(Summary.model_validate({**made, **counted, "created_at": at}))
    store.drilled(DrillResult(name=name, at=at, ok=True, seconds=1))
    store.close()


@dataclass(frozen=True)
class Asked:
    """A sample that an expression asks for."""

    where: str
    name: str
    labels: frozenset[str]


def asked() -> list[Asked]:
    """What dashboards and alerts ask for."""
    expressions = [
        (f"{rule['alert']}", rule["expr"])
        for rule in yaml.safe_load((MONITORING / "alerts.yaml").read_text())["groups"][0]["rules"]
    ]
    for file in sorted((MONITORING / "dashboards").glob("*.json")):
        for panel in json.loads(file.read_text())["panels"]:
            expressions += [(f"{file.stem}: {panel['title']}", target["expr"]) for target in panel["targets"]]
            expressions += [
                (f"{file.stem}: {panel['title']}", f"{_first(target['expr'])} by ({legend})")
                for target in panel["targets"]
                if (legend := ", ".join(re.findall(r"{{(\w+)}}", target["legendFormat"])))
            ]
    return [each for where, expression in expressions for each in _read(where, expression)]


def _first(expression: str) -> str:
    return re.findall(r"\bbunri_\w+", expression)[0]  # type: ignore[no-any-return]


def _read(where: str, expression: str) -> Iterator[Asked]:
    """The names in it; each has to have the labels it is selected by, and those that the expression groups by."""
    grouped = {
        label.strip() for group in re.findall(r"\bby \(([^)]*)\)", expression) for label in group.split(",")
    } - ADDED
    for name, selected in re.findall(r"\b(bunri_\w+)(?:{([^}]*)})?", expression):
        own = set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", selected))
        of_others = ADDED if name.endswith("_bucket") else {*ADDED, "le"}
        yield Asked(where, name, frozenset((grouped | own) - of_others))


NEEDS_A_LANGUAGE_MODEL: Final = {"bunri_learning_model_answers_total": {"outcome"}}


def test_dashboards_and_alerts_ask_for_what_there_is(said: dict[str, set[str]]) -> None:
    known = NEEDS_A_LANGUAGE_MODEL | said
    asking = asked()
    assert len({each.name for each in asking}) > 25
    assert [each for each in asking if each.name not in known] == []
    assert [each for each in asking if not each.labels <= known[each.name]] == []
