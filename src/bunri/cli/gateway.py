"""``bunri gateway``: the configuration of what stands in front, made from what targets and routes say of themselves."""

import inspect
import ipaddress
import os
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from bunri.app.registry import REGISTRY
from bunri.cli.connection import Connection

if TYPE_CHECKING:
    from bunri.app.gateway.nginx import Gateway
    from bunri.app.gateway.table import Table

gateway = typer.Typer(
    help="Configures what stands in front of the targets.", no_args_is_help=True, pretty_exceptions_show_locals=False
)

_ADDRESS: Final = re.compile(r"[A-Za-z0-9._-]+:\d{1,5}|\[[0-9a-f:]+\]:\d{1,5}|unix:/[\w./-]+")
_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_NAME: Final = re.compile(r"[A-Za-z0-9.*_-]+( [A-Za-z0-9.*_-]+)*")
_HOST: Final = re.compile(r"(\*\.)?[A-Za-z0-9.-]+")
_LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PATH: Final = re.compile(r"/[\w./-]+")
_LISTEN: Final = re.compile(r"([0-9.]+:|\[[0-9a-f:]+\]:)?\d{1,5}")

To = Annotated[
    list[str],
    typer.Option("--to", metavar="TARGET=HOST:PORT,…", help="Processes of a target; `all` serves every one without."),
]
Listen = Annotated[str, typer.Option(help="Port, or ADDRESS:PORT.", envvar="GATEWAY_LISTEN")]
ListenTls = Annotated[str, typer.Option(help="The same for TLS.", envvar="GATEWAY_LISTEN_TLS")]
ServerName = Annotated[str, typer.Option(help="Name of the site; _ takes every one.", envvar="GATEWAY_SERVER_NAME")]
Trusted = Annotated[
    list[str] | None,
    typer.Option(
        "--trusted-proxy",
        help="Address or network of a proxy before this one; repeat.",
        envvar="GATEWAY_TRUSTED_PROXIES",
    ),
]
Bucket = Annotated[
    list[str] | None,
    typer.Option("--bucket", metavar="NAME=HOST:PORT", help="A bucket that browsers reach through here; repeat."),
]
Certificate = Annotated[str | None, typer.Option(help="Chain of certificates, PEM.", envvar="GATEWAY_CERTIFICATE")]
Key = Annotated[str | None, typer.Option(help="Its private key, PEM.", envvar="GATEWAY_KEY")]
Acme = Annotated[str | None, typer.Option(help="Folder of ACME challenges (certbot --webroot).", envvar="GATEWAY_ACME")]
Brotli = Annotated[bool, typer.Option("--brotli", help="Nginx has the module ngx_brotli.")]
Connections = Annotated[
    int,
    typer.Option(
        min=1,
        help="Requests and sockets that one address may have under way.",
        envvar="GATEWAY_CONNECTIONS_PER_ADDRESS",
    ),
]


def _told(
    to: To,
    listen: Listen = "80",
    listen_tls: ListenTls = "443",
    server_name: ServerName = "_",
    trusted_proxy: Trusted = None,
    bucket: Bucket = None,
    certificate: Certificate = None,
    key: Key = None,
    acme: Acme = None,
    brotli: Brotli = False,
    connections_per_address: Connections = 2048,
) -> "Gateway":
    """Everything that becomes a part of the configuration is looked at first: a stray character is a directive."""
    from bunri.app.gateway.nginx import Gateway

    addresses = {name: tuple(given.split(",")) for name, given in _pairs(to, "--to").items()}
    for name, given in addresses.items():
        REGISTRY.target(name)
        for address in given:
            _fits(_ADDRESS, address, "--to")
    if (not certificate) != (not key):
        raise typer.BadParameter("--certificate and --key go together")
    for path in (certificate, key, acme):
        if path:
            _fits(_PATH, path, "--certificate, --key, --acme")
    return Gateway(
        to=addresses,
        listen=_fits(_LISTEN, listen, "--listen"),
        listen_tls=_fits(_LISTEN, listen_tls, "--listen-tls"),
        server_name=_fits(_NAME, server_name, "--server-name"),
        trusted_proxies=[_network(each) for each in trusted_proxy or ()],
        buckets={
            _fits(_BUCKET, name, "--bucket"): _fits(_ADDRESS, address, "--bucket")
            for name, address in _pairs(bucket, "--bucket").items()
        },
        certificate=certificate or None,
        key=key or None,
        acme=acme or None,
        brotli=brotli,
        connections_per_address=connections_per_address,
    )


