"""``bunri users``: people are listed, given roles, closed and helped."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from bunri.app.inline import InlineContainer
from bunri.app.settings import Settings
from bunri.cli import users as command
from bunri.cli.connection import Connection
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service.guests import Guests
from bunri.domains.auth.subjects import person_id_of
from bunri.kit.clock import now
from bunri.kit.ids import new_id

Run = Callable[..., Result]


@pytest.fixture
def run(settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.setenv("COLUMNS", "250")

    def invoke(*arguments: object, lang: str = "en") -> Result:
        connection = Connection()
        connection.given = connection.settings = settings.model_copy(update={"data": tmp_path})
        return CliRunner().invoke(command.users, [*map(str, arguments), "--lang", lang], obj=connection)

    return invoke


def guest(settings: Settings, name: str, email: str | None = None) -> str:
    """The id of a new guest, or with ``email`` of an account."""

    async def made() -> str:
        container = InlineContainer(settings)
        subject = (await container.get(Guests).sign_in(name)).user.id
        person_id = person_id_of(subject)
        if email and person_id:
            async with container.transactions("auth", AuthRepository)() as repository:
                await repository.set_email(person_id, email)
                await repository.make_account(person_id, now())
        await container.close()
        return subject

    return asyncio.run(made())


@pytest.fixture
def email(settings: Settings) -> str:
    """Of an account."""
    made = f"chorok.{new_id().hex}@example.org"
    guest(settings, "초록이", made)
    return made


def documents(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines() if line.startswith("{")]


class TestList:
    def test_shows_each_in_a_line(self, run: Run, settings: Settings, email: str) -> None:
        name = f"[파랑이] {new_id().hex[:8]}"
        guest(settings, name)
        [line] = [line for line in run("list", "--search", name).stdout.splitlines() if name in line]
        assert "guest_" in line
        [line] = [line for line in run("list", "--search", email).stdout.splitlines() if email in line]
        assert "account" in line

    def test_is_one_document_a_line_as_json(self, run: Run, email: str) -> None:
        [told] = documents(run("list", "--search", email, "--json"))
        assert (told["email"], told["kind"], told["roles"], told["disabled_at"]) == (email, "account", [], None)
        assert told["has_second_factor"] is False

    def test_goes_by_role(self, run: Run, email: str) -> None:
        assert run("promote", email, "--role", "moderator").exit_code == 0
        assert email in {each["email"] for each in documents(run("list", "--role", "moderator", "--json"))}
        assert email not in {each["email"] for each in documents(run("list", "--role", "admin", "--json"))}

    def test_says_when_there_are_more(self, run: Run, settings: Settings) -> None:
        name = new_id().hex
        for _ in range(3):
            guest(settings, name[:20])
        result = run("list", "--search", name[:20], "--limit", 2, "--json")
        assert len(documents(result)) == 2
        assert "Only the newest 2 are shown" in result.stderr

    def test_of_nobody_says_so(self, run: Run) -> None:
        result = run("list", "--search", new_id().hex)
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (0, "Nobody found.")


class TestChanges:
    def test_a_role_is_given_and_taken(self, run: Run, email: str) -> None:
        given = run("promote", email, "--role", "admin")
        assert given.exit_code == 0, given.output
        assert f"{email} has the role admin." in given.stdout
        assert "has no second factor yet" in given.stderr
        assert documents(run("list", "--search", email, "--json"))[0]["roles"] == ["admin"]
        assert run("demote", email).exit_code == 0
        assert documents(run("list", "--search", email, "--json"))[0]["roles"] == []

    def test_a_role_that_there_is_not_is_refused(self, run: Run, email: str) -> None:
        assert run("promote", email, "--role", "king").exit_code == 2

    def test_an_account_is_closed_and_opened(self, run: Run, email: str) -> None:
        assert run("disable", email).exit_code == 0
        assert documents(run("list", "--search", email, "--json"))[0]["disabled_at"] is not None
        assert "닫힘" in run("list", "--search", email, lang="ko").stdout
        assert run("enable", email).exit_code == 0
        assert documents(run("list", "--search", email, "--json"))[0]["disabled_at"] is None

    def test_sessions_are_ended_and_counted(self, run: Run, settings: Settings) -> None:
        subject = guest(settings, "파랑이")
        assert "Sessions ended: 1." in run("end-sessions", subject).stdout
        assert "Sessions ended: 0." in run("end-sessions", subject).stdout

    def test_factors_are_reset(self, run: Run, email: str) -> None:
        result = run("reset-factors", email)
        assert (result.exit_code, result.stdout.splitlines()[-1]) == (
            0,
            f"{email} has no second factor any more, and is signed out everywhere.",
        )

    @pytest.mark.parametrize(
        "arguments",
        [["promote", "--role", "admin"], ["demote"], ["disable"], ["enable"], ["reset-factors"], ["end-sessions"]],
        ids=lambda arguments: arguments[0],
    )
    def test_of_nobody_is_refused_with_a_sentence(self, run: Run, arguments: list[str]) -> None:
        name, *more = arguments
        result = run(name, "nobody@example.org", *more)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "Nobody here has the address or id nobody@example.org." in result.stderr

    def test_a_guest_gets_no_role(self, run: Run, settings: Settings) -> None:
        result = run("promote", guest(settings, "파랑이"), "--role", "admin")
        assert result.exit_code == 1
        assert "is a guest: only an account can have a role." in result.stderr
