"""Whose connection is whose: the owner migrates, each domain works with a role that sees its own schema only."""

import base64
import hashlib
import hmac

from sqlalchemy.engine import URL, make_url

ROLE_PREFIX = "bunri_"


def owner_address(database_url: str) -> URL:
    """The URL as given (``postgresql://…``), for asyncpg."""
    return make_url(database_url).set(drivername="postgresql+asyncpg")


def role_of(schema: str) -> str:
    return ROLE_PREFIX + schema


def role_password(secret: str, schema: str) -> str:
    """The role's password, derived so that only ``secret`` has to be kept: HMAC-SHA256, 43 URL-safe characters."""
    digest = hmac.digest(secret.encode(), b"database role " + role_of(schema).encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def role_address(database_url: str, schema: str, secret: str) -> URL:
    """The same database as one domain's role."""
    return owner_address(database_url).set(username=role_of(schema), password=role_password(secret, schema))
