"""How invites are put together. ``mail=`` is all that the tasks for mails need."""

from tests.app.toy.invites.models import outbox
from tests.app.toy.invites.repository import InvitesRepository
from tests.app.toy.invites.service import InvitesService, Links

from bunri.app.container import Container
from bunri.app.module import Module
from bunri.platform.mail import Mailer
from bunri.platform.mail.delivery import MailDelivery

PACKAGE = "tests.app.toy.invites"


def _provide(container: Container) -> None:
    container.provide(InvitesService, lambda: InvitesService(container.transactions("invites", InvitesRepository)))


def _mail(container: Container) -> MailDelivery:
    links = Links(container.settings.key("invites"))
    return MailDelivery(container.transactions("invites", InvitesRepository), container.get(Mailer), PACKAGE, links)


MODULE = Module(
    name="invites",
    package=PACKAGE,
    target="invites",
    provide=_provide,
    schema="invites",
    outbox=lambda: outbox,
    mail=_mail,
)
