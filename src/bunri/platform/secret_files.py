"""Settings that lie in files, as secrets of containers do.

``BUNRI_SECRET_FILE=/run/secrets/secret`` is ``BUNRI_SECRET`` with what the file holds. It works for every setting.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Final

from bunri.kit.errors import Invalid

ENDING: Final = "_file"
LARGEST: Final = 64 * 1024
"""Characters that are read: a setting is a line, and a path may lead to anything."""


class SettingFileUnreadable(Invalid):
    """The file (``path``) that the setting ``name`` names cannot be read (``reason``)."""

    code = "setting_file_unreadable"


class SettingGivenTwice(Invalid):
    """The setting ``name`` is given by itself and by a file as well."""

    code = "setting_given_twice"


def with_files(variables: Mapping[str, str | None], prefix: str, settings: Collection[str]) -> dict[str, str | None]:
    """``variables`` (their names in lower case) with those that a file holds, less the line break at its end.
    ``settings`` are the names of all settings: one that ends so itself (``ca_file``) is a path, and stays one.

    Raises SettingFileUnreadable, SettingGivenTwice.
    """
    found = {name: value for name, value in variables.items() if not names_a_file(name, prefix, settings)}
    for name, path in variables.items():
        if names_a_file(name, prefix, settings) and path:
            setting = name.removesuffix(ENDING)
            if setting in found:
                raise SettingGivenTwice(name=setting.upper(), file=name.upper())
            found[setting] = _content(name, path)
    return found


def names_a_file(name: str, prefix: str, settings: Collection[str]) -> bool:
    """Whether the variable ``name`` says where another one's content lies."""
    return name.startswith(prefix) and name.endswith(ENDING) and name not in settings


def _content(name: str, path: str) -> str:
    try:
        with Path(path).open(encoding="utf-8") as file:
            return file.read(LARGEST).rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not text"
        raise SettingFileUnreadable(name=name.upper(), path=path, reason=reason) from error
