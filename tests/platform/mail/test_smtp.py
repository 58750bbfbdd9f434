"""Mail over real sockets, to servers that take it, say no, or break the protocol."""

import asyncio
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import uvloop
from tests.support import smtp
from tests.support.platform import free_port
from tests.support.smtp import Certificate, Inbox, Talk, broken_server, mail_server, says, self_signed, settings_for

from bunri.kit.ids import new_id
from bunri.platform.mail import Mail, MailRefused, MailUnavailable
from bunri.platform.mail.settings import MailSettings
from bunri.platform.mail.smtp import SmtpMailer


def mailer_of(settings: MailSettings) -> SmtpMailer:
    assert settings.server
    return SmtpMailer(settings, settings.server)


def mail_to(to: str = "you@example.org", **more: Any) -> Mail:
    words = {"subject": "확인해 주세요", "text": "안녕하세요\n.점\n", "html": "<p>안녕하세요</p>", "language": "ko"}
    return Mail(**{"to": to, **words, **more})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


class TestTaken:
    async def test_a_mail_arrives_as_it_was_written(self, inbox: Inbox) -> None:
        mail = mail_to(id=new_id(), unsubscribe_url="https://bunri.example/unsubscribe?token=" + "a" * 200)
        async with mail_server(inbox) as port:
            await mailer_of(settings_for(port)).send(mail)
        [received] = inbox.received
        assert (received.sender, received.recipients) == ("no-reply@bunri.example", ["you@example.org"])
        assert received.content.isascii()
        message = received.message
        assert (message["From"], message["To"]) == ("분리 <no-reply@bunri.example>", "you@example.org")
        assert message["Subject"] == mail.subject
        assert message["Message-ID"] == f"<{mail.id}@bunri.example>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe"] == f"<{mail.unsubscribe_url}>"
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["Date"].datetime.utcoffset() is not None
        text, html = message.get_body(("plain",)), message.get_body(("html",))
        assert isinstance(text, EmailMessage)
        assert isinstance(html, EmailMessage)
        assert text.get_content().replace("\r\n", "\n") == mail.text
        assert html.get_content().strip() == mail.html

    async def test_an_address_below_a_korean_domain(self, inbox: Inbox) -> None:
        async with mail_server(inbox) as port:
            await mailer_of(settings_for(port)).send(mail_to("you@한글.kr"))
        assert inbox.received[0].recipients == ["you@xn--bj0bj06e.kr"]

    async def test_a_server_that_hangs_once_it_has_taken_the_mail(self) -> None:
        """Otherwise the mail would be sent again."""
        replies = (b"220 hello", b"250 you", b"250 sender", b"250 recipient", b"354 go on")
        heard: list[bytes] = []

        async def takes(reader: Any, writer: Any) -> None:
            await reader.readuntil(b"\r\n")
            writer.write(replies[-1] + b"\r\n")
            heard.append(await reader.readuntil(b"\r\n.\r\n"))
            writer.write(b"250 taken\r\n")
            await smtp.hang(reader, writer)

        async with broken_server(says(*replies[:-1], then=takes)) as port:
            await mailer_of(settings_for(port)).send(mail_to())
        assert len(heard) == 1


