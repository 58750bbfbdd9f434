"""Settings of Web Push: ``BUNRI_PUSH__*``."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Host = Annotated[str, StringConstraints(to_lower=True, pattern=r"^(\*\.)?[A-Za-z0-9.-]+(:[0-9]{1,5})?$")]


class PushSettings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    hosts: tuple[Host, ...] = Field(
        ("fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "*.push.apple.com"),
        description="Push services that browsers may name; *. stands for whatever is below. One that is written with "
        "its port may be within one's own network.",
    )
    contact: str | None = Field(
        None,
        pattern=r"^(mailto:|https://).+",
        description="Whom the makers of browsers may write to; unset: BUNRI_PUBLIC_URL when it begins with https.",
    )
    timeout_s: float = Field(10.0, gt=0, le=60, description="Of one try.")
