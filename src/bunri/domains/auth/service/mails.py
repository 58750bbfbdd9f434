"""What auth writes to people. The rows hold no secret: links and codes are derived when a mail is sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from bunri.domains.auth import confirmations
from bunri.domains.auth.emails import masked
from bunri.domains.auth.records import Person, Request
from bunri.domains.auth.repository import AuthRepository
from bunri.kit.languages import Language, text
from bunri.platform.mail import MailRequest


class Mails:
    """``public_url``: where links lead to, never what a request says of itself; None: mails have codes only."""

    def __init__(self, seed: str, public_url: str | None) -> None:
        self._seed = seed
        self._public_url = public_url.rstrip("/") if public_url else None

    async def confirm_address(
        self, repository: AuthRepository, request: Request, email: str, name: str, language: Language
    ) -> None:
        await repository.add_mail(MailRequest("confirm", email, language, {**_of(request, "confirm"), "name": name}))

    async def confirm_new_address(
        self, repository: AuthRepository, request: Request, person: Person, email: str
    ) -> None:
        data = {**_of(request, "confirm-email"), "name": person.name}
        await repository.add_mail(MailRequest("confirm", email, person.language, data))

    async def already_registered(self, repository: AuthRepository, person: Person) -> None:
        """To who has the address already: somebody, perhaps they, asked for an account with it."""
        if person.email:
            data = {"name": person.name}
            await repository.add_mail(MailRequest("already_registered", person.email, person.language, data))

    async def reset_password(self, repository: AuthRepository, request: Request, person: Person) -> None:
        if person.email:
            data = {**_of(request, "reset"), "name": person.name}
            await repository.add_mail(MailRequest("reset_password", person.email, person.language, data))

    async def address_changed(self, repository: AuthRepository, undo: Request, person: Person, new: str) -> None:
        """To the old address. ``new``: masked."""
        if person.email:
            data = {**_of(undo, "undo-email"), "name": person.name, "new": new}
            await repository.add_mail(MailRequest("address_changed", person.email, person.language, data))

    async def tell(self, repository: AuthRepository, person: Person, what: str, **values: str) -> None:
        """Of something that was done to the account. ``what``: a key of the catalogue's ``notices``, ``values`` its."""
        if person.email:
            said = text(f"auth.notices.{what}", person.language, **values)
            data = {"name": person.name, "what": said, "account": masked(person.email)}
            await repository.add_mail(MailRequest("notice", person.email, person.language, data))

    def complete(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """``data`` with the link and the code of its request, for sending."""
        if "request" not in data:
            return dict(data)
        request_id = UUID(data["request"])
        code = confirmations.code_of(self._seed, request_id)
        link = f"{self._public_url}/account/{data['page']}#{confirmations.link_token(self._seed, request_id)}"
        return {**data, "code": f"{code[:3]} {code[3:]}", "link": link if self._public_url else None}


def _of(request: Request, page: str) -> dict[str, str]:
    return {"request": str(request.id), "page": page}
