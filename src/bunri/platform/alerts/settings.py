"""Whom alerts are told to, and how often."""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator


class AlertSettings(BaseModel):
    """Without a webhook alerts are lines of the log alone."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    slack_webhook: SecretStr | None = Field(None, description="https://hooks.slack.com/services/…, of an app of Slack.")
    repeat_after: timedelta = Field(
        timedelta(hours=4), ge=timedelta(0), description="The same alert is told again after so long at the earliest."
    )
    silenced: tuple[str, ...] = Field((), description="Keys that are not told: backup.drill, or backup.* for a group.")
    timeout_s: float = Field(10.0, gt=0, le=60, description="Of one alert, with every try.")

    @field_validator("slack_webhook")
    @classmethod
    def _is_an_address(cls, webhook: SecretStr | None) -> SecretStr | None:
        """Raises ValueError that does not repeat it: who has the address can write into the channel."""
        if webhook and not webhook.get_secret_value().startswith(
            ("https://", "http://127.0.0.1:", "http://localhost:")
        ):
            raise ValueError("slack_webhook is an address that begins with https://")
        return webhook
