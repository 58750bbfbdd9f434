"""What is set up and does not answer: real servers that are away, hang, or refuse us, and certificates that end."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from tests.support import clamd as scanners
from tests.support.platform import free_port
from tests.support.servers import ok, serving, status
from tests.support.smtp import PASSWORD, USER, Certificate, Inbox, broken_server, hang, mail_server, self_signed

from bunri.app.doctor import outside
from bunri.app.doctor.outside import certificate_findings, outside_findings
from bunri.app.finding import Finding
from bunri.app.settings import Settings
from bunri.kit.clock import now
from bunri.kit.languages import LANGUAGES, Language
from bunri.platform.vision.remote import ollama


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who hangs is waited for as little as it takes."""
    monkeypatch.setattr(outside, "WITHIN_S", 1.0)


@pytest.fixture(autouse=True)
def without_ollama(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever runs on the machine of these tests."""
    monkeypatch.setattr(ollama, "URL", f"http://127.0.0.1:{free_port()}")


async def found(**values: Any) -> list[Finding]:
    return await outside_findings(Settings.model_validate(values), now())


async def kinds(**values: Any) -> list[str]:
    return [finding.kind for finding in await found(**values)]


async def test_nothing_that_was_not_set_up_is_asked() -> None:
    assert await kinds() == []


class TestMail:
    def settings(self, port: int, user: str = "") -> dict[str, Any]:
        return {"smtp_url": f"smtp://{user}127.0.0.1:{port}", "sender": "bunri@example.org"}

    async def test_a_server_that_takes_mails_is_given_none(self) -> None:
        inbox = Inbox()
        async with mail_server(inbox) as port:
            assert await kinds(mail=self.settings(port)) == []
        assert inbox.received == []

    async def test_one_that_is_away(self) -> None:
        port = free_port()
        (finding,) = await found(mail=self.settings(port))
        assert (finding.kind, finding.data["host"], finding.data["port"]) == ("mail_away", "127.0.0.1", str(port))

    async def test_one_that_hangs(self) -> None:
        async with broken_server(hang) as port:
            (finding,) = await found(mail=self.settings(port))
        assert (finding.kind, finding.data["reason"]) == ("mail_away", "timeout")

    async def test_one_that_refuses_the_password(self) -> None:
        from urllib.parse import quote

        async with mail_server(Inbox(), accounts=True) as port:
            right, wrong = (f"{quote(USER)}:{quote(password, safe='')}@" for password in (PASSWORD, "wrong"))
            assert await kinds(mail=self.settings(port, right)) == []
            (finding,) = await found(mail=self.settings(port, wrong))
        assert finding.data["reason"].startswith("535")


@pytest.mark.parametrize("provider", ["claude", "openai"])
class TestLanguageModel:
    def settings(self, provider: str, url: str) -> dict[str, Any]:
        return {"provider": provider, "api_key": "a key", "base_url": url}

    async def test_one_that_answers(self, provider: str) -> None:
        models = {"data": [{"id": "a", "type": "model", "object": "model"}], "has_more": False, "object": "list"}
        async with serving(ok(models)) as server:
            assert await kinds(llm=self.settings(provider, server.url)) == []
        assert [request.path.removeprefix("/v1") for request in server.requests] == ["/models"]

    async def test_one_that_refuses_the_key(self, provider: str) -> None:
        async with serving(status(401, {"error": {"message": "no"}})) as server:
            (finding,) = await found(llm=self.settings(provider, server.url))
        assert (finding.kind, finding.data["reason"]) == ("language_model_away", "status_401")

    async def test_one_that_is_away(self, provider: str) -> None:
        (finding,) = await found(llm=self.settings(provider, f"http://127.0.0.1:{free_port()}"))
        assert finding.data["reason"] == "connection"

    async def test_one_that_hangs(self, provider: str) -> None:
        async with broken_server(hang) as port:
            (finding,) = await found(llm=self.settings(provider, f"http://127.0.0.1:{port}"))
        assert finding.data["reason"] == "timeout"


class TestVisionModel:
    MODELS: ClassVar = {"data": [{"id": "a", "object": "model"}], "object": "list"}

    @pytest.mark.parametrize("provider", ["ollama/qwen3-vl:8b", "openai", "claude"])
    async def test_one_that_answers_is_sent_no_photo(self, provider: str) -> None:
        async with serving(ok(self.MODELS)) as server:
            given = {"provider": provider, "api_key": "a key", "base_url": f"{server.url}/v1"}
            assert await kinds(remote_vision=given) == []
        assert [(each.method, each.body) for each in server.requests] == [("GET", b"")]

    async def test_one_that_is_away(self) -> None:
        given = {"provider": "ollama/qwen3-vl:8b", "base_url": f"http://127.0.0.1:{free_port()}/v1"}
        (finding,) = await found(remote_vision=given)
        assert (finding.kind, finding.data["name"]) == ("remote_vision_away", "ollama/qwen3-vl:8b")
        assert finding.data["reason"] == "connection"

    async def test_one_that_refuses_the_key(self) -> None:
        async with serving(status(401, {"error": {"message": "no"}})) as server:
            given = {"provider": "openai", "api_key": "wrong", "base_url": server.url}
            (finding,) = await found(remote_vision=given)
        assert (finding.kind, finding.data["reason"]) == ("remote_vision_away", "status_401")

    @pytest.mark.parametrize("language", LANGUAGES)
    async def test_an_ollama_of_this_machine_is_found_and_the_line_told(
        self, monkeypatch: pytest.MonkeyPatch, language: Language
    ) -> None:
        sees = {"name": "qwen3-vl:8b", "size": 6_000_000_000, "capabilities": ["completion", "vision"]}
        async with serving(ok({"models": [sees]})) as server:
            monkeypatch.setattr(ollama, "URL", server.url)
            (finding,) = await found()
        assert not finding.severe
        assert "BUNRI_REMOTE_VISION__PROVIDER=ollama/qwen3-vl:8b bunri up" in finding.sentence(language)
        assert [each.path for each in server.requests] == ["/api/tags"]

    async def test_with_a_model_chosen_nobody_looks_for_another(self, monkeypatch: pytest.MonkeyPatch) -> None:
        async with serving(ok({"models": []})) as nearby, serving(ok(self.MODELS)) as server:
            monkeypatch.setattr(ollama, "URL", nearby.url)
            await found(remote_vision={"provider": "ollama/a", "base_url": server.url})
        assert nearby.requests == []


class TestScanner:
    async def test_one_that_answers(self) -> None:
        async with scanners.clamd() as server:
            assert await kinds(chat={"clamav": server.address}) == []

    async def test_one_that_is_away_or_hangs(self) -> None:
        assert await kinds(chat={"clamav": f"tcp://127.0.0.1:{free_port()}"}) == ["scanner_away"]
        async with broken_server(hang) as port:
            assert await kinds(chat={"clamav": f"tcp://127.0.0.1:{port}"}) == ["scanner_away"]


class TestAddress:
    """``localhost`` is no address that people come to, so these name the machine's loopback by another name."""

    @pytest.fixture(autouse=True)
    def anywhere(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(outside, "is_public", bool)

    @pytest.fixture
    def certificate(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
        made = self_signed(tmp_path)
        monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
        return made

    async def test_one_that_leads_to_bunri(self) -> None:
        async with serving(ok({"status": "ok"})) as server:
            assert await kinds(public_url=server.url) == []
        assert [request.path for request in server.requests] == ["/health"]

    async def test_one_that_leads_elsewhere_or_nowhere(self) -> None:
        async with serving(status(404, {})) as server:
            (finding,) = await found(public_url=server.url)
        assert (finding.kind, finding.severe, finding.data["reason"]) == ("address_fails", False, "HTTP 404")
        assert await kinds(public_url=f"http://127.0.0.1:{free_port()}") == ["address_fails"]
        async with broken_server(hang) as port:
            assert await kinds(public_url=f"http://127.0.0.1:{port}") == ["address_fails"]

    async def test_one_whose_certificate_ends_soon(self, certificate: Certificate) -> None:
        async with tls_server(certificate.context) as port:
            (finding,) = await found(public_url=f"https://127.0.0.1:{port}")
        assert (finding.kind, finding.severe) == ("certificate_ends", True)

    async def test_one_whose_certificate_nobody_knows(
        self, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("SSL_CERT_FILE")
        async with tls_server(certificate.context) as port:
            (finding,) = await found(public_url=f"https://127.0.0.1:{port}")
        assert finding.kind == "address_fails"
        assert "certificate" in finding.data["reason"].lower()


class TestCertificateFiles:
    @pytest.fixture
    def file(self, tmp_path: Path) -> Path:
        return self_signed(tmp_path).file

    @pytest.mark.parametrize(
        ("days", "kinds"),
        [(-20, []), (-12, ["certificate_ends"]), (0, ["certificate_ends"]), (2, ["certificate_ended"])],
    )
    def test_what_is_left_of_one(self, file: Path, days: int, kinds: list[str]) -> None:
        """It is good for a day from now."""
        assert [it.kind for it in certificate_findings([file], now() + timedelta(days=days))] == kinds

    def test_of_a_chain_the_first_end_counts(self, file: Path, tmp_path: Path) -> None:
        (tmp_path / "later").mkdir()
        chain = tmp_path / "chain.pem"
        chain.write_bytes(self_signed(tmp_path / "later").file.read_bytes() + file.read_bytes())
        assert [it.kind for it in certificate_findings([chain], now())] == ["certificate_ends"]

    def test_one_that_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "empty.pem").touch()
        files = [tmp_path / "none.pem", tmp_path / "empty.pem"]
        assert [it.kind for it in certificate_findings(files, now())] == ["certificate_unreadable"] * 2


@asynccontextmanager
async def tls_server(context: ssl.SSLContext) -> AsyncIterator[int]:
    """Answers each request with 200, over TLS."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
