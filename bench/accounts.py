"""Accounts, as people make them by a confirmed address, written by the product's own statements."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from bunri.app.settings import Settings
from bunri.domains.auth.passwords import Passwords
from bunri.domains.auth.repository import AuthRepository
from bunri.domains.auth.service.guests import new_person
from bunri.kit.clock import now
from bunri.platform.db import Database
from bunri.platform.db.address import login_address

PASSWORD: Final = "so many horses, so many staples"
"""Everybody's: to make a hash of each would take longer than to measure."""


class Accounts(NamedTuple):
    emails: Sequence[str]
    password_hash: str


async def make_accounts(settings: Settings, count: int) -> Accounts:
    """``known-0000@example.org`` and so on."""
    passwords = Passwords(settings.auth.hashes_at_once)
    password_hash = await passwords.hash(PASSWORD)
    passwords.close()
    emails = [f"known-{number:04}@example.org" for number in range(count)]
    database = Database(login_address(str(settings.database_url), settings.key("database roles")))
    async with database.transactions("auth", AuthRepository)() as repository:
        for email in emails:
            person = new_person("bench", "ko", now)
            await repository.add_person(person)
            await repository.set_email(person.id, email)
            await repository.set_password(person.id, password_hash)
            await repository.make_account(person.id, now())
    await database.dispose()
    return Accounts(emails, password_hash)
