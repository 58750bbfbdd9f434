"""The configuration of Nginx, from 1.22 on. Why it is so: docs/operations/{realtime,install}.md."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from bunri.app.gateway.table import REFUSED, SOCKETS, Table, addresses_of
from bunri.app.registry import ALL
from bunri.edge.http.security_headers import PRIVATE, security_headers
from bunri.edge.http.web import HASHED
from bunri.kit.languages import LANGUAGES, text

HEALTH: Final = "/gateway/health"
"""Answered by Nginx itself, whatever is behind it."""
BUFFERED: Final = 2**20
"""Bytes of a body up to which Nginx waits for all of it: then it can try another process. Larger ones go on as they
come, and never fill the memory or disk behind ``client_body_temp_path``."""
STREAMED: Final = ("/detect",)
"""Prefixes whose answers may come bit by bit without saying so in ``X-Accel-Buffering``."""
_COMPRESSED: Final = "application/json application/problem+json application/manifest+json image/svg+xml text/plain"
_OWN_ANSWERS: Final = {
    404: "not_found",
    413: "too_large",
    429: "crowded",
    500: "internal",
    502: "unavailable",
    503: "unavailable",
    504: "unavailable",
}
"""What Nginx answers by itself, and the code of it. Answers of ours pass through untouched."""
_MODULES: Final = ("/usr/lib/nginx/modules/ngx_http_brotli_filter_module.so",)
"""Where Debian puts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway:
    """What a gateway is told beside the table."""

    to: Mapping[str, tuple[str, ...]]
    """Target → ``HOST:PORT`` of its processes; ``all`` serves every target that has none of its own, and stands in
    where all of a target's own are away."""
    listen: str = "80"
    server_name: str = "_"
    trusted_proxies: Sequence[str] = ()
    """Networks of proxies before this one: their word counts about who asks, and whether by TLS."""
    buckets: Mapping[str, str] = field(default_factory=dict)
    """Bucket → ``HOST:PORT`` of the S3 server that has it, when browsers reach it through here."""
    largest_object: int = 200 * 2**20
    """Bytes of an object that is sent to a bucket; the ticket says more exactly."""
    listen_tls: str = "443"
    certificate: str | None = None
    key: str | None = None
    acme: str | None = None
    """The folder in which an ACME client leaves its challenges (``certbot --webroot``)."""
    cache: str | None = "/tmp/nginx/assets"  # noqa: S108  # of its own container
    access_log: str | None = "/dev/stdout"
    """None: whatever the ``http`` block says."""
    brotli: bool = False
    """Whether the module is loaded."""
    connections_per_address: int = 2048
    """Requests and sockets that one address may have under way: a quarter of what a process behind takes, so that it
    keeps nobody else out, and as many as a school of five hundred needs. Idle connections are none of them."""

    @property
    def tls(self) -> bool:
        return self.certificate is not None


def http_block(table: Table, gateway: Gateway) -> str:
    """What goes into the ``http`` block."""
    table = table.only(gateway.to)
    addresses = addresses_of(table, gateway.to)
    parts = [
        *_head(),
        *_people(gateway),
        *_log(),
        *_sessions(),
        *_compression(gateway),
        *_cache(gateway),
        *(line for name in addresses for line in _upstream(name, addresses[name], gateway)),
        *_upstream_of_all(gateway),
        *_upstream_of_sockets(table, addresses),
        *_buckets(gateway),
        *_servers(table, gateway),
    ]
    return "\n".join(parts) + "\n"


def whole(table: Table, gateway: Gateway, folder: str = "/tmp/nginx") -> str:  # noqa: S108  # of its own container
    """A whole ``nginx.conf`` for a container: in the foreground, without root, writing in ``folder`` alone."""
    modules = [f"load_module {name};" for name in _MODULES if gateway.brotli]
    temporary = [f"    {kind}_temp_path {folder}/{kind};" for kind in ("client_body", *_CGI)]
    lines = [
        *modules,
        "daemon off;",
        "worker_processes auto;",
        "worker_shutdown_timeout 10s;",
        f"pid {folder}/nginx.pid;",
        "error_log /dev/stderr warn;",
        "events { worker_connections 8192; }",
        "http {",
        "    include /etc/nginx/mime.types;",
        "    default_type application/octet-stream;",
        *temporary,
        *(f"    {line}" if line else "" for line in http_block(table, gateway).splitlines()),
        "}",
    ]
    return "\n".join(lines) + "\n"


_CGI: Final = ("proxy", "fastcgi", "uwsgi", "scgi")


