"""Mails as files: whole, private and not too many."""

import asyncio
import os
import time
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from bunri.kit.ids import new_id
from bunri.platform.mail import Mail, MailRefused, MailUnavailable
from bunri.platform.mail.folder import MailFolder
from bunri.platform.mail.settings import EMBEDDED_SENDER


def mail(number: int = 1, to: str = "you@example.org") -> Mail:
    words = {"subject": f"메일 {number}", "text": f"글 {number}", "html": f"<p>글 {number}</p>"}
    return Mail(to=to, language="ko", id=new_id(), **words)


@pytest.fixture
def folder(tmp_path: Path) -> MailFolder:
    return MailFolder(tmp_path / "data" / "outbox", EMBEDDED_SENDER, keep=3)


async def test_a_mail_can_be_read_by_its_owner_alone(folder: MailFolder) -> None:
    sent = mail()
    await folder.send(sent)
    [file] = folder.folder.iterdir()
    assert (file.name, file.stat().st_mode & 0o777) == (f"{sent.id}.eml", 0o600)
    assert folder.folder.stat().st_mode & 0o777 == 0o700
    content = folder.read(str(sent.id))
    assert content
    message = message_from_bytes(content, _class=EmailMessage, policy=policy.default)
    assert (message["Subject"], message["From"]) == ("메일 1", "분리 <bunri@localhost>")


async def test_the_newest_are_kept(folder: MailFolder) -> None:
    sent = [mail(number) for number in range(7)]
    for each in sent:
        await folder.send(each)
    assert folder.names() == [str(each.id) for each in reversed(sent[-3:])]


async def test_several_may_write_at_once(folder: MailFolder) -> None:
    other = MailFolder(folder.folder, EMBEDDED_SENDER, keep=3)
    await asyncio.gather(*(each.send(mail(number)) for number in range(10) for each in (folder, other)))
    assert len(folder.names()) == 3
    assert len(list(folder.folder.iterdir())) == 3


async def test_the_same_mail_twice_is_one_file(folder: MailFolder) -> None:
    sent = mail()
    await folder.send(sent)
    await folder.send(sent)
    assert folder.names() == [str(sent.id)]


async def test_drafts_of_a_process_that_was_killed_are_removed(folder: MailFolder) -> None:
    folder.folder.mkdir(parents=True)
    old, fresh = folder.folder / ".old.draft", folder.folder / ".fresh.draft"
    old.touch()
    fresh.touch()
    os.utime(old, (time.time() - 7200,) * 2)
    await folder.send(mail())
    assert (old.exists(), fresh.exists(), len(folder.names())) == (False, True, 1)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../outbox/x",
        "/etc/passwd",
        "x",
        "A" * 36,
        "0197b2d0-0000-7000-8000-000000000001.eml",
        "0197b2d0-0000-7000-8000-000000000002",
    ],
)
def test_only_its_own_names_are_read(folder: MailFolder, name: str) -> None:
    assert folder.read(name) is None


def test_no_folder_is_no_mails(folder: MailFolder) -> None:
    assert folder.names() == []


async def test_a_bad_address_writes_nothing(folder: MailFolder) -> None:
    with pytest.raises(MailRefused):
        await folder.send(mail(to="nobody"))
    assert folder.names() == []


async def test_a_folder_that_cannot_be_written_to(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file is in the way")
    with pytest.raises(MailUnavailable, match="outbox"):
        await MailFolder(tmp_path / "outbox", EMBEDDED_SENDER, keep=3).send(mail())
