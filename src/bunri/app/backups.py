"""Backups of this installation: what of it is backed up, and what it is restored to, by its settings and modules."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from sqlalchemy.engine import URL

from bunri.app.migrations import known_revisions, schemas_of
from bunri.app.registry import REGISTRY, Registry
from bunri.app.settings import Settings
from bunri.platform.backup.drill import DrillPlan
from bunri.platform.backup.errors import BackupOnlyEmbedded, BackupTargetMissing
from bunri.platform.backup.objects import Objects
from bunri.platform.backup.restoring import Destination
from bunri.platform.backup.taking import Source
from bunri.platform.backup.targets import Target, open_target
from bunri.platform.db.address import login_address, owner_address
from bunri.platform.db.migrate import prepare
from bunri.platform.embedded import attach
from bunri.platform.storage import open_storage

_SCRATCH_SECRET = "of a database that lives for one drill"  # noqa: S105  # nobody logs in with it


@contextmanager
def opened_target(settings: Settings, given: str | None = None, *, within_s: float | None = None) -> Iterator[Target]:
    """The place of archives: ``given``, or that of the settings; a store has ``within_s`` for an answer. Raises
    BackupTargetMissing."""
    url = given or (settings.backup.target.get_secret_value() if settings.backup.target else None)
    if not url:
        raise BackupTargetMissing
    target = open_target(url, within_s=within_s)
    try:
        yield target
    finally:
        target.close()


@contextmanager
def source_of(settings: Settings, registry: Registry = REGISTRY) -> Iterator[Source]:
    """What is backed up of an installation whose servers run."""
    with _objects(settings, registry) as objects:
        yield Source(
            login=login_address(str(settings.database_url), settings.key("database roles")),
            schemas=registry.schemas,
            objects=objects,
            secret=fingerprint(settings),
            work=work_folder(settings),
            files=_secrets(settings.data),
            cluster=embedded_owner(settings) if settings.backup.wal else None,
        )


@contextmanager
def destination_of(settings: Settings, registry: Registry = REGISTRY, *, own_secret: bool) -> Iterator[Destination]:
    """Where an archive is restored to. ``own_secret``: the secret was given and does not lie in the data directory."""
    owner = owner_address(str(settings.database_url))
    with _objects(settings, registry) as objects:
        yield Destination(
            owner=owner,
            revisions=known_revisions(registry),
            prepare=partial(_prepare, settings.key("database roles"), registry, owner),
            objects=objects,
            secret=fingerprint(settings) if own_secret else None,
            secrets=settings.data / "secrets",
            work=work_folder(settings),
        )


def drill_plan(settings: Settings, registry: Registry = REGISTRY) -> DrillPlan:
    return DrillPlan(
        revisions=known_revisions(registry),
        prepare=partial(_prepare, _SCRATCH_SECRET, registry),
        open_picture=partial(_open_picture, settings),
        work=work_folder(settings),
        kept_folders=tuple(
            folder.prefix for module in registry.modules for folder in module.folders if folder.expires_after is None
        ),
    )


def embedded_owner(settings: Settings) -> URL:
    """The embedded PostgreSQL that runs on the data directory, as its owner. Raises BackupOnlyEmbedded where the
    database is another one."""
    addresses = attach(settings.data)
    if addresses is None or addresses.database_url != settings.database_url:
        raise BackupOnlyEmbedded
    return owner_address(str(settings.database_url))


def fingerprint(settings: Settings) -> str:
    """Tells whether two installations have the same secret, and nothing of it."""
    return settings.key("backup fingerprint")[:32]


def work_folder(settings: Settings) -> Path:
    """For what is unpacked or drafted: on the disk of the data, as that of temporary files is often memory."""
    return settings.data / "backup-work"


def _prepare(secret: str, registry: Registry, owner: URL) -> None:
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        runner.run(prepare(owner, schemas_of(registry), secret))


@contextmanager
def _objects(settings: Settings, registry: Registry) -> Iterator[Objects]:
    objects = open_objects(settings, registry)
    try:
        yield objects
    finally:
        objects.close()


def open_objects(settings: Settings, registry: Registry = REGISTRY) -> Objects:
    """Of all modules; to be closed."""
    url = settings.storage_url or (settings.data / "objects").absolute().as_uri()
    folders = tuple(folder.prefix for module in registry.modules for folder in module.folders)
    return Objects(open_storage(url, secret=settings.key("upload tickets")), folders)


def _secrets(data: Path) -> dict[str, Path]:
    folder = data / "secrets"
    found = sorted(folder.iterdir()) if folder.is_dir() else []
    return {f"secrets/{file.name}": file for file in found if file.is_file() and not file.name.startswith(".")}


def _open_picture(settings: Settings, data: bytes) -> None:
    """As pictures of people are opened: in a process that can be killed."""
    from bunri.platform.photos.limits import PhotoLimits
    from bunri.platform.photos.pool import DecoderPool

    pool = DecoderPool(settings.decoders)
    try:
        pool.clean(data, PhotoLimits(gif=True)).result()
    finally:
        pool.close()
