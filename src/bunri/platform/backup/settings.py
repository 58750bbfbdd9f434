"""Where backups go, for whom they are encrypted, and how long they stay."""

import re
from datetime import time, timedelta
from pathlib import Path
from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

_RECIPIENT: Final = re.compile(r"age1[02-9ac-hj-np-z]{58}")


class BackupSettings(BaseModel):
    """Nothing is scheduled without a ``target``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: SecretStr | None = Field(None, description="A folder (/mnt/backup), or s3://… as of BUNRI_STORAGE_URL.")
    recipients: tuple[str, ...] = Field((), description="Public keys (age1…); each of their owners can restore.")
    identity_file: Path | None = Field(None, description="File with a private key of age, for restoring and drills.")
    unencrypted: bool = Field(False, description="Archives that anybody can read who gets hold of them.")
    daily: int = Field(7, ge=1, le=366, description="Days of which the newest backup is kept.")
    weekly: int = Field(4, ge=0, le=520, description="Weeks of which the newest backup is kept.")
    monthly: int = Field(6, ge=0, le=120, description="Months of which the newest backup is kept.")
    at: time = Field(time(18, 0), description="When the nightly one begins, in UTC: 18:00 is three at night in Korea.")
    drill_every: timedelta = Field(timedelta(days=7), ge=timedelta(hours=1), description="Between two drills.")
    wal: bool = Field(False, description="Embedded PostgreSQL only: also keeps what is needed to restore any moment.")

    @field_validator("recipients")
    @classmethod
    def _are_keys(cls, recipients: tuple[str, ...]) -> tuple[str, ...]:
        for each in recipients:
            if not _RECIPIENT.fullmatch(each):
                raise ValueError(f"{each[:12]}… is no public key of age (age1…): bunri backup key makes one")
        return recipients

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.target and not self.recipients and not self.unencrypted:
            raise ValueError("target without recipients: bunri backup key makes a key; or say unencrypted=true")
        if self.wal and not self.target:
            raise ValueError("wal without target: there would be nowhere to keep it")
        return self
