import os
import signal
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import psutil
import pytest
import redis.asyncio as redis
from tests.platform.embedded.conftest import Hold
from tests.platform.embedded.processes import family, gone, running

from bunri.platform.embedded import (
    Addresses,
    DataDirectoryInUse,
    DataDirectoryUnusable,
    EmbeddedServers,
    ServerFailed,
    attach,
)
from bunri.platform.embedded.account import server_account
from bunri.platform.embedded.postgres import buffers_mib, socket_folder
from bunri.platform.embedded.valkey import MEMORY_MB

as_root = pytest.mark.skipif(
    os.geteuid() != 0, reason="only as root do the servers get an account of their own; CI runs it as root"
)


async def remember(addresses: Addresses, word: str) -> None:
    assert addresses.database_url
    assert addresses.valkey_url
    connection = await asyncpg.connect(addresses.database_url)
    await connection.execute("create table if not exists words (word text)")
    await connection.execute("insert into words values ($1)", word)
    await connection.close()
    async with redis.from_url(f"{addresses.valkey_url}/4") as client:
        await client.sadd("words", word)


async def remembered(addresses: Addresses) -> tuple[set[str], set[str]]:
    assert addresses.database_url
    assert addresses.valkey_url
    connection = await asyncpg.connect(addresses.database_url)
    rows = await connection.fetch("select word from words")
    await connection.close()
    async with redis.from_url(f"{addresses.valkey_url}/4", decode_responses=True) as client:
        return {row["word"] for row in rows}, {str(word) for word in await client.smembers("words")}


def deaths(servers: EmbeddedServers) -> list[str]:
    while not (dead := servers.poll()):
        time.sleep(0.01)
    return dead


def urls_of(addresses: Addresses) -> list[str | None]:
    return [addresses.database_url, addresses.valkey_url]


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServers]:
    servers = EmbeddedServers(tmp_path_factory.mktemp("data"))
    servers.start()
    yield servers
    servers.stop()


