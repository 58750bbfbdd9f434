"""What decoder processes may take: ``BUNRI_DECODERS__*``."""

from pydantic import BaseModel, ConfigDict, Field


class DecoderSettings(BaseModel):
    model_config = ConfigDict(frozen=True)

    processes: int = Field(1, ge=1, le=64, description="Pictures decoded at the same time, for one process of ours.")
    memory_mb: int = Field(200, ge=16, le=8192, description="MiB that one picture may take, beside its file.")
    cpu_s: float = Field(3.0, gt=0, le=600, description="Seconds of processor time that one picture may take.")
    deadline_s: float = Field(4.5, gt=0, le=600, description="Seconds until a decoder that does not answer is killed.")
    waiting: int = Field(64, ge=1, le=10_000, description="Pictures that may wait for a decoder.")
    idle_s: float = Field(300, gt=0, description="Seconds without a picture after which decoders end.")
