"""``bunri migrate``: the database of every domain, and what it starts with."""

from collections.abc import Sequence

from bunri.app.composition import compose
from bunri.app.container import Container
from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.platform.db.address import owner_address
from bunri.platform.db.migrate import Schema, migrate, revisions
from bunri.platform.queue import InlinePublisher


async def migrate_all(settings: Settings, *, sample: bool, registry: Registry = REGISTRY) -> None:
    """Migrates every schema and loads what it starts with; with ``sample`` also something to show a stranger.

    Safe to run again: what is there already stays.
    """
    await migrate(owner_address(str(settings.database_url)), schemas_of(registry), settings.key("database roles"))
    container = compose(Container(settings, InlinePublisher(registry.routes)), registry)
    try:
        if settings.storage_url is not None:
            await container.storage.prepare(
                {
                    folder.prefix: folder.expires_after(settings)
                    for module in registry.modules
                    for folder in module.folders
                    if folder.expires_after
                }
            )
        for module in registry.modules:
            if module.seed:
                await module.seed(container, sample)
    finally:
        await container.close()


def schemas_of(registry: Registry = REGISTRY) -> list[Schema]:
    """The schemas of all domains, with their migrations."""
    return [Schema(module.schema, f"{module.package}.migrations") for module in registry.modules if module.schema]


def known_revisions(registry: Registry = REGISTRY) -> dict[str, Sequence[str]]:
    """The migrations of each schema that this version knows, the newest first."""
    return {schema.name: revisions(schema) for schema in schemas_of(registry)}
