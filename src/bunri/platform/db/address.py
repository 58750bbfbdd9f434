"""Whose connection is whose: the owner migrates; processes log in as a role that may only become a domain's role."""

import base64
import hashlib
import hmac

from sqlalchemy.engine import URL, make_url

ROLE_PREFIX = "bunri_"
LOGIN_ROLE = "bunri_login"


def owner_address(database_url: str) -> URL:
    """The URL as given (``postgresql://…``), for asyncpg."""
    return make_url(database_url).set(drivername="postgresql+asyncpg")


def login_address(database_url: str, secret: str) -> URL:
    """The same database as the login role, which owns nothing and inherits nothing."""
    return owner_address(database_url).set(username=LOGIN_ROLE, password=login_password(secret))


def role_of(schema: str) -> str:
    """The role of the domain that owns ``schema``."""
    return ROLE_PREFIX + schema


def login_password(secret: str) -> str:
    """The login role's password, derived so that only ``secret`` has to be kept: HMAC-SHA256, 43 URL-safe
    characters."""
    digest = hmac.digest(secret.encode(), b"database role " + LOGIN_ROLE.encode(), hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
