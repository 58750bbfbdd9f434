"""Settings that contradict each other, and secrets that others can read."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from bunri.app.deployment.check import COMPOSE, public_address
from bunri.app.doctor.found import note, severe
from bunri.app.finding import Finding
from bunri.app.settings import Settings
from bunri.edge.http.addresses import is_public
from bunri.platform.renamed_settings import setting_names
from bunri.platform.secret_files import names_a_file

OTHERS_OF_THE_CONTAINER: Final = Path("/run/secrets")
"""Readable for all in a container, where there is nobody else."""


def contradictions(settings: Settings) -> Iterator[Finding]:
    """Settings that are sound one by one, and not together."""
    if settings.public_url or settings.database_url:
        yield from public_address(settings)
    yield from _proxies(settings)
    if settings.database_url and settings.secret is None:
        yield severe("secret_missing")
    if settings.remote_targets and settings.storage_url is None:
        yield severe("files_of_one_machine", targets=", ".join(settings.remote_targets))
    if settings.public_url is None:
        if settings.oauth.configured:
            yield severe("sign_in_without_address", providers=", ".join(settings.oauth.configured))
        if settings.mail.server:
            yield note("mails_without_links")
    if settings.remote_vision.half_set:
        yield note("remote_vision_unused")


def _proxies(settings: Settings) -> Iterator[Finding]:
    """bunri speaks no TLS itself, so behind https there is a proxy."""
    url, trusted = settings.public_url, settings.http.trusted_proxies
    if url and url.scheme == "https" and is_public(str(url)) and not trusted:
        yield severe("proxy_not_trusted", url=url)
    for network in trusted:
        if network.prefixlen == 0:
            yield severe("everybody_trusted", network=network)


def open_secrets(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Files with secrets that other accounts of this machine can read."""
    folder = settings.data / "secrets"
    files = [file for file in sorted(folder.iterdir()) if file.is_file()] if os.access(folder, os.R_OK) else []
    files += _named_files(environment)
    if settings.backup.identity_file:
        files.append(settings.backup.identity_file)
    for file in files:
        if not file.is_relative_to(OTHERS_OF_THE_CONTAINER) and readable_by_others(file):
            yield severe("secret_open", path=file)


def _named_files(environment: Mapping[str, str]) -> Iterator[Path]:
    known = setting_names(Settings)
    for name, path in environment.items():
        if name not in COMPOSE and names_a_file(name.lower(), "bunri_", known) and path:
            yield Path(path)


def readable_by_others(file: Path) -> bool:
    """Whether accounts that are neither its owner's nor in its group can get at it, through all folders above it."""
    try:
        whole = file.resolve(strict=True)
        reads = whole.stat().st_mode & stat.S_IROTH
        return bool(reads and all(folder.stat().st_mode & stat.S_IXOTH for folder in whole.parents))
    except OSError:
        return False
