"""The first ``.env`` and ``secrets/`` of an installation by Compose (deploy/compose)."""

import json
import os
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from bunri.kit.errors import Invalid

BUCKET: Final = "bunri"
DATABASE: Final = "postgresql://bunri:{password}@postgres:5432/bunri"
VALKEY: Final = "redis://:{password}@valkey:6379"
STORE: Final = "s3://{key}:{secret}@s3:8333/{bucket}?region=us-east-1&tls=false&public={public}"

_ENV: Final = """\
# Settings of this installation: docs/settings.md. Passwords are in secrets/, not here.
BUNRI_PUBLIC_URL={public_url}
BUNRI_IMAGE=bunri:latest
HTTP_PORT={port}
# Mail by SMTP (docs/operations/mail.md); its password belongs into a file: BUNRI_MAIL__SMTP_URL_FILE
# BUNRI_MAIL__SENDER=bunri <bunri@example.org>
"""

# volatile-lru: caches are evicted, messages and ended sessions never (docs/operations/limits.md, "Valkey").
_VALKEY_CONF: Final = """\
bind * -::*
port 6379
requirepass {password}
dir /data
appendonly yes
appendfsync everysec
save ""
maxmemory 256mb
maxmemory-policy volatile-lru
client-output-buffer-limit pubsub 8mb 2mb 10
"""


class PublicUrlUnfit(Invalid):
    """``url`` is not where people could reach an installation."""

    code = "public_url_unfit"


def write_initial(folder: Path, public_url: str) -> list[Path]:
    """Writes what is not there yet, and gives its paths. Raises PublicUrlUnfit, OSError.

    Containers run as other users than the files' owner, so each secret is readable for all; nobody else on the host
    can enter their folder (0700).
    """
    parts = urlsplit(public_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
        raise PublicUrlUnfit(url=public_url)
    port = 80 if parts.scheme == "https" else parts.port or 80
    kept = folder / "secrets"
    kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    env = _write_new(folder / ".env", _ENV.format(public_url=public_url.rstrip("/"), port=port), 0o600)
    made = [env] if env else []
    if any(kept.iterdir()):  # some of them belong together: half of them anew would fit no more
        return made
    contents = _contents(public_url.rstrip("/"))
    return [*made, *(path for name, text in contents.items() if (path := _write_new(kept / name, text, 0o444)))]


def _contents(public_url: str) -> Mapping[str, str]:
    database, valkey, key, secret = (secrets.token_urlsafe(24) for _ in range(4))
    action = ["Admin", "Read", "Write", "List", "Tagging"]
    owner = {"name": "bunri", "credentials": [{"accessKey": key, "secretKey": secret}], "actions": action}
    return {
        "secret": secrets.token_urlsafe(48),
        "postgres_password": database,
        "database_url": DATABASE.format(password=database),
        "valkey.conf": _VALKEY_CONF.format(password=valkey),
        "valkey_url": VALKEY.format(password=valkey),
        "s3.json": json.dumps({"identities": [owner]}, indent=2) + "\n",
        "metrics_token": secrets.token_urlsafe(24),
        "storage_url": STORE.format(key=key, secret=secret, bucket=BUCKET, public=quote(public_url, safe=":/")),
    }


def _write_new(path: Path, content: str, mode: int) -> Path | None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        return None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
    return path


def names() -> Iterator[str]:
    """The files that ``secrets/`` has."""
    yield from _contents("http://localhost")
