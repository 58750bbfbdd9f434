"""Bounds on the connections of an API process: ``BUNRI_HTTP__*`` (docs/operations/limits.md)."""

import re
import resource
from collections.abc import Sequence
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, IPvAnyNetwork, SecretStr

MOST: Final = 8192
"""Connections that one process takes, however many files the system allows it."""

SOCKETS_OF_ADDRESS: Final = 512
"""Websockets that one address may have: a school's, or some of a mobile provider's. They cost 23 MiB."""

_ORIGIN: Final = re.compile(r"https?://[a-z0-9.-]+(:\d{1,5})?|https?://\[[0-9a-f:.]+\](:\d{1,5})?")


def _origin(written: str) -> str:
    """As browsers write it: lower case, and no slash at the end."""
    origin = written.lower().removesuffix("/")
    if not _ORIGIN.fullmatch(origin):
        raise ValueError(f"BUNRI_HTTP__ORIGINS needs https://HOST or https://HOST:PORT, not {written!r}")
    return origin


Origin = Annotated[str, AfterValidator(_origin)]


class HttpSettings(BaseModel):
    model_config = ConfigDict(frozen=True)

    max_connections: int | None = Field(
        None,
        ge=1,
        description="Connections open at a time, sockets among them; unset: the process's limit of open files less "
        f"`reserved_files`, at most {MOST}.",
    )
    reserved_files: int = Field(
        192, ge=0, description="Open files kept for everything else: databases, objects, models, and /health."
    )
    max_head_bytes: int = Field(32 * 1024, ge=1024, description="Bytes of a request's first line and headers.")
    max_headers: int = Field(100, ge=10, description="Headers of a request, trailers among them.")
    head_s: float = Field(10, gt=0, description="Seconds in which a request's headers have to be complete.")
    body_s: float = Field(10, gt=0, description="Seconds over which the speed of a body is measured.")
    min_body_rate: int = Field(1024, ge=0, description="Bytes a second that a body must bring, measured so.")
    idle_s: int = Field(5, ge=1, description="Seconds that a connection stays open between two requests.")
    unread_s: float = Field(60, gt=0, description="Seconds in which a client must take something of its answer.")

    sockets_per_address: int | None = Field(
        None,
        ge=1,
        description=f"Websockets open at a time from one address; unset: {SOCKETS_OF_ADDRESS}, at most half of all.",
    )
    sockets_per_person: int = Field(16, ge=1, description="Sockets of one person that are signed in at a time.")

    trusted_proxies: Sequence[IPvAnyNetwork] = Field(
        (), description="Addresses and networks of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed."
    )
    origins: Sequence[Origin] = Field(
        (), description="Other origins (https://HOST) whose pages may use the API and the sockets; ours always may."
    )

    metrics_token: SecretStr | None = Field(
        None, description="Bearer token for /metrics; unset: only this machine may ask, and not through a proxy."
    )

    @property
    def sockets(self) -> int:
        """How many of the connections may be websockets: half, so that other requests always have some."""
        return max(1, self.connections // 2)

    @property
    def sockets_of_address(self) -> int:
        """How many of them one address may have: half at most, so that no one of them keeps all others out."""
        if self.sockets_per_address is not None:
            return self.sockets_per_address
        return min(SOCKETS_OF_ADDRESS, max(1, self.sockets // 2))

    @property
    def connections(self) -> int:
        """How many may be open at a time in this process."""
        if self.max_connections is not None:
            return self.max_connections
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files == resource.RLIM_INFINITY:
            return MOST
        return min(MOST, max(files - self.reserved_files, files // 4, 1))
