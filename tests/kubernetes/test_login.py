"""Processes need no password of the database's owner: the one of their login follows from BUNRI_SECRET."""

from sqlalchemy.engine import make_url

from bunri.app.container import Container
from bunri.app.registry import REGISTRY
from bunri.app.settings import Settings
from bunri.platform.queue import InlinePublisher


async def test_a_url_without_the_owners_password_is_enough_for_every_domain(settings: Settings) -> None:
    owner = make_url(str(settings.database_url))
    url = owner._replace(username="bunri_login", password=None).render_as_string()
    assert owner.password
    assert owner.password not in url
    container = Container(settings.model_copy(update={"database_url": url}), InlinePublisher({}))
    try:
        for schema in REGISTRY.schemas:
            await container.database.check(schema)
    finally:
        await container.close()
