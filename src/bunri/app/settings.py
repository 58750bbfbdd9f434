"""Every setting, typed, composed of each part's own: ``BUNRI_*`` in the environment, or ``bunri.toml``.

Nested names are joined by two underscores: ``BUNRI_WASTE__MAX_PHOTO_MB=30``.
"""

import hashlib
import hmac
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import ClassVar, Literal, Self
from urllib.parse import urlsplit

from platformdirs import user_data_path
from pydantic import Field, HttpUrl, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bunri.domains.auth.settings import AuthSettings
from bunri.domains.chat.settings import ChatSettings
from bunri.domains.detection.settings import DetectionSettings
from bunri.domains.learning.settings import LearningSettings
from bunri.domains.locations.settings import BinsSettings, MapSettings
from bunri.domains.users.settings import UsersSettings
from bunri.domains.waste.settings import WasteSettings
from bunri.edge.http.settings import HttpSettings
from bunri.kit.errors import Invalid
from bunri.platform.alerts.settings import AlertSettings
from bunri.platform.backup.settings import BackupSettings
from bunri.platform.embedded.secrets import secret
from bunri.platform.embedded.servers import Addresses
from bunri.platform.embedded.valkey import MEMORY_MB
from bunri.platform.limits.settings import LimitsSettings
from bunri.platform.llm.settings import LlmSettings
from bunri.platform.mail.settings import MailSettings
from bunri.platform.oauth.settings import OAuthSettings
from bunri.platform.open_data.settings import DataGoKrSettings, OverpassSettings
from bunri.platform.photos.settings import DecoderSettings
from bunri.platform.places.settings import PlacesSettings
from bunri.platform.push.settings import PushSettings
from bunri.platform.renamed_settings import RenamingEnvSource, RenamingTomlSource
from bunri.platform.telemetry.settings import TracesSettings
from bunri.platform.vision.remote.settings import RemoteVisionSettings
from bunri.platform.vision.settings import VisionSettings

SHORTEST_SECRET = 32


