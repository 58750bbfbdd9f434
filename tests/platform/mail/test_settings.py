"""Settings of mail: what they mean, and what is refused at the start."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bunri.platform.mail.factory import open_mailer
from bunri.platform.mail.folder import MailFolder
from bunri.platform.mail.settings import MailSettings, SmtpServer
from bunri.platform.mail.smtp import SmtpMailer

SENDER = "분리 <no-reply@bunri.example>"


def settings(**given: Any) -> MailSettings:
    return MailSettings.model_validate(given)


def test_without_a_server_mails_become_files(tmp_path: Path) -> None:
    mailer = open_mailer(settings(), tmp_path)
    assert isinstance(mailer, MailFolder)
    assert mailer.folder == tmp_path / "outbox"


def test_with_a_server_they_are_sent(tmp_path: Path) -> None:
    assert isinstance(open_mailer(settings(smtp_url="smtp://127.0.0.1", sender=SENDER), tmp_path), SmtpMailer)


@pytest.mark.parametrize(
    ("url", "server", "starttls"),
    [
        ("smtp://mail.example.org", SmtpServer("mail.example.org", 587, False, None, None), True),
        ("smtps://mail.example.org", SmtpServer("mail.example.org", 465, True, None, None), False),
        (
            "smtp://me%40gmail.com:a%20b%2Fc@smtp.gmail.com:587\n",
            SmtpServer("smtp.gmail.com", 587, False, "me@gmail.com", "a b/c"),
            True,
        ),
        ("smtp://localhost:25", SmtpServer("localhost", 25, False, None, None), False),
        ("smtp://127.0.0.9:25", SmtpServer("127.0.0.9", 25, False, None, None), False),
        ("smtp://[::1]:25", SmtpServer("::1", 25, False, None, None), False),
    ],
)
def test_a_url_says_where_and_how(url: str, server: SmtpServer, starttls: bool) -> None:
    made = settings(smtp_url=url, sender=SENDER)
    assert (made.server, made.starttls) == (server, starttls)


def test_starttls_may_be_demanded_here_and_left_out_elsewhere() -> None:
    assert settings(smtp_url="smtp://127.0.0.1", sender=SENDER, require_tls=True).starttls
    assert not settings(smtp_url="smtp://mailpit:1025", sender=SENDER, require_tls=False).starttls


def test_the_user_is_the_sender_where_it_is_an_address() -> None:
    assert settings(smtp_url="smtp://me%40gmail.com:secret@smtp.gmail.com").from_.address == "me@gmail.com"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"smtp_url": "http://h", "sender": SENDER}, "smtp_url is smtp://"),
        ({"smtp_url": "smtp://", "sender": SENDER}, "smtp_url is smtp://"),
        ({"smtp_url": "smtp://u:hidden/x@h", "sender": SENDER}, "smtp_url"),
        ({"smtp_url": "smtp://u:hidden#x@h", "sender": SENDER}, "smtp_url is smtp://"),
        ({"smtp_url": "smtp://u:hidden\u2100@h", "sender": SENDER}, "smtp_url is smtp://"),
        ({"smtp_url": "smtp://u:hidden@[::1", "sender": SENDER}, "smtp_url is smtp://"),
        ({"smtp_url": "smtp://h/path", "sender": SENDER}, "smtp_url is smtp://"),
        ({"smtp_url": "smtp://h?tls=no", "sender": SENDER}, "smtp_url is smtp://"),
        ({"smtp_url": "smtp://h:99999", "sender": SENDER}, "smtp_url is smtp://"),
        ({"smtp_url": "smtp://user@h", "sender": SENDER}, "both a user and a password"),
        ({"smtp_url": "smtp://h"}, "smtp_url without sender"),
        ({"smtp_url": "smtp://user:hidden@h"}, "sender has to be an address"),
        ({"sender": "분리"}, "sender has to be an address"),
        ({"sender": "분리 <a@b.kr>\r\nBcc: c@d.kr"}, "sender has to be an address"),
        ({"smtp_url": "smtp://u:hidden@h", "sender": SENDER, "require_tls": False}, "in the clear"),
        ({"smtp_url": "smtp://h", "sender": SENDER, "ca_file": "/nowhere/ca.pem"}, "there is no file"),
    ],
)
def test_what_cannot_work_is_refused_without_telling_the_password(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValidationError) as raised:
        settings(**given)
    [fault] = raised.value.errors()
    assert sentence in fault["msg"]
    assert "hidden" not in fault["msg"]