def _head() -> Iterator[str]:
    yield "# Made by `bunri gateway nginx`: change what it is told, and run it again."
    yield "server_tokens off;"
    yield "client_header_timeout 10s;"
    yield "client_body_timeout 30s;"
    yield "large_client_header_buffers 4 8k;"
    yield "reset_timedout_connection on;"
    yield "limit_conn_zone $binary_remote_addr zone=bunri_addresses:4m;"
    yield "limit_conn_status 429;"
    yield ""


def _people(gateway: Gateway) -> Iterator[str]:
    """Who asks, and by which scheme: only proxies that were named are believed."""
    yield "geo $realip_remote_addr $bunri_proxied {"
    yield "    default 0;"
    yield from (f"    {network} 1;" for network in gateway.trusted_proxies)
    yield "}"
    yield 'map "$bunri_proxied:$http_x_forwarded_proto" $bunri_scheme {'
    yield '    "1:https" https;'
    yield '    "1:http" http;'
    yield "    default $scheme;"
    yield "}"
    yield from (f"set_real_ip_from {network};" for network in gateway.trusted_proxies)
    if gateway.trusted_proxies:
        yield "real_ip_header X-Forwarded-For;"
        yield "real_ip_recursive on;"
    yield ""


def _log() -> Iterator[str]:
    """A line of JSON for each request, as ours are: the path without its query, which may hold a position or a
    signature, and the network instead of the address."""
    yield "map $remote_addr $bunri_network {"
    yield r'    "~^(?<ours>\d+\.\d+\.\d+)\." $ours.0/24;'
    yield r'    "~^(?<ours>[0-9a-f]*:[0-9a-f]*:[0-9a-f]*):" $ours::/48;'
    yield '    default "";'
    yield "}"
    fields = {
        "timestamp": "$time_iso8601",
        "request_id": "$request_id",
        "network": "$bunri_network",
        "method": "$request_method",
        "path": "$uri",
        "status": "$status",
        "bytes": "$bytes_sent",
        "seconds": "$request_time",
        "upstream": "$upstream_addr",
        "upstream_status": "$upstream_status",
        "upstream_seconds": "$upstream_response_time",
        "cache": "$upstream_cache_status",
        "protocol": "$server_protocol",
    }
    yield f"log_format bunri escape=json '{json.dumps(fields)}';"
    yield ""


def _sessions() -> Iterator[str]:
    yield "# The polls of one session must reach the process that keeps it: its id begins with the number of the"
    yield "# request that opened it. A websocket is one connection, and goes anywhere."
    yield "map $arg_sid $bunri_session {"
    yield r'    "~^(?<opened_by>[0-9a-f]{32})\." $opened_by;'
    yield "    default $request_id;"
    yield "}"
    yield "map $http_upgrade $bunri_connection {"
    yield '    "" "";'
    yield "    default upgrade;"
    yield "}"
    yield "# What we answer by ourselves is in the reader's language."
    yield "map $http_accept_language $bunri_language {"
    yield '    "~*^en" en;'
    yield "    default ko;"
    yield "}"
    for status, code in _OWN_ANSWERS.items():
        yield f"map $bunri_language $bunri_problem_{status} {{"
        yield from (f"    {language} '{_problem(status, code, language)}';" for language in LANGUAGES)
        yield "}"
    yield ""


def _problem(status: int, code: str, language: str) -> str:
    """RFC 9457, as edge.http.problems writes it. The sentences have no apostrophe and no dollar sign: a test looks."""
    sentence = text(f"errors.{code}", "ko" if language == "ko" else "en")
    said = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "code": code}
    return json.dumps({**said, "detail": sentence}, ensure_ascii=False).replace("'", "’")


def _compression(gateway: Gateway) -> Iterator[str]:
    """Of what is made anew for each answer; files of the web app come compressed."""
    for name in ("gzip", *(("brotli",) if gateway.brotli else ())):
        yield f"{name} on;"
        yield f"{name}_types {_COMPRESSED};"
        yield f"{name}_min_length 1024;"
    yield "gzip_proxied any;"
    yield "gzip_vary on;"
    yield ""


def _cache(gateway: Gateway) -> Iterator[str]:
    """Files with a hash in their name. They outlive the version that they are of, for pages that are still open."""
    if gateway.cache and ALL in gateway.to:
        where = f"proxy_cache_path {gateway.cache} levels=1:2 keys_zone=bunri_assets:1m"
        yield f"{where} max_size=48m inactive=30d use_temp_path=off;"
        yield "map $http_accept_encoding $bunri_encoding {"
        yield r'    "~*\bbr\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))" br;'
        yield r'    "~*\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))" gzip;'
        yield '    default "";'
        yield "}"
        yield ""


def _upstream(name: str, addresses: Sequence[str], gateway: Gateway) -> Iterator[str]:
    """``max_fails=0``: a process that restarts is tried again with the next request; counting failures takes a target
    with one process away for ten seconds after each restart."""
    if addresses != gateway.to.get(ALL):
        yield f"upstream bunri_{name} {{"
        yield from (f"    server {address} max_fails=0;" for address in addresses)
        yield from (f"    server {address} max_fails=0 backup;" for address in gateway.to.get(ALL, ()))
        yield "}"


