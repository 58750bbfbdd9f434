"""What is asked of clamd, and what counts as an answer."""

import secrets
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.clamd import EICAR, Answer, clamd, endless, hang, hang_up, saying, trickle
from tests.support.platform import free_port

from bunri.platform.clamav import Clamd, ClamdAddress, ScannerUnavailable


def scanner(address: str, seconds: float = 20) -> Clamd:
    return Clamd(ClamdAddress.parse(address), timedelta(seconds=seconds))


@pytest.fixture
def socket_path() -> Iterator[Path]:
    """Short: a socket's path has at most some hundred bytes."""
    with tempfile.TemporaryDirectory(prefix="clamd") as folder:
        yield Path(folder) / "clamd.ctl"


class TestAddress:
    def test_is_a_path_or_a_host(self) -> None:
        assert ClamdAddress.parse("unix:///run/clamav/clamd.ctl") == ClamdAddress(path="/run/clamav/clamd.ctl")
        assert ClamdAddress.parse("tcp://scanner:3311") == ClamdAddress(host="scanner", port=3311)
        assert ClamdAddress.parse("tcp://[::1]") == ClamdAddress(host="::1", port=3310)

    @pytest.mark.parametrize("written", ["", "clamd", "http://a", "unix://", "unix://host/path", "tcp://", "tcp://a/b"])
    def test_anything_else_is_refused(self, written: str) -> None:
        with pytest.raises(ValueError, match="clamd's address"):
            ClamdAddress.parse(written)


@pytest.mark.parametrize("local", [False, True], ids=["tcp", "unix"])
async def test_each_byte_is_looked_at(socket_path: Path, local: bool) -> None:
    data = secrets.token_bytes(300_001)
    async with clamd(socket_path if local else None) as server:
        assert await scanner(server.address).scan(data) is None
        assert await scanner(server.address).scan(data + EICAR) == "Eicar-Test-Signature"
        await scanner(server.address).check()
    assert server.scanned == [data, data + EICAR]


async def test_a_refusal_before_everything_was_sent_is_no_answer() -> None:
    async with clamd(largest=100_000) as server:
        with pytest.raises(ScannerUnavailable):
            await scanner(server.address).scan(bytes(30 * 2**20))


@pytest.mark.parametrize(
    "answer",
    [
        saying(b"stream: Can't allocate memory ERROR\0"),
        saying(b"stream: OK"),
        saying(b"OK\0"),
        saying(b"\0"),
        saying(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
        saying(bytes(range(255, 0, -1)) + b"\0"),
        saying(b"FOUND\0"),
        hang_up,
        endless,
    ],
    ids=["error", "unfinished", "other", "empty", "http", "garbage", "no-name", "hang-up", "endless"],
)
async def test_whatever_is_not_clearly_clean_is_no_answer(answer: Answer) -> None:
    async with clamd(answer=answer) as server:
        with pytest.raises(ScannerUnavailable):
            await scanner(server.address).scan(b"data")


@pytest.mark.parametrize("answer", [hang, trickle])
async def test_one_that_does_not_come_to_an_end_is_not_waited_for(answer: Answer) -> None:
    async with clamd(answer=answer) as server:
        with pytest.raises(ScannerUnavailable) as told:
            await scanner(server.address, 0.2).scan(b"data")
    assert "0.2 s" in str(told.value.data["reason"])


async def test_one_that_is_away_is_unavailable(socket_path: Path) -> None:
    for address in (f"tcp://127.0.0.1:{free_port()}", f"unix://{socket_path}"):
        for ask in (scanner(address).scan(b"data"), scanner(address).check()):
            with pytest.raises(ScannerUnavailable):
                await ask