class SecretMissing(Invalid):
    """There is no secret, and none may be made up: several machines must share one."""

    code = "secret_missing"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="BUNRI_", env_nested_delimiter="__", toml_file="bunri.toml", extra="forbid", frozen=True
    )

    renamed: ClassVar[Mapping[str, str]] = {"peers": "remote_targets"}

    data: Path = Field(default_factory=lambda: user_data_path("bunri"), description="Where everything of ours lies.")
    secret: SecretStr | None = Field(
        None, description="The root of all keys, at least 32 characters. Generated when embedded, demanded otherwise."
    )
    public_url: HttpUrl | None = Field(None, description="Where people reach us; links are built from it.")
    alive_path: Path | None = Field(
        None, description="A file that a worker, or beat, touches while it gets work done: for checks of containers."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    database_url: str | None = Field(None, description="postgresql://… of the owner; unset: embedded PostgreSQL.")
    database_pool: int = Field(
        4, ge=1, le=50, description="Connections that a process keeps; under load twice as many."
    )
    valkey_url: str | None = Field(None, description="redis://HOST:PORT without a number; unset: embedded Valkey.")
    valkey_memory_mb: int = Field(
        MEMORY_MB, ge=16, description="Memory of the embedded Valkey, MiB; beyond it caches are evicted."
    )
    sessions_url: str | None = Field(None, description="Default: number 0 of valkey_url (COACH-12).")
    jobs_url: str | None = Field(None, description="Default: number 1.")
    llm_cache_url: str | None = Field(None, description="Default: number 2.")
    common_url: str | None = Field(None, description="Default: number 3.")
    broker_url: str | None = Field(None, description="Default: number 4; must not evict.")
    storage_url: str | None = Field(None, description="s3://… ; unset: a directory below data.")

    remote_targets: dict[str, str] = Field(
        default_factory=dict, description="Domain → URL of the target that hosts it, when not in this process."
    )

    http: HttpSettings = Field(default_factory=HttpSettings)
    limits: LimitsSettings = Field(default_factory=LimitsSettings)
    auth: AuthSettings = Field(default_factory=AuthSettings)
    oauth: OAuthSettings = Field(default_factory=OAuthSettings)
    users: UsersSettings = Field(default_factory=UsersSettings)
    waste: WasteSettings = Field(default_factory=WasteSettings)
    chat: ChatSettings = Field(default_factory=ChatSettings)
    learning: LearningSettings = Field(default_factory=LearningSettings)
    detection: DetectionSettings = Field(default_factory=DetectionSettings)
    decoders: DecoderSettings = Field(default_factory=DecoderSettings)
    vision: VisionSettings = Field(default_factory=VisionSettings)
    remote_vision: RemoteVisionSettings = Field(default_factory=RemoteVisionSettings)
    llm: LlmSettings = Field(default_factory=LlmSettings)
    mail: MailSettings = Field(default_factory=MailSettings)
    push: PushSettings = Field(default_factory=PushSettings)
    backup: BackupSettings = Field(default_factory=BackupSettings)
    alerts: AlertSettings = Field(default_factory=AlertSettings)
    traces: TracesSettings = Field(default_factory=TracesSettings)
    places: PlacesSettings = Field(default_factory=PlacesSettings)
    data_go_kr: DataGoKrSettings = Field(default_factory=DataGoKrSettings)
    overpass: OverpassSettings = Field(default_factory=OverpassSettings)
    bins: BinsSettings = Field(default_factory=BinsSettings)
    map: MapSettings = Field(default_factory=MapSettings)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # RenamingEnvSource reads what it does
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # pydantic-settings names its arguments
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, RenamingEnvSource(settings_cls), RenamingTomlSource(settings_cls), file_secret_settings

    @model_validator(mode="after")
    def _sound(self) -> Self:
        """Refuses combinations that cannot work, with a sentence."""
        if self.secret is not None and len(self.secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"BUNRI_SECRET needs at least {SHORTEST_SECRET} characters: openssl rand -base64 33")
        if self.valkey_url is not None and urlsplit(self.valkey_url).path.strip("/"):
            raise ValueError("BUNRI_VALKEY_URL takes no number: each concern has its own (see docs/settings.md)")
        if self.valkey_url is None and self.database_url is not None and self.broker_url is None:
            raise ValueError(
                "BUNRI_DATABASE_URL without BUNRI_VALKEY_URL: several machines on one database need one broker too"
            )
        rp_id, host = self.auth.rp_id, self.public_url.host if self.public_url else None
        if rp_id and host and f".{host}".removesuffix(f".{rp_id}") == f".{host}":
            raise ValueError(f"BUNRI_AUTH__RP_ID must be {host}, of BUNRI_PUBLIC_URL, or a domain above it")
        return self

    def hosting(self, domains: Collection[str]) -> Self:
        """The same for a process that does the work of ``domains`` itself. Processes of several targets share one file
        of settings, and one that asked its own address would wait for itself, again and again."""
        elsewhere = {name: url for name, url in self.remote_targets.items() if name not in domains}
        return self.model_copy(update={"remote_targets": elsewhere})

    def on(self, addresses: Addresses | None) -> Self:
        """The same on embedded servers: their addresses where none are set, and a secret made in the data directory.

        A database of one's own may be shared by several machines, so then the secret must be given.
        """
        found = {
            "secret": self.secret or (None if self.database_url else secret(self.data, "root")),
            "database_url": self.database_url or (addresses.database_url if addresses else None),
            "valkey_url": self.valkey_url or (addresses.valkey_url if addresses else None),
        }
        return self.model_validate({**self.model_dump(), **found})

    def cache_address(self, concern: str) -> str:
        """The URL of ``sessions``, ``jobs``, ``llm_cache``, ``common`` or ``broker``."""
        own: str | None = getattr(self, f"{concern}_url")
        number = ("sessions", "jobs", "llm_cache", "common", "broker").index(concern)
        if own is None and self.valkey_url is None:
            raise ValueError(f"neither BUNRI_VALKEY_URL nor BUNRI_{concern.upper()}_URL is set")
        return own or f"{str(self.valkey_url).rstrip('/')}/{number}"

    def key(self, purpose: str) -> str:
        """A key of its own for each purpose, derived from ``secret``: 64 hexadecimal characters (HMAC-SHA256)."""
        if self.secret is None:
            raise SecretMissing
        return hmac.digest(self.secret.get_secret_value().encode(), purpose.encode(), hashlib.sha256).hex()
