"""Reads a setting under the name that it had before it was renamed, and logs a warning.

A settings class lists the old names of its fields, each for one version::

    class DetectionSettings(BaseModel):
        renamed: ClassVar[Mapping[str, str]] = {"rest_s": "idle_unload_s"}

The two sources below apply them to environment variables and to ``bunri.toml``. Where a setting is given under both
names, the new one counts.
"""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, TomlConfigSettingsSource

from bunri.platform.secret_files import with_files

log = logging.getLogger(__name__)  # settings are read before structlog is configured: then this goes to standard error


_noted: ContextVar[dict[str, str] | None] = ContextVar("noted", default=None)


class RenamingEnvSource(EnvSettingsSource):
    """Environment variables and the files that they name (secret_files), also under old names; so are objects given as
    JSON in one variable."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        super().__init__(settings_cls)
        found = with_files(self.env_vars, self.env_prefix.lower(), setting_names(settings_cls))
        delimiter = self.env_nested_delimiter or ""
        for path, new in _renamed(settings_cls):
            *parents, _ = path
            old_name, new_name = (
                f"{self.env_prefix}{delimiter.join(each)}".lower() for each in (path, (*parents, new))
            )
            for name in [name for name in found if name == old_name or name.startswith(f"{old_name}{delimiter}")]:
                replacement = new_name + name.removeprefix(old_name)
                _warn(name.upper(), replacement.upper())
                found.setdefault(replacement, found.pop(name))
        self.env_vars = found

    def __call__(self) -> dict[str, Any]:
        return _with_new_names(super().__call__(), self.settings_cls)


class RenamingTomlSource(TomlConfigSettingsSource):
    """``bunri.toml``, also with old names."""

    def __init__(self, settings_cls: type[BaseSettings]) -> None:
        self._renaming_for = settings_cls
        super().__init__(settings_cls)

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        return _with_new_names(super()._read_file(file_path), self._renaming_for)


def setting_names(settings: type[BaseSettings]) -> frozenset[str]:
    """The variable of each setting, in lower case: ``bunri_mail__ca_file``. Of a part that may be given as a whole, as
    JSON, that of the part as well."""
    return frozenset(_variable(settings, path) for path, _ in _paths(settings))


def old_names(settings: type[BaseSettings]) -> tuple[str, ...]:
    """The variables of names that settings had before, in lower case."""
    return tuple(_variable(settings, path) for path, _ in _renamed(settings))


def open_tables(settings: type[BaseSettings]) -> tuple[str, ...]:
    """What the variables of tables begin with whose keys are anybody's choice: ``bunri_remote_targets__``."""
    return tuple(_variable(settings, (*path, "")) for path, field in _paths(settings) if _is_table(field.annotation))


def _is_table(annotation: Any) -> bool:
    return get_origin(annotation) in (dict, Mapping)


def _variable(settings: type[BaseSettings], path: tuple[str, ...]) -> str:
    delimiter = str(settings.model_config.get("env_nested_delimiter") or "")
    return f"{settings.model_config.get('env_prefix', '')}{delimiter.join(path)}".lower()


def _paths(settings: type[BaseModel], parents: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    for name, field in settings.model_fields.items():
        path = (*parents, name)
        yield path, field
        for part in (field.annotation, *get_args(field.annotation)):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield from _paths(part, path)


def _renamed(settings: type[BaseModel], parents: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """The path of each old name from the root, and the new name of its last part."""
    for old, new in getattr(settings, "renamed", {}).items():
        yield (*parents, old), new
    for name, field in settings.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _renamed(field.annotation, (*parents, name))


def _with_new_names(values: dict[str, Any], settings: type[BaseModel]) -> dict[str, Any]:
    """A copy of ``values`` in which the renamed keys at all depths have their new names."""
    values = dict(values)
    for path, new in _renamed(settings):
        *parents, old = path
        inner: Any = values
        for parent in parents:
            if not isinstance(inner.get(parent), Mapping):
                inner = {}
                break
            inner[parent] = inner = dict(inner[parent])
        if old in inner:
            _warn(".".join(path), ".".join((*parents, new)))
            inner.setdefault(new, inner.pop(old))
    return values


@contextmanager
def renames_noted() -> Iterator[dict[str, str]]:
    """By old name the new name of each setting that is read within under its old one; nothing is logged then."""
    noted: dict[str, str] = {}
    token = _noted.set(noted)
    try:
        yield noted
    finally:
        _noted.reset(token)


def _warn(old: str, new: str) -> None:
    if (noted := _noted.get()) is not None:
        noted[old] = new
        return
    log.warning("The setting %s has been renamed to %s. The next version will not read the old name.", old, new)
