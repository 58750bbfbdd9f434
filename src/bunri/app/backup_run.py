"""What is due of backups, done once: the log is taken away, the nightly backup made, and a drill held."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

import redis
import structlog

from bunri.app.backups import drill_plan, embedded_owner, opened_target, source_of
from bunri.app.settings import Settings
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language, text
from bunri.kit.sentences import sentence, sentence_of
from bunri.platform.alerts.slack import Alert, SlackAlerts
from bunri.platform.backup.archive import ArchiveReader
from bunri.platform.backup.cluster import ship, system_of
from bunri.platform.backup.drill import drill
from bunri.platform.backup.due import backup_due, drill_due
from bunri.platform.backup.encryption import read_identities
from bunri.platform.backup.errors import BackupUnderWay
from bunri.platform.backup.manifest import DrillResult
from bunri.platform.backup.status import StatusStore
from bunri.platform.backup.taking import take
from bunri.platform.backup.targets import Target
from bunri.platform.cache import Cache

log = structlog.get_logger(__name__)


def run(settings: Settings, say: Callable[[str], None], lang: Language = "en") -> None:
    """Does what is due at the target of the settings. Raises what went wrong, after it has told it to Prometheus and
    Slack; another backup that is under way is nothing wrong. Must run in the main thread."""
    store = StatusStore(settings.cache_address("common"))
    try:
        with opened_target(settings) as target:
            _Run(settings, target, store, say, lang).run()
    except BackupUnderWay:
        return
    except BunriError as error:
        store.failed(error.code)
        _alert(settings, Alert("backup.failed", text("backup.alerts.failed", lang), sentence(error, lang)))
        raise
    finally:
        store.close()


class _Run:
    def __init__(
        self, settings: Settings, target: Target, store: StatusStore, say: Callable[[str], None], lang: Language
    ) -> None:
        self._settings = settings
        self._rules = settings.backup
        self._target = target
        self._store = store
        self._say = say
        self._lang = lang

    def run(self) -> None:
        self._ship()
        archives = self._target.archives()
        newest = archives[0].created_at if archives else None
        failed_at = self._failed_at()
        if backup_due(datetime.now(UTC), newest, self._rules.at, failed_at):
            self._back_up()
        elif failed_at and not backup_due(datetime.now(UTC), newest, self._rules.at):
            self._works_again()  # it was the log that could not be taken away
        self._drill_if_due()

    def _failed_at(self) -> datetime | None:
        try:
            return self._store.load().failed_at
        except redis.RedisError:
            return None

    def _ship(self) -> None:
        if self._rules.wal:
            system = system_of(embedded_owner(self._settings))
            count = ship(self._settings.data, self._target, system, self._rules.recipients)
            log.info("backup.shipped", files=count)

    def _back_up(self) -> None:
        with source_of(self._settings) as source:
            summary = take(source, self._target, self._rules)
        self._store.succeeded(summary)
        log.info("backup.made", name=summary.name, bytes=summary.size, seconds=summary.seconds)
        self._works_again()

    def _works_again(self) -> None:
        self._store.recovered()
        title = text("backup.alerts.works", self._lang)
        _alert(self._settings, Alert("backup.failed", title, self._target.label, firing=False))

    def _drill_if_due(self) -> None:
        archives, last = self._target.archives(), self._target.drill()
        newest = archives[0] if archives else None
        due = drill_due(
            datetime.now(UTC), last.at if last else None, self._rules.drill_every, newest.created_at if newest else None
        )
        if newest is None or not due or (newest.encrypted and self._rules.identity_file is None):
            return
        identities = read_identities(self._rules.identity_file) if self._rules.identity_file else []
        reader = ArchiveReader(newest.name, lambda: self._target.open(newest.name), identities)
        result = drill(reader, drill_plan(self._settings))
        self._target.note_drill(result)
        self._store.drilled(result)
        told = told_drill(result, self._lang)
        self._say(told)
        title = text(f"backup.alerts.{'restores' if result.ok else 'does_not_restore'}", self._lang)
        _alert(self._settings, Alert("backup.drill", title, told, firing=not result.ok))


def told_drill(result: DrillResult, lang: Language) -> str:
    """A drill in a sentence."""
    if not result.ok:
        why = sentence_of((result.code or "internal",), {"name": result.name}, lang)
        return text("backup.drill_failed", lang, name=result.name, code=result.code, why=why)
    picture = text("backup.with_picture", lang, key=result.picture) if result.picture else ""
    counts = {"rows": f"{result.rows:,}", "tables": result.tables, "seconds": f"{result.seconds:.1f}"}
    return text("backup.drilled", lang, name=result.name, picture=picture, **counts)


def _alert(settings: Settings, alert: Alert) -> None:
    async def send() -> None:
        memory = Cache(settings.cache_address("common"))
        try:
            await SlackAlerts(settings.alerts, memory).send(alert)
        finally:
            await memory.close()

    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(send())
