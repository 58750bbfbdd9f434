"""Who asks from this machine, for pages that are for its operator alone."""

import ipaddress
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
"""Any of these says that a proxy on this machine asks for somebody else."""


def is_from_here(request: Request) -> bool:
    """Whether somebody on this machine asks, and not for others."""
    return bool(request.client and _is_loopback(request.client.host)) and not any(
        name in request.headers for name in FORWARDED
    )


def names_this_machine(request: Request) -> bool:
    """Whether the ``Host`` header names this machine. A page from elsewhere whose name was made to resolve to 127.0.0.1
    (DNS rebinding) has its own name there, and must not read what is for the operator."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    return host == "localhost" or _is_loopback(host)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:  # a proxy may write any name
        return False
