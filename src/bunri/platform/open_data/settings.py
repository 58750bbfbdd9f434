"""Where open data is fetched from. Each provider may be replaced by a mirror (``base_url``)."""

from pydantic import Field

from bunri.platform.external_settings import ExternalSettings


class DataGoKrSettings(ExternalSettings):
    """The portal of the Korean state. ``api_key`` is the service key, encoded or not, as the portal shows it."""

    timeout_s: float = Field(60.0, gt=0, le=600, description="For a page of 500 rows: every try and every wait.")
    retries: int = Field(3, ge=0, le=5, description="Further tries after the first.")
    first_wait_s: float = Field(1.0, ge=0, le=60, description="Upper bound of the first wait; it doubles each time.")
    longest_wait_s: float = Field(
        30.0, ge=0, le=60, description="A service that asks for a longer wait is not retried."
    )


class OverpassSettings(ExternalSettings):
    """A server of the Overpass API. It wants no key."""

    timeout_s: float = Field(300.0, gt=0, le=600, description="For one province: every try and every wait.")
    retries: int = Field(3, ge=0, le=5, description="Further tries after the first.")
    first_wait_s: float = Field(5.0, ge=0, le=60, description="Upper bound of the first wait; it doubles each time.")
    longest_wait_s: float = Field(
        60.0, ge=0, le=60, description="A service that asks for a longer wait is not retried."
    )