class TestStart:
    async def test_both_answer_and_starting_again_changes_nothing(self, servers: EmbeddedServers) -> None:
        before = servers.pids
        await remember(servers.start(), "유리병")
        assert servers.pids == before
        assert await remembered(servers.addresses) == ({"유리병"}, {"유리병"})

    async def test_the_database_is_utf8_with_what_the_domains_need(self, servers: EmbeddedServers) -> None:
        connection = await asyncpg.connect(servers.addresses.database_url)
        for extension in ("cube", "earthdistance", "pg_trgm"):
            await connection.execute(f"create extension {extension}")
        assert await connection.fetchval("show server_encoding") == "UTF8"
        assert await connection.fetchval("select cardinality(show_trgm('유리병'))") == 4
        assert await connection.fetchval("select uuidv7() is not null")
        assert await connection.fetchval("show fsync") == "on"
        await connection.close()

    async def test_nobody_comes_in_without_the_password(self, servers: EmbeddedServers) -> None:
        url = urlsplit(servers.addresses.database_url or "")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(f"postgresql://bunri:wrong@/bunri?{url.query}")
        port = urlsplit(servers.addresses.valkey_url or "").port
        async with redis.from_url(f"redis://127.0.0.1:{port}/0") as stranger:
            with pytest.raises(redis.AuthenticationError):
                await stranger.get("words")

    async def test_the_broker_neither_loses_nor_evicts_and_caches_are_bounded(self, servers: EmbeddedServers) -> None:
        async with redis.from_url(f"{servers.addresses.valkey_url}/0", decode_responses=True) as client:
            settings = await client.config_get("append*", "maxmemory*", "databases")
        assert settings["appendonly"] == "yes"
        assert settings["appendfsync"] == "everysec"
        assert settings["maxmemory-policy"] == "volatile-lru"
        assert settings["maxmemory"] == str(MEMORY_MB * 2**20)
        assert settings["databases"] == "16"

    def test_no_command_line_tells_a_password(self, servers: EmbeddedServers) -> None:
        secrets = [urlsplit(url or "").password for url in urls_of(servers.addresses)]
        lines = [" ".join(psutil.Process(pid).cmdline()) for pid in servers.pids.values()]
        assert all(secrets)
        assert not any(secret in line for secret in secrets if secret for line in lines)

    def test_only_one_can_be_asked_for(self, tmp_path: Path) -> None:
        servers = EmbeddedServers(tmp_path, postgres=False)
        try:
            assert servers.start().database_url is None
            assert list(servers.pids) == ["valkey"]
        finally:
            servers.stop()

    def test_none_can_be_asked_for_and_the_directory_is_held_all_the_same(self, tmp_path: Path) -> None:
        servers = EmbeddedServers(tmp_path, postgres=False, valkey=False)
        assert servers.start() == servers.start() == Addresses(None, None)
        with pytest.raises(DataDirectoryInUse):
            EmbeddedServers(tmp_path).start()
        servers.stop()

    def test_a_directory_that_cannot_be_used_is_refused_with_the_reason(self, tmp_path: Path) -> None:
        (tmp_path / "secrets").write_text("not a folder")
        with pytest.raises(DataDirectoryUnusable, match="File exists"):
            EmbeddedServers(tmp_path).start()

    def test_a_deep_directory_gets_its_socket_elsewhere(self, tmp_path: Path) -> None:
        deep = tmp_path / ("깊은 폴더, " * 8) / ("x" * 100)
        servers = EmbeddedServers(deep, valkey=False)
        try:
            addresses = servers.start()
            [folder] = parse_qs(urlsplit(addresses.database_url or "").query)["host"]
            assert (Path(folder) / ".s.PGSQL.5432").is_socket()
            assert stat.S_IMODE(Path(folder).stat().st_mode) == 0o700
        finally:
            servers.stop()
        assert not Path(folder).exists()

    def test_a_socket_folder_that_somebody_else_prepared_is_not_used(self, tmp_path: Path) -> None:
        deep = tmp_path / ("x" * 100)
        folder = socket_folder(deep, server_account(deep / "postgres"))
        folder.symlink_to(tmp_path)
        try:
            with pytest.raises(DataDirectoryUnusable, match="not a private folder"):
                EmbeddedServers(deep, valkey=False).start()
        finally:
            folder.unlink()

    def test_a_server_that_fails_shows_its_last_words_and_leaves_nothing_running(self, tmp_path: Path) -> None:
        (tmp_path / "postgres").mkdir(mode=0o700)
        (tmp_path / "postgres" / "PG_VERSION").write_text("9.6\n")
        servers = EmbeddedServers(tmp_path)
        with pytest.raises(ServerFailed, match="postgres"):
            servers.start()
        assert servers.pids == {}
        assert attach(tmp_path) is None


class TestASecondProcess:
    def test_is_told_who_holds_the_directory(self, hold: Hold, place: Path) -> None:
        holder = hold(place / "data")
        with pytest.raises(DataDirectoryInUse) as refusal:
            EmbeddedServers(place / "data").start()
        assert refusal.value.data["pid"] == holder.process.pid
        assert refusal.value.data["what"] == "a test"

    def test_can_use_the_servers_that_run(self, hold: Hold, place: Path) -> None:
        holder = hold(place / "data")
        assert attach(place / "data") == Addresses(holder.database_url, holder.valkey_url)
        assert stat.S_IMODE((place / "data" / "running.json").stat().st_mode) == 0o600

    def test_is_not_fooled_by_what_a_crash_left(self, hold: Hold, place: Path) -> None:
        holder = hold(place / "data")
        holder.process.kill()
        assert gone(list(holder.pids.values()))
        assert (place / "data" / "running.json").exists()
        assert attach(place / "data") is None

    def test_finds_nothing_where_nothing_was(self, tmp_path: Path) -> None:
        assert attach(tmp_path / "nowhere") is None


