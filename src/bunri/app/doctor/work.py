"""What the running processes do: findings that follow from ``bunri status``."""

from collections.abc import Collection, Iterator
from typing import Final

from bunri import __version__
from bunri.app.doctor.found import note, severe
from bunri.app.finding import Finding
from bunri.app.status import Status
from bunri.kit.languages import Language
from bunri.kit.sentences import sentence_of

BEHIND_AFTER_S: Final = 120
"""As BunriQueueBehind (deploy/monitoring/alerts.yaml)."""
STUCK_AFTER_S: Final = 60
"""The relay sends within seconds what a sender left in an outbox."""
DATABASE: Final = "database:"
CONNECTIONS: Final = f"{DATABASE}connections"
SCANNER: Final = "clamd"
"""Asked by ``outside``, which says where it should be."""
LOOKING: Final = "queue:waste"
"""Its workers miss nothing but the detector."""


def work_findings(status: Status, lang: Language, *, database_answers: bool) -> Iterator[Finding]:
    yield from _processes(status)
    yield from _waiting(status)
    missing = not status.detector_here and status.configured.remote_vision is None
    told = {SCANNER, LOOKING} if missing else {SCANNER}
    yield from _parts(status, lang, told, database_answers=database_answers)
    if missing:
        yield note("detector_missing", name=status.detector)
    if status.vocabulary.phase == "failed":
        yield note("vocabulary_failed", name=status.vocabulary.name, code=status.vocabulary.reason)


def _processes(status: Status) -> Iterator[Finding]:
    if status.targets is None:  # Valkey is away, which is told by itself
        return
    if not status.targets:
        yield severe("api_unheard")
    silent = [name for name, queue in status.queues.items() if queue.heard_s_ago is None]
    if len(silent) == len(status.queues):
        yield severe("queues_all_silent")
    elif silent:
        yield severe("queue_silent", queues=", ".join(silent), options=" ".join(f"--queue {name}" for name in silent))
    heard = {each.version for each in status.targets.values()} | {each.version for each in status.queues.values()}
    if others := sorted(version for version in heard if version and version != __version__):
        yield note("versions_differ", versions=", ".join(others), version=__version__)


def _waiting(status: Status) -> Iterator[Finding]:
    for name, queue in status.queues.items():
        if queue.oldest_s and queue.oldest_s > BEHIND_AFTER_S:
            yield note("queue_behind", queue=name, waiting=queue.waiting, minutes=int(queue.oldest_s // 60))
        if queue.failed:
            yield note("tasks_failed", queue=name, failed=queue.failed)
    stuck = [name for name, box in (status.outboxes or {}).items() if (box.oldest_s or 0) > STUCK_AFTER_S]
    if stuck:
        yield severe("outbox_stuck", schemas=", ".join(stuck))
    if status.mails_given_up:
        yield note("mails_given_up", count=status.mails_given_up)


def _parts(status: Status, lang: Language, told: Collection[str], *, database_answers: bool) -> Iterator[Finding]:
    """What ``/ready`` finds and nobody else here looks at; ``told``: what others say of how well these parts work."""
    failing = {name: part.degraded_reason or "" for name, part in status.parts.items() if not part.ok}
    refused = [name.removeprefix(DATABASE) for name in failing if name.startswith(DATABASE) and name != CONNECTIONS]
    if refused and database_answers:
        yield severe("database_role_refused", schemas=", ".join(refused))
    for name, part in status.parts.items():
        if part.ok and part.degraded_reason and name not in told:
            yield note("part_degraded", part=name, reason=part.degraded_reason)
    for name, code in failing.items():
        reason = sentence_of((code, "unavailable"), {}, lang)  # TimeoutError has no sentence
        if name == "storage":
            yield severe("files_away", reason=reason)
        elif not name.startswith((DATABASE, "valkey:", "queue:")):
            yield severe("part_failing", part=name, reason=reason)
