"""Whose address it is, as far as an address tells."""

import ipaddress


def network_of(address: str) -> str:
    """A client's network, which counts as one client: with IPv6 everybody has a /64 to choose addresses from. An
    address that is none stays as it is."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, ipaddress.IPv6Address):
        return address
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))