class TestTheEndOfTheOwner:
    @pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
    def test_takes_the_servers_along(self, hold: Hold, place: Path, end: signal.Signals) -> None:
        holder = hold(place / "data")
        everything = family(holder.process.pid)
        assert set(holder.pids.values()) < set(everything)
        holder.process.send_signal(end)
        holder.process.wait()
        assert gone(everything)


class TestACrash:
    async def test_of_everything_loses_nothing_and_blocks_nothing(self, hold: Hold, place: Path) -> None:
        holder = hold(place / "data")
        await remember(Addresses(holder.database_url, holder.valkey_url), "before")
        for pid in family(holder.process.pid):
            with suppress(ProcessLookupError):  # some go by themselves
                os.kill(pid, signal.SIGKILL)
        assert gone(list(holder.pids.values()))
        # Another process has taken the number of the dead postmaster meanwhile.
        stale = place / "data" / "postgres" / "postmaster.pid"
        stale.write_text(stale.read_text().replace(str(holder.pids["postgres"]), str(os.getppid()), 1))
        again = hold(place / "data")
        assert await remembered(Addresses(again.database_url, again.valkey_url)) == ({"before"}, {"before"})

    def test_while_making_the_cluster_leaves_no_half_one(self, tmp_path: Path) -> None:
        half = tmp_path / "postgres.new"
        half.mkdir()
        (half / "PG_VERSION").write_text("18\n")
        servers = EmbeddedServers(tmp_path, valkey=False)
        servers.start()
        servers.stop()
        assert not half.exists()

    async def test_of_one_server_is_noticed_and_mended_at_the_same_address(self, servers: EmbeddedServers) -> None:
        addresses = servers.addresses
        await remember(addresses, "kept")
        for name, pid in servers.pids.items():
            os.kill(pid, signal.SIGKILL)
            assert deaths(servers) == [name]
            servers.restart(name)
            assert servers.poll() == []
        assert servers.addresses == addresses
        tables, sets = await remembered(addresses)
        assert "kept" in tables
        assert "kept" in sets


@as_root
class TestRoot:
    def test_lends_the_servers_an_account_without_rights(self, servers: EmbeddedServers) -> None:
        assert all(psutil.Process(pid).uids().effective != 0 for pid in servers.pids.values())

    def test_may_keep_its_data_where_only_root_comes(self, hold: Hold, place: Path) -> None:
        place.chmod(0o700)
        holder = hold(place / "private" / "data")
        assert all(running(pid) for pid in holder.pids.values())
        assert stat.S_IMODE(place.stat().st_mode) == 0o700

    async def test_can_take_over_the_data_of_a_user(self, hold: Hold, place: Path) -> None:
        os.chown(place, 65534, 65534)
        user = hold(place / "data", user=65534)
        await remember(Addresses(user.database_url, user.valkey_url), "user")
        user.process.kill()
        root = hold(place / "data")
        assert await remembered(Addresses(root.database_url, root.valkey_url)) == ({"user"}, {"user"})


@as_root
class TestANormalUser:
    @pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGKILL])
    async def test_runs_the_servers_as_itself(self, hold: Hold, place: Path, end: signal.Signals) -> None:
        os.chown(place, 65534, 65534)
        holder = hold(place / "data", user=65534)
        await remember(Addresses(holder.database_url, holder.valkey_url), "mine")
        everything = family(holder.process.pid)
        assert {psutil.Process(pid).uids().effective for pid in everything} == {65534}
        holder.process.send_signal(end)
        assert gone([pid for pid in everything if pid != holder.process.pid])


@pytest.mark.parametrize(("mib", "buffers"), [(512, 32), (1024, 32), (4096, 128), (24576, 256)])
def test_a_larger_machine_keeps_more_of_the_database_at_hand(mib: int, buffers: int) -> None:
    assert buffers_mib(mib * 2**20) == buffers
