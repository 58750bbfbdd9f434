"""What would keep an installation by Compose from working: found in its ``.env`` and secrets, before anything stops."""

import difflib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from pydantic import ValidationError

from bunri.app.deployment import initial
from bunri.app.finding import Finding
from bunri.app.settings import Settings
from bunri.edge.http.addresses import is_public
from bunri.kit.errors import BunriError
from bunri.kit.sentences import sentence
from bunri.platform.renamed_settings import old_names, open_tables, renames_noted, setting_names
from bunri.platform.secret_files import names_a_file
from bunri.platform.storage.s3 import S3Address

COMPOSE: Final = frozenset(
    {
        "BUNRI_IMAGE",
        "HTTP_PORT",
        "HTTPS_PORT",
        "ENV_FILE",
        "SECRETS",
        "POSTGRES_IMAGE",
        "VALKEY_IMAGE",
        "S3_IMAGE",
        "CERTIFICATES",
        "CHALLENGES",
        "WASTE_WORKERS",
    }
)
"""Variables that the Compose files read themselves."""
_LINE: Final = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)")
_EXAMPLES: Final = re.compile(r"change.?me|example|password|secret123|xxx", re.IGNORECASE)


def check_installation(env: Path, secrets: Path) -> list[Finding]:
    """Everything that is wrong, the worst first; nothing is connected to."""
    try:
        lines = env.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        return [Finding("env_unreadable", {"path": str(env), "reason": getattr(error, "strerror", None) or "not text"})]
    variables: dict[str, str] = {}
    found = [*_lines(lines, variables), *unknown_settings(variables), *_ports(variables), *_secrets(secrets)]
    found += _settings(variables, secrets)
    return sorted(found, key=lambda finding: not finding.severe)


def _lines(lines: list[str], into: dict[str, str]) -> Iterator[Finding]:
    """Reads ``NAME=value`` as Compose does, without its substitutions."""
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if not bare or bare.startswith("#"):
            continue
        match = _LINE.fullmatch(bare)
        if match is None:
            yield Finding("line_unreadable", {"number": str(number)})
            continue
        name, value = match[1], match[2]
        if name in into:
            yield Finding("named_twice", {"name": name, "number": str(number)})
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        into[name] = value[1:-1] if quoted else value.split(" #")[0].rstrip()


def unknown_settings(variables: Mapping[str, str]) -> Iterator[Finding]:
    """Variables that look like settings of ours and are none: nobody would read them."""
    known, tables = setting_names(Settings), (*open_tables(Settings), *old_names(Settings))
    for name in variables:
        lower = name.lower()
        if not name.startswith("BUNRI_") or name in COMPOSE or name == "BUNRI_MODELS_DIR":
            continue
        setting = lower.removesuffix("_file") if names_a_file(lower, "bunri_", known) else lower
        if setting not in known and not setting.startswith(tables):
            near = difflib.get_close_matches(setting, known, 1)
            yield Finding("setting_unknown", {"name": name, "near": near[0].upper() if near else "docs/settings.md"})


def _ports(variables: Mapping[str, str]) -> Iterator[Finding]:
    for name in ("HTTP_PORT", "HTTPS_PORT"):
        written = variables.get(name, "80").rpartition(":")[2]
        if not (written.isdigit() and 0 < int(written) < 65536):
            yield Finding("port_unfit", {"name": name, "value": variables[name]})


def _secrets(folder: Path) -> Iterator[Finding]:
    if not folder.is_dir():
        yield Finding("secrets_missing", {"path": str(folder)})
        return
    for name in initial.names():
        path = folder / name
        try:
            content = path.read_text("utf-8").strip()
        except (OSError, ValueError):
            yield Finding("secret_unreadable", {"path": str(path)})
            continue
        if not content:
            yield Finding("secret_empty", {"path": str(path)})
        elif name in ("secret", "postgres_password") and _EXAMPLES.search(content):
            yield Finding("secret_guessable", {"path": str(path)})
    if folder.stat().st_mode & 0o077:
        yield Finding("secrets_open", {"path": str(folder)}, severe=False)
    yield from _pairs(folder)


