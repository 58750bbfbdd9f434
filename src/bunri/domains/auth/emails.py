"""E-mail addresses, and when two of them are the same."""


def key_of(address: str) -> str:
    """The same text for every way to write one address. Some providers tell ``a.b`` from ``ab``, none capitals."""
    return address.strip().casefold()


def masked(address: str) -> str:
    """Enough for its owner to know which one it is: ``ch•••@example.org``."""
    local, _, domain = address.rpartition("@")
    return f"{local[: min(2, len(local) - 1)]}•••@{domain}"
