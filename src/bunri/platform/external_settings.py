"""What may be set about any external service. Apart from resilience.py, since every process reads settings."""

from typing import Final

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, SecretStr

LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
"""Hosts that are this machine: what is sent there does not leave it, so it goes through no proxy either."""


class ExternalSettings(BaseModel):
    """Where one external service is, and its time-outs and retries."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: HttpUrl | None = Field(None, description="Unset: the provider's own address.")
    api_key: SecretStr | None = None
    timeout_s: float = Field(20.0, gt=0, le=600, description="For a whole call: every try and every wait between them.")
    retries: int = Field(2, ge=0, le=5, description="Further tries after the first.")
    first_wait_s: float = Field(0.5, ge=0, le=60, description="Upper bound of the first wait; it doubles each time.")
    longest_wait_s: float = Field(5.0, ge=0, le=60, description="A service that asks for a longer wait is not retried.")
    breaker_failures: int = Field(5, ge=1, description="Failures in a row after which the circuit breaker opens.")
    breaker_rest_s: float = Field(30.0, gt=0, description="Seconds that the breaker stays open.")

    @property
    def key(self) -> str:
        """The API key, without the line end that files of secrets have; empty when there is none."""
        return self.api_key.get_secret_value().strip() if self.api_key else ""