def _asking(**defaults: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Gives a command the options of ``_told`` beside its own, with these ``defaults``.

    It is called with the Gateway that they make."""

    def asking(command: Callable[..., None]) -> Callable[..., None]:
        options = [
            each.replace(default=defaults.get(name, each.default))
            for name, each in inspect.signature(_told).parameters.items()
        ]
        context, _, *own = inspect.signature(command).parameters.values()

        def asked(context: typer.Context, **given: Any) -> None:
            made = _told(**{each.name: given.pop(each.name) for each in options})
            command(context, made, **given)

        # Typer reads options from a signature.
        asked.__signature__ = inspect.Signature([context, *options, *own])  # type: ignore[attr-defined]
        asked.__name__, asked.__doc__, asked.__annotations__ = command.__name__, command.__doc__, {}
        return asked

    return asking


@gateway.command()
@_asking()
def nginx(
    context: typer.Context,
    made: "Gateway",
    cache: Annotated[str, typer.Option(help="Folder for files of the web app.")] = "/var/lib/nginx/bunri-assets",
    access_log: Annotated[str, typer.Option(help="File, or /dev/stdout.")] = "/var/log/nginx/access.log",
) -> None:
    """Prints what goes into the `http` block of Nginx (conf.d/bunri.conf), 1.22 or newer."""
    from bunri.app.gateway.nginx import http_block

    typer.echo(http_block(_table(context), _with(made, cache=cache, access_log=access_log)), nl=False)


@gateway.command()
@_asking(listen="8080", listen_tls="8443")
def run(
    context: typer.Context,
    made: "Gateway",
    folder: Annotated[str, typer.Option(help="Everything that Nginx writes.")] = "/tmp/nginx",  # noqa: S108
) -> None:
    """Becomes Nginx with that configuration, in the foreground: for a container."""
    from bunri.app.gateway.nginx import whole

    file = Path(folder) / "nginx.conf"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.write_text(whole(_table(context), _with(made, cache=f"{folder}/assets"), folder), "utf-8")
    program = os.environ.get("NGINX_PROGRAM") or shutil.which("nginx") or "/usr/sbin/nginx"
    os.execv(program, [program, "-p", folder, "-e", "/dev/stderr", "-c", str(file)])  # noqa: S606  # nothing of a shell


@gateway.command("gateway-api")
def gateway_api(
    context: typer.Context,
    name: Annotated[str, typer.Option("--gateway", help="Name of the Gateway.")] = "bunri",
    namespace: Annotated[str, typer.Option(help="Namespace of the Gateway.")] = "bunri-gateway",
    listener: Annotated[str | None, typer.Option(help="The one listener of the Gateway; without it, each.")] = None,
    hostname: Annotated[list[str] | None, typer.Option(help="Name of the site; repeat.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the Services.")] = 8000,
    weight: Annotated[
        list[str] | None, typer.Option(metavar="SUFFIX=N", help="Share of a Service with this suffix: blue=90.")
    ] = None,
) -> None:
    """Prints HTTPRoutes of the Kubernetes Gateway API, one a target."""
    from bunri.app.gateway.gateway_api import Routes, as_yaml, manifests

    weights = {
        _fits(_LABEL, suffix, "--weight"): _number(share) for suffix, share in _pairs(weight, "--weight").items()
    }
    routes = Routes(
        gateway=_fits(_LABEL, name, "--gateway"),
        gateway_namespace=_fits(_LABEL, namespace, "--namespace"),
        listener=None if listener is None else _fits(_LABEL, listener, "--listener"),
        hostnames=[_fits(_HOST, each, "--hostname") for each in hostname or ()],
        port=port,
        weights=weights or None,
    )
    typer.echo(as_yaml(manifests(_table(context), routes)), nl=False)


@gateway.command()
def ingress(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Name of the site.")],
    ingress_class: Annotated[str, typer.Option("--class", help="Of the controller.")] = "nginx",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the Services.")] = 8000,
    certificate: Annotated[str, typer.Option(help="Secret with the certificate, in bunri-all.")] = "bunri-tls",
) -> None:
    """Prints Ingresses of Kubernetes for ingress-nginx, one a target."""
    from bunri.app.gateway.gateway_api import as_yaml
    from bunri.app.gateway.ingress import Ingresses, ingresses

    for word, option in ((host, "--host"), (ingress_class, "--class"), (certificate, "--certificate")):
        _fits(_HOST, word, option)
    given = Ingresses(host=host, ingress_class=ingress_class, port=port, certificate=certificate)
    typer.echo(as_yaml(ingresses(_table(context), given)), nl=False)


def _table(context: typer.Context) -> "Table":
    from bunri.app.gateway.table import table

    connection: Connection = context.obj
    return table(connection.given)


def _with(made: "Gateway", **changes: str) -> "Gateway":
    from dataclasses import replace

    for name, path in changes.items():
        _fits(_PATH, path, f"--{name.replace('_', '-')}")
    return replace(made, **changes)  # type: ignore[arg-type]  # both are paths


def _pairs(given: Sequence[str] | None, option: str) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for each in given or ():
        name, equals, value = each.partition("=")
        if not (name and equals and value):
            raise typer.BadParameter(f"{option} takes NAME=VALUE, not {each!r}")
        found[name] = value
    return found


def _fits(pattern: re.Pattern[str], value: str, option: str) -> str:
    if not pattern.fullmatch(value):
        raise typer.BadParameter(f"{option}: {value!r} does not fit")
    return value


def _network(written: str) -> str:
    try:
        return str(ipaddress.ip_network(written, strict=False))
    except ValueError:
        raise typer.BadParameter(f"--trusted-proxy: {written!r} is neither an address nor a network") from None


def _number(written: str) -> int:
    if not written.isdigit():
        raise typer.BadParameter(f"--weight takes a number, not {written!r}")
    return int(written)
