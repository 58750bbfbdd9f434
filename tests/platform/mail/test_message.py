"""Headers hold what they are meant to hold, and nothing that was smuggled in."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bunri.platform.mail import Mail, MailRefused
from bunri.platform.mail.addresses import BadAddress, Sender, ascii_address
from bunri.platform.mail.message import message_of

SENDER = Sender("분리", "no-reply@bunri.example")
MOMENT = datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC)
NAMES = {
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "content-language",
    "auto-submitted",
    "mime-version",
    "content-type",
}


def mail(**more: Any) -> Mail:
    words = {"to": "you@example.org", "subject": "Hello", "text": "Hello", "html": "<p>Hello</p>", "language": "en"}
    return Mail(**{**words, **more})


def parsed(sent: Mail) -> EmailMessage:
    content = message_of(sent, SENDER, MOMENT).as_bytes()
    return message_from_bytes(content, _class=EmailMessage, policy=policy.default)


@pytest.mark.parametrize(
    "said", ["a\r\nBcc: c@d.kr", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\x85b", "a\x1b[2J", "\ud800"]
)
def test_a_subject_with_control_characters_is_refused(said: str) -> None:
    with pytest.raises(MailRefused, match="subject"):
        message_of(mail(subject=said), SENDER, MOMENT)


@pytest.mark.parametrize("said", ["", "  ", "a" * 201])
def test_a_subject_has_a_length(said: str) -> None:
    with pytest.raises(MailRefused, match="subject"):
        message_of(mail(subject=said), SENDER, MOMENT)


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "https://a.kr/\r\nBcc: c@d.kr", "https://a.kr/> <b", "https://a.kr/" + "a" * 900, "가"],
)
def test_a_url_that_fits_no_header_is_refused(url: str) -> None:
    with pytest.raises(MailRefused, match="unsubscribe_url"):
        message_of(mail(unsubscribe_url=url), SENDER, MOMENT)


@given(st.text(), st.text(), st.text())
def test_whatever_is_said_no_header_comes_of_it(subject: str, text: str, html: str) -> None:
    try:
        said = text.encode("utf-8", "replace").decode(), html.encode("utf-8", "replace").decode()
        content = message_of(mail(subject=subject, text=said[0], html=said[1]), SENDER, MOMENT).as_bytes()
    except MailRefused:
        return
    assert content.isascii()
    assert all(len(line) <= 998 for line in content.split(b"\r\n"))
    assert b"\n" not in content.replace(b"\r\n", b"")
    message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    assert {name.lower() for name in message.keys()} == NAMES  # noqa: SIM118  # a message is no dict


def test_a_long_korean_subject_arrives() -> None:
    subject = "분리수거를 함께 하자고 초대했어요 " * 6
    assert parsed(mail(subject=subject.strip()))["Subject"] == subject.strip()


def test_a_long_url_stays_in_one_piece() -> None:
    url = "https://bunri.example/u?t=" + "0123456789" * 80
    content = message_of(mail(unsubscribe_url=url), SENDER, MOMENT).as_bytes()
    assert f"List-Unsubscribe: <{url}>\r\n".encode() in content
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in content


def test_who_cannot_decline_gets_no_header_about_it() -> None:
    assert "List-Unsubscribe" not in parsed(mail())


def test_two_mails_have_two_ids() -> None:
    assert parsed(mail())["Message-ID"] != parsed(mail())["Message-ID"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("you@example.org", "you@example.org"),
        ("you+tag@EXAMPLE.org", "you+tag@EXAMPLE.org"),
        ("bunri@localhost", "bunri@localhost"),
        ("you@한글.kr", "you@xn--bj0bj06e.kr"),
    ],
)
def test_addresses_that_are_taken(written: str, meant: str) -> None:
    assert ascii_address(written) == meant


@given(st.text())
def test_no_address_is_a_command(written: str) -> None:
    try:
        address = ascii_address(written)
    except BadAddress:
        return
    assert address.isascii()
    assert not any(character.isspace() or character in '<>,;:"\\' for character in address)


@given(st.text())
def test_a_sender_is_one_line(written: str) -> None:
    try:
        sender = Sender.parse(written)
    except BadAddress:
        return
    content = message_of(mail(), sender, MOMENT).as_bytes()
    message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    assert {name.lower() for name in message.keys()} == NAMES  # noqa: SIM118
