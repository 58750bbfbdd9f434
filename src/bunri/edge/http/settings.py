"""Bounds on the connections of an API process: ``BUNRI_HTTP__*`` (docs/operations/limits.md)."""

import resource
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, SecretStr

MOST: Final = 8192
"""Connections that one process takes, however many files the system allows it."""


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

    sockets_per_address: int = Field(64, ge=1, description="Websockets open at a time from one address.")
    sockets_per_person: int = Field(16, ge=1, description="Sockets of one person that are signed in at a time.")

    metrics_token: SecretStr | None = Field(
        None, description="Bearer token for /metrics; unset: only this machine may ask, and not through a proxy."
    )

    @property
    def sockets(self) -> int:
        """How many of the connections may be websockets: half, so that other requests always have some."""
        return max(1, self.connections // 2)

    @property
    def connections(self) -> int:
        """How many may be open at a time in this process."""
        if self.max_connections is not None:
            return self.max_connections
        files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        if files == resource.RLIM_INFINITY:
            return MOST
        return min(MOST, max(files - self.reserved_files, files // 4, 1))
