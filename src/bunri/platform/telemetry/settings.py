"""Where traces are sent, and how many requests have one: ``BUNRI_TRACES__*``."""

from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr, model_validator


class TracesSettings(BaseModel):
    """Without an address there are no traces, and nothing of OpenTelemetry is loaded for them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: HttpUrl | None = Field(
        None, description="Of a collector that speaks OTLP over HTTP: http://collector:4318; unset: no traces."
    )
    share: float = Field(0.1, ge=0, le=1, description="Of the requests and scheduled tasks that are traced.")
    authorization: SecretStr | None = Field(
        None, description="The header Authorization of what is sent, `Basic …` or `Bearer …`, where one is asked for."
    )
    waiting: int = Field(2048, ge=1, le=65536, description="Spans kept until they are sent; more are dropped.")
    timeout_s: float = Field(5.0, gt=0, le=60, description="For the collector's answer.")

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.endpoint and (self.endpoint.username or self.endpoint.password):
            raise ValueError("BUNRI_TRACES__ENDPOINT holds no password: it goes into BUNRI_TRACES__AUTHORIZATION")
        return self

    @property
    def address(self) -> str:
        """Where spans go. An address without a path is that of the collector, whose path for traces is known."""
        given = str(self.endpoint)
        return given if urlsplit(given).path.strip("/") else f"{given.rstrip('/')}/v1/traces"