class TestTls:
    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    async def test_a_certificate_that_nobody_vouches_for_is_refused(
        self, inbox: Inbox, certificate: Certificate, scheme: str
    ) -> None:
        how: dict[str, Any] = {"starttls" if scheme == "smtp" else "tls": certificate.context}
        async with mail_server(inbox, **how) as port:
            settings = settings_for(port, smtp_url=f"{scheme}://127.0.0.1:{port}", require_tls=scheme == "smtp")
            with pytest.raises(MailUnavailable, match="certificate"):
                await mailer_of(settings).send(mail_to())
        assert inbox.received == []

    @pytest.mark.parametrize("scheme", ["smtp", "smtps"])
    async def test_a_certificate_of_ca_file_is_trusted(
        self, inbox: Inbox, certificate: Certificate, scheme: str
    ) -> None:
        user = f"{quote(smtp.USER, safe='')}:{quote(smtp.PASSWORD, safe='')}"
        how: dict[str, Any] = {"starttls" if scheme == "smtp" else "tls": certificate.context}
        async with mail_server(inbox, accounts=True, **how) as port:
            url = f"{scheme}://{user}@127.0.0.1:{port}"
            settings = settings_for(port, smtp_url=url, require_tls=scheme == "smtp", ca_file=certificate.file)
            await mailer_of(settings).send(mail_to())
        [received] = inbox.received
        assert (received.over_tls, received.user) == (True, smtp.USER)

    async def test_a_certificate_for_another_name_is_refused(self, inbox: Inbox, certificate: Certificate) -> None:
        async with mail_server(inbox, starttls=certificate.context) as port:
            url = f"smtp://127.0.0.2:{port}"
            settings = settings_for(port, smtp_url=url, require_tls=True, ca_file=certificate.file)
            with pytest.raises(MailUnavailable):
                await mailer_of(settings).send(mail_to())
        assert inbox.received == []

    async def test_nothing_is_said_in_the_clear_where_tls_is_demanded(self, inbox: Inbox) -> None:
        """A server, or somebody in between, that does not offer STARTTLS gets neither password nor mail."""
        async with mail_server(inbox) as port:
            with pytest.raises(MailUnavailable, match="STARTTLS"):
                await mailer_of(settings_for(port, require_tls=True)).send(mail_to())
        assert inbox.received == []

    async def test_a_wrong_password_may_be_put_right(self, inbox: Inbox) -> None:
        async with mail_server(inbox, accounts=True) as port:
            url = f"smtp://{quote(smtp.USER, safe='')}:wrong@127.0.0.1:{port}"
            with pytest.raises(MailUnavailable, match="535") as raised:
                await mailer_of(settings_for(port, smtp_url=url)).send(mail_to())
        assert raised.value.concerns_all


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_workers_loop_does_the_same(certificate: Certificate, scheme: str) -> None:
    """Workers have uvloop, whose TLS is not that of asyncio."""
    inbox = Inbox()
    how: dict[str, Any] = {"starttls" if scheme == "smtp" else "tls": certificate.context}

    async def send() -> None:
        async with mail_server(inbox, **how) as port:
            settings = settings_for(port, smtp_url=f"{scheme}://127.0.0.1:{port}", require_tls=scheme == "smtp")
            with pytest.raises(MailUnavailable):
                await mailer_of(settings).send(mail_to())
            assert inbox.received == []
            await mailer_of(settings.model_copy(update={"ca_file": certificate.file})).send(mail_to())
        async with broken_server(smtp.hang) as port:
            with pytest.raises(MailUnavailable, match="timeout"):
                await mailer_of(settings_for(port, timeout_s=0.3)).send(mail_to())

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(send())
    assert [received.over_tls for received in inbox.received] == [True]


