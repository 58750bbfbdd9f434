"""``/dev/mail``: for this machine alone, and nothing that a mail says is run."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from tests.support.api import client_of
from tests.support.smtp import settings_for

from bunri.app.asgi import create_app
from bunri.app.settings import Settings
from bunri.kit.ids import new_id
from bunri.platform.mail import Mail, Mailer
from bunri.platform.mail.folder import MailFolder

HERE = "http://127.0.0.1:8000"
LINK = "https://bunri.example/verify#a.b&c=1"
EVIL = '<script>alert(1)</script><img src="https://evil.example/x.png" onerror="alert(2)">'


@pytest.fixture
async def folder(settings: Settings, tmp_path: Path) -> AsyncIterator[tuple[MailFolder, httpx.AsyncClient]]:
    """The folder of an application, and somebody on this machine who asks it."""
    app = create_app(settings.model_copy(update={"data": tmp_path}))
    found = app.state.providers.get(Mailer)
    assert isinstance(found, MailFolder)
    async with client_of(app, HERE, headers={"Accept-Language": "en"}) as client:
        yield found, client
    await app.state.providers.close()


Folder = tuple[MailFolder, httpx.AsyncClient]


async def put(folder: MailFolder, subject: str = "Hello", text: str = f"Open {LINK} now") -> str:
    mail = Mail(to="you@example.org", subject=subject, text=text, html=f"<p>{text}</p>", language="en", id=new_id())
    await folder.send(mail)
    return str(mail.id)


async def test_mails_are_listed_newest_first(folder: Folder) -> None:
    mails, client = folder
    assert "There is no mail yet." in (await client.get("/dev/mail")).text
    first, second = await put(mails, "one"), await put(mails, "two")
    page = (await client.get("/dev/mail")).text
    assert page.index(f'href="/dev/mail/{second}"') < page.index(f'href="/dev/mail/{first}"')
    assert "you@example.org" in page


async def test_a_mail_is_shown_with_links_to_follow(folder: Folder) -> None:
    mails, client = folder
    page = (await client.get(f"/dev/mail/{await put(mails)}")).text
    assert '<a rel="noreferrer" href="https://bunri.example/verify#a.b&amp;c=1">' in page
    assert "<h2>Text</h2>" in page
    assert "Auto-Submitted: auto-generated" in page


async def test_it_speaks_korean_too(folder: Folder) -> None:
    _, client = folder
    page = await client.get("/dev/mail", headers={"Accept-Language": "ko"})
    assert '<html lang="ko">' in page.text
    assert "보내지 않은 메일" in page.text


async def test_what_a_mail_says_stays_inert(folder: Folder) -> None:
    mails, client = folder
    name = await put(mails, EVIL, EVIL)
    for path in ("/dev/mail", f"/dev/mail/{name}"):
        answer = await client.get(path)
        assert "<script" not in answer.text
        assert "<img" not in answer.text
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "frame-ancestors 'none'" in policy
    page = (await client.get(f"/dev/mail/{name}")).text
    assert "<iframe sandbox " in page
    frame = await client.get(f"/dev/mail/{name}/html")
    assert EVIL in frame.text
    policy = frame.headers["content-security-policy"]
    assert policy.startswith("sandbox; default-src 'none'; ")
    assert "script-src" not in policy
    assert "http" not in policy
    assert "allow-" not in policy


async def test_nobody_keeps_or_embeds_it(folder: Folder) -> None:
    mails, client = folder
    name = await put(mails)
    for path in ("/dev/mail", f"/dev/mail/{name}", f"/dev/mail/{name}/html"):
        headers = (await client.get(path)).headers
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize(
    "name",
    ["nothing", "..%2f..%2fsecret", "01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10", "01939f1e-5f0c-7c2f-9f3e-0d5b7c3b9a10.eml"],
)
async def test_other_names_are_nothing(folder: Folder, name: str) -> None:
    _, client = folder
    assert (await client.get(f"/dev/mail/{name}")).status_code == 404


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "[::1]:8000"])
async def test_this_machine_has_several_names(folder: Folder, host: str) -> None:
    _, client = folder
    assert (await client.get("/dev/mail", headers={"Host": host})).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "bunri.example:8000"},
        {"Host": ""},
    ],
)
async def test_for_others_there_is_nothing(folder: Folder, headers: dict[str, str]) -> None:
    """Behind a proxy, or a page from elsewhere that has its name resolve to this machine (DNS rebinding)."""
    mails, client = folder
    name = await put(mails)
    for path in ("/dev/mail", f"/dev/mail/{name}", f"/dev/mail/{name}/html"):
        answer = await client.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_another_machine_sees_nothing(settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings.model_copy(update={"data": tmp_path}))
    transport = httpx.ASGITransport(app, client=("192.168.0.7", 40000))
    async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
        assert (await client.get("/dev/mail")).status_code == 404
    await app.state.providers.close()


async def test_with_a_mail_server_there_is_no_page(settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings.model_copy(update={"data": tmp_path, "mail": settings_for(1)}))
    async with client_of(app, HERE) as client:
        assert (await client.get("/dev/mail")).status_code == 404
    await app.state.providers.close()


async def test_it_is_no_part_of_the_api(folder: Folder) -> None:
    _, client = folder
    assert not any(path.startswith("/dev") for path in (await client.get("/openapi.json")).json()["paths"])
