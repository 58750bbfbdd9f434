"""All looks one after another, those over a network at once."""

import asyncio
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bunri.app.deployment.check import read_settings, unknown_settings
from bunri.app.doctor import given, machine
from bunri.app.doctor.backups import backup_findings
from bunri.app.doctor.found import note
from bunri.app.doctor.outside import certificate_findings, outside_findings
from bunri.app.doctor.servers import database_findings, valkey_findings
from bunri.app.doctor.work import work_findings
from bunri.app.finding import Finding
from bunri.app.migrations import known_revisions
from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import SecretMissing, Settings
from bunri.app.status import status_of
from bunri.kit.clock import Clock, now
from bunri.kit.languages import Language


@dataclass(frozen=True)
class Examination:
    """``given``: the settings as they were given, ``running``: the same with the servers that run (None: none do). Both
    raise what is wrong with them."""

    given: Callable[[], Settings]
    running: Callable[[], Settings | None]
    host: str = "127.0.0.1"
    port: int = 8000
    certificates: Sequence[Path] = ()
    lang: Language = "ko"
    registry: Registry = REGISTRY
    clock: Clock = now
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def findings(self) -> list[Finding]:
        """Everything that is wrong, the worst first. Nothing is started or changed."""
        settings, found = read_settings(self.given)
        found += unknown_settings(self.environment)
        found += certificate_findings(self.certificates, self.clock())
        if settings is not None:
            found += self._here(settings)
            found += self._running(settings)
        return sorted(found, key=lambda finding: not finding.severe)

    def _here(self, settings: Settings) -> list[Finding]:
        authorities = [settings.mail.ca_file] if settings.mail.ca_file else []
        return [
            *given.contradictions(settings),
            *given.open_secrets(settings, self.environment),
            *machine.machine_findings(settings, embedded=settings.database_url is None),
            *certificate_findings(authorities, self.clock()),
            *backup_findings(settings, self.clock(), self.lang),
        ]

    def _running(self, settings: Settings) -> list[Finding]:
        try:
            running = self.running()
        except SecretMissing:  # told by ``contradictions``
            return []
        if running is None:
            return [*machine.port(self.host, self.port), note("nothing_runs", path=settings.data), *self._ask(settings)]
        return asyncio.run(self._look(running))

    def _ask(self, settings: Settings) -> list[Finding]:
        return asyncio.run(outside_findings(settings, self.clock()))

    async def _look(self, running: Settings) -> list[Finding]:
        known_revisions(self.registry)  # reads files, and is remembered: afterwards others' time would run
        async with asyncio.TaskGroup() as looking:
            database = looking.create_task(database_findings(running, self.registry, self.clock))
            valkey = looking.create_task(valkey_findings(running))
            outside = looking.create_task(outside_findings(running, self.clock()))
            status = looking.create_task(status_of(running, self.registry))
        answers = not any(each.kind in ("database_away", "migrations_behind") for each in database.result())
        work = work_findings(status.result(), self.lang, database_answers=answers)
        return [*database.result(), *valkey.result(), *work, *outside.result()]


def works(findings: Sequence[Finding]) -> bool:
    return not any(finding.severe for finding in findings)