def _pairs(folder: Path) -> Iterator[Finding]:
    """A password stands in two files each: for who asks for it, and for who gives it."""

    def read(name: str) -> str:
        path = folder / name
        return path.read_text("utf-8").strip() if path.is_file() else ""

    password = re.search(r"^requirepass +(\S+)", read("valkey.conf"), re.MULTILINE)
    for one, asked, other, host in (
        ("postgres_password", read("postgres_password"), "database_url", "postgres"),
        ("valkey.conf", password[1] if password else "", "valkey_url", "valkey"),
    ):
        url = urlsplit(read(other))
        if asked and url.hostname == host and unquote(url.password or "") != asked:
            yield Finding("secrets_differ", {"one": one, "other": other})
    if (identities := read("s3.json")) and (stored := read("storage_url")) and "@s3:" in stored:
        yield from _s3(identities, stored)


def _s3(identities: str, url: str) -> Iterator[Finding]:
    try:
        address = S3Address.parse(url)
        given = [each for one in json.loads(identities)["identities"] for each in one.get("credentials", [])]
        if not any((each["accessKey"], each["secretKey"]) == (address.key, address.secret) for each in given):
            yield Finding("secrets_differ", {"one": "s3.json", "other": "storage_url"})
    except (ValueError, KeyError, TypeError):
        yield Finding("secrets_differ", {"one": "s3.json", "other": "storage_url"})


def _settings(variables: Mapping[str, str], secrets: Path) -> Iterator[Finding]:
    """The settings as a process would read them, with their sentences."""
    given = {name: value for name, value in variables.items() if name.startswith(("BUNRI_",)) and name != "BUNRI_IMAGE"}
    for name in ("secret", "database_url", "valkey_url", "storage_url"):
        if (secrets / name).is_file():
            given.setdefault(f"BUNRI_{name.upper()}_FILE", str(secrets / name))
    given = {
        name: value.replace("/run/secrets/", f"{secrets}/") if name.endswith("_FILE") else value
        for name, value in given.items()
    }
    with _environment(given):
        settings, found = read_settings(Settings)
    yield from found
    if settings:
        yield from public_address(settings)


def read_settings(make: Callable[[], Settings]) -> tuple[Settings | None, list[Finding]]:
    """What ``make`` makes of an environment, and what is wrong with it; None where it was refused."""
    with renames_noted() as renames:
        try:
            settings, found = make(), []
        except (BunriError, ValidationError) as error:
            settings, found = None, list(_refusals(error))
    renamed = [Finding("setting_renamed", {"old": old, "new": new}, severe=False) for old, new in renames.items()]
    return settings, [*found, *renamed]


def _refusals(error: BunriError | ValidationError) -> Iterator[Finding]:
    """Why settings were refused."""
    if isinstance(error, BunriError):
        yield Finding("refused", {"reason": sentence(error, "en")})
        return
    for fault in error.errors():
        where = ".".join(map(str, fault["loc"]))
        yield Finding("refused", {"reason": f"{where + ': ' if where else ''}{fault['msg']}"})


def public_address(settings: Settings) -> Iterator[Finding]:
    """Whether people reach an installation safely, and reach all of it."""
    if settings.public_url is None:
        yield Finding("public_url_missing")
        return
    if settings.public_url.scheme != "https" and is_public(str(settings.public_url)):
        yield Finding("without_tls", {"url": str(settings.public_url)}, severe=False)
    if settings.storage_url and settings.storage_url.startswith("s3:"):
        public = S3Address.parse(settings.storage_url).public_endpoint
        if (
            public
            and urlsplit(public).netloc != urlsplit(str(settings.public_url)).netloc
            and "@s3:" in settings.storage_url
        ):
            yield Finding("store_elsewhere", {"url": public, "public_url": str(settings.public_url)})


@contextmanager
def _environment(given: Mapping[str, str]) -> Iterator[None]:
    """The environment that a container has: of this one's settings nothing is left."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith("BUNRI_")]:
        del os.environ[name]
    os.environ.update(given)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
