"""PostgreSQL and Valkey: whether they answer, are new enough, and keep what they are given."""

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from bunri.app.doctor.found import note, severe
from bunri.app.finding import Finding
from bunri.app.migrations import schemas_of
from bunri.app.registry import Registry
from bunri.app.settings import Settings
from bunri.kit.clock import Clock, now
from bunri.kit.errors import BunriError
from bunri.platform.cache import server as valkey
from bunri.platform.cache.valkey import CacheUnavailable
from bunri.platform.db import server as postgres
from bunri.platform.db.address import owner_address
from bunri.platform.db.engine import DatabaseUnavailable
from bunri.platform.db.migrate import SchemaVersion, versions

OLDEST_POSTGRES: Final = 180_000
"""``uuidv7()`` came with 18."""
OLDEST_VALKEY: Final = (6, 2)
"""``ZADD … GT`` and ``ZRANGE … BYSCORE`` (Redis 6.2; every Valkey has them)."""
CLOCK_MAY_DIFFER_S: Final = 5.0
CONCERNS: Final = ("sessions", "jobs", "llm_cache", "common", "broker")
MUST_KEEP: Final = ("sessions", "common", "broker")
"""Numbers of Valkey whose content is not a copy: ended sessions, presence, messages (docs/operations/limits.md)."""


async def database_findings(settings: Settings, registry: Registry, clock: Clock = now) -> list[Finding]:
    owner = owner_address(str(settings.database_url))
    try:
        facts = await postgres.server_facts(owner, clock)
        schemas = await versions(owner, schemas_of(registry))
    except DatabaseUnavailable as error:
        return [severe("database_away", server=_server(str(settings.database_url)), reason=_reason(error))]
    return [*_of_postgres(facts), *migration_findings(schemas)]


def _of_postgres(facts: postgres.ServerFacts, oldest: int = OLDEST_POSTGRES) -> Iterator[Finding]:
    if facts.version < oldest:
        yield severe("database_old", version=facts.version // 10_000, oldest=oldest // 10_000)
    if abs(facts.ahead_s) > CLOCK_MAY_DIFFER_S:
        kind = "clock_behind" if facts.ahead_s > 0 else "clock_ahead"
        yield severe(kind, seconds=f"{abs(facts.ahead_s):,.0f}")
    if not facts.survives_crashes:
        yield severe("database_forgets")


def migration_findings(schemas: dict[str, SchemaVersion]) -> Iterator[Finding]:
    behind = [name for name, version in schemas.items() if version.behind]
    too_new = [name for name, version in schemas.items() if version.too_new]
    newer = [name for name, version in schemas.items() if version.ahead and not version.too_new]
    if behind:
        yield severe("migrations_behind", schemas=", ".join(behind))
    if too_new:
        yield severe("migrations_ahead", schemas=", ".join(too_new))
    if newer:
        yield note("migrations_newer", schemas=", ".join(newer))


async def valkey_findings(settings: Settings) -> list[Finding]:
    """Of each server once, whichever numbers it has."""
    found: list[Finding] = []
    for name, concerns in _valkeys(settings).items():
        try:
            facts = await valkey.server_facts(settings.cache_address(concerns[0]))
        except CacheUnavailable as error:
            found.append(severe("valkey_away", server=name, concerns=", ".join(concerns), reason=_reason(error)))
            continue
        found += _of_valkey(facts, name, concerns)
    return found


def _valkeys(settings: Settings) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for concern in CONCERNS:
        try:
            found.setdefault(_server(settings.cache_address(concern)), []).append(concern)
        except ValueError:  # neither it nor a Valkey for all is set
            continue
    return found


def _of_valkey(
    facts: valkey.ServerFacts, name: str, concerns: list[str], oldest: tuple[int, int] = OLDEST_VALKEY
) -> Iterator[Finding]:
    if facts.version < oldest:
        version = ".".join(map(str, facts.version))
        yield severe("valkey_old", server=name, version=version, oldest=".".join(map(str, oldest)))
    kept = ", ".join(concern for concern in concerns if concern in MUST_KEEP)
    if kept and not facts.appends:
        yield severe("valkey_forgets", server=name, concerns=kept)
    if kept and facts.policy.startswith("allkeys-"):
        yield severe("valkey_evicts", server=name, policy=facts.policy, concerns=kept)
    endless = facts.listener_buffer == 0
    if "common" in concerns and (endless or (facts.memory and (facts.listener_buffer or 0) > facts.memory // 2)):
        yield note("valkey_buffers", server=name)


def _server(url: str) -> str:
    """Where it is, without user and password."""
    parts = urlsplit(url)
    return parts.netloc.rpartition("@")[2] or parts.query.removeprefix("host=") or parts.path


def _reason(error: BunriError) -> str:
    return str(error.data.get("reason") or error.__cause__ or error.code)