class TestRefused:
    @pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
    @pytest.mark.parametrize("reply", ["550 5.1.1 No such user", "552 5.3.4 Too big", "554 5.7.1 Spam"])
    async def test_a_final_no_is_final(self, inbox: Inbox, step: str, reply: str) -> None:
        inbox.replies[step] = reply
        async with mail_server(inbox) as port:
            with pytest.raises(MailRefused) as raised:
                await mailer_of(settings_for(port)).send(mail_to())
        assert raised.value.reason == reply

    @pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
    @pytest.mark.parametrize("reply", ["450 4.2.1 Try later", "451 4.7.1 Greylisted", "452 4.2.2 Full"])
    async def test_not_now_concerns_this_mail_alone(self, inbox: Inbox, step: str, reply: str) -> None:
        inbox.replies[step] = reply
        async with mail_server(inbox) as port:
            mailer = mailer_of(settings_for(port))
            for _ in range(7):  # more than the breaker would bear
                with pytest.raises(MailUnavailable) as raised:
                    await mailer.send(mail_to())
                assert (raised.value.reason, raised.value.concerns_all) == (reply, False)
            inbox.replies.clear()
            await mailer.send(mail_to())
        assert len(inbox.received) == 1

    async def test_421_concerns_every_mail(self, inbox: Inbox) -> None:
        inbox.replies["RCPT"] = "421 4.3.2 Shutting down"
        async with mail_server(inbox) as port:
            with pytest.raises(MailUnavailable, match="421") as raised:
                await mailer_of(settings_for(port)).send(mail_to())
        assert raised.value.concerns_all

    @pytest.mark.parametrize(
        "to",
        ["", "nobody", "a@b\r\nRCPT TO:<c@d>", "a@b c", "<a@b>", "a@-b.kr", "가@b.kr", "a@" + "b" * 300, "a,b@c.kr"],
    )
    async def test_an_address_that_is_none_reaches_no_server(self, inbox: Inbox, to: str) -> None:
        async with mail_server(inbox) as port:
            with pytest.raises(MailRefused, match="address"):
                await mailer_of(settings_for(port)).send(mail_to(to))
        assert inbox.received == []


class TestBroken:
    async def test_nobody_listens(self) -> None:
        with pytest.raises(MailUnavailable) as raised:
            await mailer_of(settings_for(free_port())).send(mail_to())
        assert raised.value.concerns_all

    async def test_a_host_that_does_not_exist(self) -> None:
        settings = settings_for(1, smtp_url="smtp://mail.invalid", require_tls=True)
        with pytest.raises(MailUnavailable):
            await mailer_of(settings).send(mail_to())

    async def test_a_server_that_hangs(self) -> None:
        async with broken_server(smtp.hang) as port:
            with pytest.raises(MailUnavailable) as raised:
                await mailer_of(settings_for(port, timeout_s=0.3)).send(mail_to())
        assert raised.value.reason == "timeout"

    @pytest.mark.parametrize(
        "talk",
        [
            smtp.garbage,
            smtp.endless,
            says(),
            says(b"421 too busy"),
            says(b"554 no mail here"),
            says(b"220 hello", b"500 what?", b"500 what?", b"500 what?"),
            says(b"220 hello", b"250 you", b"250 sender"),
            says(b"220 hello", b"250 you", b"250 sender", b"250 recipient", b"354 go on"),
            says(b"220 hello", b"250 you", b"\x00\xff", b"\x00\xff", b"\x00\xff", b"\x00\xff"),
            says(b"220 hello", b"250-endless", then=smtp.hang),
        ],
    )
    async def test_a_server_that_is_none_or_goes_away(self, talk: Talk) -> None:
        async with broken_server(talk) as port:
            with pytest.raises(MailUnavailable) as raised:
                await mailer_of(settings_for(port, timeout_s=2)).send(mail_to())
        assert raised.value.concerns_all
        assert "\n" not in raised.value.reason

    async def test_one_that_fails_again_and_again_is_left_alone_for_a_while(self) -> None:
        asked = 0

        async def count(_: Any, __: Any) -> None:
            nonlocal asked
            asked += 1

        async with broken_server(count) as port:
            mailer = mailer_of(settings_for(port))
            for _ in range(8):
                with pytest.raises(MailUnavailable) as raised:
                    await mailer.send(mail_to())
        assert (asked, raised.value.reason) == (5, "circuit_open")

    async def test_a_file_of_authorities_that_holds_none(self, tmp_path: Path) -> None:
        """It was there when the settings were read."""
        file = tmp_path / "ca.pem"
        file.write_text("no certificate")
        settings = settings_for(1, smtp_url="smtps://127.0.0.1:1", ca_file=file)
        with pytest.raises(MailUnavailable):
            await mailer_of(settings).send(mail_to())
