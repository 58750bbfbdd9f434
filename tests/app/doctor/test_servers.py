"""What is wrong with PostgreSQL and Valkey: real ones, set up wrongly."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis
from tests.conftest import OwnSettings
from tests.support.platform import free_port

from bunri.app.doctor import servers
from bunri.app.doctor.servers import database_findings, valkey_findings
from bunri.app.finding import Finding
from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.kit.clock import now
from bunri.platform.cache.server import server_facts as valkey_facts
from bunri.platform.db.address import owner_address
from bunri.platform.db.migrate import migrate
from bunri.platform.db.server import server_facts
from bunri.platform.embedded import EmbeddedServers


@pytest.fixture(scope="module")
async def own(own_settings: OwnSettings) -> Settings:
    """Servers that nobody else uses."""
    return await own_settings()


@pytest.fixture(scope="module")
def second(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Another Valkey."""
    started = EmbeddedServers(tmp_path_factory.mktemp("second"), postgres=False, what="pytest")
    yield str(started.start().valkey_url)
    started.stop()


def kinds(findings: list[Finding]) -> list[str]:
    return [finding.kind for finding in findings]


async def database(settings: Settings, clock: Callable[[], datetime] = now) -> list[str]:
    return kinds(await database_findings(settings, REGISTRY, clock))