def _upstream_of_all(gateway: Gateway) -> Iterator[str]:
    if ALL in gateway.to:
        yield f"upstream bunri_{ALL} {{"
        yield from (f"    server {address} max_fails=0;" for address in gateway.to[ALL])
        yield "}"


def _upstream_of_sockets(table: Table, addresses: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """One that is dead is left out for five seconds, so that its sessions open anew at another at once."""
    for place in table.places:
        if place.prefix == SOCKETS:
            yield "upstream bunri_sockets {"
            yield "    hash $bunri_session consistent;"
            yield from (f"    server {address} max_fails=1 fail_timeout=5s;" for address in addresses[place.target])
            yield "}"


def _buckets(gateway: Gateway) -> Iterator[str]:
    for bucket, address in gateway.buckets.items():
        yield f"upstream bucket_{bucket} {{ server {address} max_fails=0; }}"
    yield ""


def _servers(table: Table, gateway: Gateway) -> Iterator[str]:
    if gateway.tls:
        yield from _redirecting(gateway)
    yield "server {"
    for line in (*_listening(gateway), *_proxying(gateway), "", *_locations(table, gateway)):
        yield f"    {line}" if line else ""
    yield "}"


def _redirecting(gateway: Gateway) -> Iterator[str]:
    yield "server {"
    yield f"    listen {gateway.listen};"
    yield f"    server_name {gateway.server_name};"
    yield from (f"    {line}" for line in (*_logging(gateway), *_challenges(gateway)))
    yield f"    location = {HEALTH} {{ access_log off; return 200; }}"
    yield "    location / { return 308 https://$host$request_uri; }"
    yield "}"


def _logging(gateway: Gateway) -> Iterator[str]:
    """In each server: otherwise Nginx opens its own file, and does not start where it may not write that."""
    if gateway.access_log:
        yield f"access_log {gateway.access_log} bunri;"


def _challenges(gateway: Gateway) -> Iterator[str]:
    if gateway.acme:
        yield "location ^~ /.well-known/acme-challenge/ {"
        yield f"    root {gateway.acme};"
        yield "    default_type text/plain;"
        yield "}"


def _listening(gateway: Gateway) -> Iterator[str]:
    if gateway.tls:
        yield f"listen {gateway.listen_tls} ssl http2;"  # later versions have another word for it, and take this one
        yield f"ssl_certificate {gateway.certificate};"
        yield f"ssl_certificate_key {gateway.key};"
        yield "ssl_protocols TLSv1.2 TLSv1.3;"
        yield f"ssl_ciphers {_CIPHERS};"
        yield "ssl_prefer_server_ciphers off;"
        yield "ssl_session_cache shared:bunri_tls:2m;"
        yield "ssl_session_timeout 1d;"
        yield "ssl_session_tickets off;"
    else:
        yield f"listen {gateway.listen};"
        yield from _challenges(gateway)
    yield f"server_name {gateway.server_name};"


_CIPHERS: Final = ":".join(
    f"ECDHE-{key}-{cipher}"
    for cipher in ("AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305")
    for key in ("ECDSA", "RSA")
)


def _proxying(gateway: Gateway) -> Iterator[str]:
    yield from _logging(gateway)
    yield f"limit_conn bunri_addresses {gateway.connections_per_address};"
    yield from _headers()
    yield 'proxy_set_header Connection "";'
    yield "proxy_http_version 1.1;"
    yield "proxy_connect_timeout 1s;  # one that has gone away takes no longer than that, and then another is tried"
    yield "proxy_next_upstream error timeout;"
    yield "proxy_read_timeout 60s;  # event streams say something every 15 s"
    yield "proxy_max_temp_file_size 0;"
    yield "client_max_body_size 64k;"


def _headers() -> Iterator[str]:
    yield "proxy_set_header Host $http_host;  # what pages say of their origin is compared with it"
    yield "proxy_set_header X-Request-ID $request_id;"
    yield "proxy_set_header X-Forwarded-For $remote_addr;"
    yield "proxy_set_header X-Forwarded-Proto $bunri_scheme;"


def _locations(table: Table, gateway: Gateway) -> Iterator[str]:
    """Regular expressions are tried in their order, so what is more exact comes first."""
    for status in _OWN_ANSWERS:
        yield f"error_page {status} @bunri_{status};"
        yield f"location @bunri_{status} {{"
        yield from (f"    {line}" for line in _answer(status, gateway))
        yield "}"
    yield f"location = {HEALTH} {{ access_log off; return 200; }}"
    refused = "|".join(path.removeprefix("/") for path in REFUSED)
    yield f'location ~ "^/({refused})(/|$)" {{ return 404; }}'
    for bucket in gateway.buckets:
        yield f"location ^~ /{bucket}/ {{"
        yield from (f"    {line}" for line in _to_bucket(bucket, gateway))
        yield "}"
    for place in table.places:
        if place.prefix == SOCKETS:
            yield f"location ^~ {SOCKETS}/ {{"
            yield from (f"    {line}" for line in _to_sockets(table))
            yield "}"
    for body in table.bodies:
        if not body.pattern.startswith(r"^/socket"):
            yield f'location ~ "{body.pattern}" {{'
            yield from (f"    {line}" for line in _to(body.target, gateway, body.most, body.pattern.removeprefix("^")))
            yield "}"
    for place in table.places:
        if place.prefix != SOCKETS:
            yield f'location ~ "^{_escaped(place.prefix)}(/|$)" {{'
            yield from (f"    {line}" for line in _to(place.target, gateway, table.usual_body, place.prefix))
            yield "}"
    yield from _others(gateway)


def _answer(status: int, gateway: Gateway) -> Iterator[str]:
    yield "default_type application/problem+json;"
    scheme = "https://" if gateway.tls else "http://"
    for name, value in security_headers(scheme).items():
        yield f'add_header {name} "{value}" always;'
    yield "add_header Cache-Control no-store always;"
    yield "add_header Content-Language $bunri_language always;"
    yield "add_header X-Request-ID $request_id always;"
    if status >= 429:
        yield "add_header Retry-After 2 always;"
    yield f"return {status} $bunri_problem_{status};"


def _to(target: str, gateway: Gateway, most: int, path: str) -> Iterator[str]:
    own = gateway.to.get(target) not in (None, gateway.to.get(ALL))
    yield f"proxy_pass http://bunri_{target if own else ALL};"
    if most != 64 * 1024:
        yield f"client_max_body_size {most};"
    if most > BUFFERED:
        yield "proxy_request_buffering off;"
    if path.startswith(STREAMED):
        yield "proxy_buffering off;"
    if f"{path}/".startswith(PRIVATE):  # what somebody else may have put into an answer must not tell of its secrets
        yield from (f"{name} off;" for name in ("gzip", *(("brotli",) if gateway.brotli else ())))


def _to_sockets(table: Table) -> Iterator[str]:
    yield "proxy_pass http://bunri_sockets;"
    yield from _headers()
    yield "proxy_set_header Upgrade $http_upgrade;"
    yield "proxy_set_header Connection $bunri_connection;"
    yield "proxy_buffering off;"
    for body in table.bodies:
        if body.pattern.startswith(r"^/socket"):
            yield f"client_max_body_size {body.most};"


def _to_bucket(bucket: str, gateway: Gateway) -> Iterator[str]:
    """Bytes between a browser and the S3 server, by presigned URLs alone: their signature covers ``Host``."""
    yield f"proxy_pass http://bucket_{bucket};"
    yield "proxy_set_header Host $http_host;"
    yield 'proxy_set_header Authorization "";'
    yield 'proxy_set_header Connection "";'
    yield f"client_max_body_size {gateway.largest_object};"
    yield "proxy_request_buffering off;"
    yield "limit_except GET PUT { deny all; }"
    yield 'if ($args !~ "X-Amz-Signature=") { return 404; }'
    for name, value in security_headers("https://" if gateway.tls else "http://").items():
        yield f'add_header {name} "{value}" always;'


def _others(gateway: Gateway) -> Iterator[str]:
    """The web app and what every process answers, or the only page there is."""
    if ALL not in gateway.to:
        first = next(iter(gateway.to))
        yield f"location = / {{ proxy_pass http://bunri_{first}; }}"
        yield f'location ~ "^/(health|ready|openapi.json|docs)$" {{ proxy_pass http://bunri_{first}; }}'
        yield "location / { return 404; }"
        return
    if gateway.cache:
        yield f"location ^~ {HASHED} {{"
        yield f"    proxy_pass http://bunri_{ALL};"
        yield from (f"    {line}" for line in _headers())
        yield '    proxy_set_header Connection "";'
        yield "    proxy_set_header Accept-Encoding $bunri_encoding;"
        yield "    proxy_cache bunri_assets;"
        yield "    proxy_cache_key $bunri_encoding$uri;"
        yield "    proxy_ignore_headers Vary;  # the encoding is in the key"
        yield "    proxy_cache_lock on;"
        yield "    proxy_cache_use_stale error timeout updating http_404 http_502 http_503 http_504;"
        yield "}"
    yield f"location / {{ proxy_pass http://bunri_{ALL}; }}"


def _escaped(prefix: str) -> str:
    return prefix.replace(".", r"\.")
