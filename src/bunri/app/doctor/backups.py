"""Backups: whether there is a young one, and whether it was shown to restore. What lies at the target counts."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from bunri.app.backups import opened_target
from bunri.app.doctor.found import note, severe
from bunri.app.finding import Finding
from bunri.app.settings import Settings
from bunri.kit.errors import BunriError
from bunri.kit.languages import Language
from bunri.kit.sentences import sentence, sentence_of
from bunri.platform.backup.manifest import DrillResult

WITHIN_S: Final = 4.0
"""For each answer of the target."""
TOO_OLD: Final = timedelta(hours=36)
"""As BunriBackupMissing (deploy/monitoring/alerts.yaml)."""
DRILL_LATE: Final = timedelta(days=3)
"""Beyond the time between two drills, as BunriDrillFailed."""


def backup_findings(settings: Settings, at: datetime, lang: Language) -> Iterator[Finding]:
    """Blocks: it reads what lies at the target."""
    rules = settings.backup
    if rules.target is None:
        yield note("backups_not_planned")
        return
    yield from _beside(settings.data, rules.target.get_secret_value())
    if rules.recipients and rules.identity_file is None:
        yield note("drills_without_key")
    try:
        with opened_target(settings, within_s=WITHIN_S) as target:
            archives, drill, place = target.archives(), target.drill(), target.label
    except BunriError as error:
        yield severe("backups_unreadable", reason=sentence(error, lang))
        return
    if not archives:
        yield severe("backup_none", place=place)
    elif at - archives[0].created_at > TOO_OLD:
        yield severe("backup_old", place=place, hours=_hours(at - archives[0].created_at))
    if drill is not None:
        yield from _of_drill(drill, at, rules.drill_every, lang)


def _of_drill(drill: DrillResult, at: datetime, every: timedelta, lang: Language) -> Iterator[Finding]:
    if not drill.ok:
        why = sentence_of((drill.code or "internal",), {"name": drill.name}, lang)
        yield severe("drill_failed", name=drill.name, why=why)
    elif at - drill.at > every + DRILL_LATE:
        yield note("drill_old", days=(at - drill.at).days)


def _beside(data: Path, target: str) -> Iterator[Finding]:
    """A backup on the disk of what it is of goes with it."""
    folder = Path(unquote(target.removeprefix("file://"))).expanduser()
    local = urlsplit(target).scheme in ("", "file") and folder.is_dir() and data.is_dir()
    if local and folder.stat().st_dev == data.stat().st_dev:
        yield note("backups_beside", place=folder)


def _hours(time: timedelta) -> int:
    return int(time.total_seconds() // 3600)