async def execute(url: str | None, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


class TestPostgres:
    async def test_a_sound_one(self, own: Settings) -> None:
        assert await database(own) == []

    async def test_one_that_is_away(self, own: Settings) -> None:
        port = free_port()
        away = own.model_copy(update={"database_url": f"postgresql://u:hidden@127.0.0.1:{port}/d"})
        (finding,) = await database_findings(away, REGISTRY)
        assert (finding.kind, finding.data["server"]) == ("database_away", f"127.0.0.1:{port}")
        assert "hidden" not in finding.sentence("en")

    async def test_one_that_refuses_the_password(self, own: Settings) -> None:
        url = owner_address(str(own.database_url)).set(drivername="postgresql", password="wrong")
        (finding,) = await database_findings(
            own.model_copy(update={"database_url": url.render_as_string(hide_password=False)}), REGISTRY
        )
        assert finding.kind == "database_away"
        assert "password authentication failed" in finding.data["reason"]

    async def test_one_that_never_answers(self, own: Settings) -> None:
        async with silent() as port:
            url = owner_address(f"postgresql://u:p@127.0.0.1:{port}/d")
            away = own.model_copy(update={"database_url": str(url.set(drivername="postgresql"))})
            assert await database(away) == ["database_away"]

    async def test_one_that_is_too_old(self, own: Settings) -> None:
        facts = await server_facts(owner_address(str(own.database_url)))
        assert kinds(list(servers._of_postgres(facts, facts.version))) == []
        assert kinds(list(servers._of_postgres(facts, facts.version + 1))) == ["database_old"]

    @pytest.mark.parametrize(("minutes", "kind"), [(-10, "clock_behind"), (10, "clock_ahead")])
    async def test_one_whose_clock_is_not_ours(self, own: Settings, minutes: int, kind: str) -> None:
        (finding,) = await database_findings(own, REGISTRY, lambda: now() + timedelta(minutes=minutes))
        assert finding.kind == kind
        assert 590 < int(finding.data["seconds"]) < 610

    async def test_one_that_does_not_wait_for_its_disk(self, lone_postgres: EmbeddedServers, own: Settings) -> None:
        url = str(lone_postgres.addresses.database_url)
        await migrate(owner_address(url), (), own.key("database roles"))
        lone = own.model_copy(update={"database_url": url})
        await execute(url, "alter system set fsync = off", "select pg_reload_conf()")
        try:
            async with asyncio.timeout(20):
                while "database_forgets" not in await database(lone):  # noqa: ASYNC110  # it reads it at its leisure
                    await asyncio.sleep(0.1)
        finally:
            await execute(url, "alter system reset fsync", "select pg_reload_conf()")

    async def test_one_that_bunri_was_never_in(self, lone_postgres: EmbeddedServers, own: Settings) -> None:
        lone = own.model_copy(update={"database_url": str(lone_postgres.addresses.database_url)})
        (finding,) = await database_findings(lone, REGISTRY)
        assert (finding.kind, finding.data["schemas"]) == ("migrations_behind", ", ".join(REGISTRY.schemas))

    async def test_one_of_another_version(self, own: Settings) -> None:
        change = "update waste.alembic_version set version_num = '{}'"
        connection = await asyncpg.connect(own.database_url)
        newest = await connection.fetchval("select version_num from waste.alembic_version")
        try:
            await connection.execute(change.format("waste_0001"))
            assert [(it.kind, it.data) for it in await database_findings(own, REGISTRY)] == [
                ("migrations_behind", {"schemas": "waste"})
            ]
            await connection.execute(change.format("waste_9999"))
            assert await database(own) == ["migrations_newer"]
            await connection.execute("comment on schema waste is 'versions need waste_9998'")
            assert await database(own) == ["migrations_ahead"]
        finally:
            await connection.execute("comment on schema waste is null")
            await connection.execute(change.format(newest))
            await connection.close()


class TestValkey:
    async def test_a_sound_one(self, own: Settings) -> None:
        assert await valkey_findings(own) == []

    @pytest.mark.parametrize(
        ("name", "value", "kind"),
        [
            ("appendonly", "no", "valkey_forgets"),
            ("maxmemory-policy", "allkeys-lru", "valkey_evicts"),
            ("client-output-buffer-limit", "pubsub 0 0 0", "valkey_buffers"),
            ("client-output-buffer-limit", "pubsub 200mb 8mb 60", "valkey_buffers"),
        ],
    )
    async def test_one_that_is_set_up_wrongly(self, own: Settings, name: str, value: str, kind: str) -> None:
        async with changed(str(own.valkey_url), name, value):
            assert kinds(await valkey_findings(own)) == [kind]
        assert await valkey_findings(own) == []

    async def test_one_of_caches_alone_may_forget(self, own: Settings, second: str) -> None:
        apart = own.model_copy(update={"jobs_url": f"{second}/1", "llm_cache_url": f"{second}/2"})
        async with changed(second, "appendonly", "no"), changed(second, "maxmemory-policy", "allkeys-lru"):
            assert await valkey_findings(apart) == []
            broker = own.model_copy(update={"broker_url": f"{second}/4"})
            assert kinds(await valkey_findings(broker)) == ["valkey_forgets", "valkey_evicts"]

    async def test_one_that_is_away_is_named_once(self, own: Settings) -> None:
        port = free_port()
        away = own.model_copy(update={"valkey_url": f"redis://:hidden@127.0.0.1:{port}"})
        (finding,) = await valkey_findings(away)
        assert (finding.kind, finding.data["server"]) == ("valkey_away", f"127.0.0.1:{port}")
        assert "hidden" not in finding.sentence("en")

    async def test_one_that_never_answers(self, own: Settings) -> None:
        async with silent() as port:
            away = own.model_copy(update={"broker_url": f"redis://127.0.0.1:{port}/4"})
            (finding,) = await valkey_findings(away)
            assert (finding.kind, finding.data["concerns"]) == ("valkey_away", "broker")

    async def test_one_that_is_too_old(self, own: Settings) -> None:
        facts = await valkey_facts(f"{own.valkey_url}/0")
        assert facts.name == "Valkey"
        assert kinds(list(servers._of_valkey(facts, "it", ["broker"], (99, 0)))) == ["valkey_old"]


@asynccontextmanager
async def changed(url: str, name: str, value: str) -> AsyncIterator[None]:
    server: Any = Redis.from_url(url, decode_responses=True)
    before = (await server.config_get(name))[name]
    await server.config_set(name, value)
    try:
        yield
    finally:
        await server.config_set(name, before)
        await server.aclose()


@asynccontextmanager
async def silent() -> AsyncIterator[int]:
    """A port where connections are taken and nothing is ever said."""
    ending = asyncio.Event()

    async def wait(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await ending.wait()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        ending.set()
        server.close()
        await server.wait_closed()
