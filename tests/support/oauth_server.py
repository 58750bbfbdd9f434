"""Kakao, Naver and Google on one local server, as far as signing in goes.

    async with playing() as providers:
        settings = providers.settings()          # an OAuthSettings that points there
        providers.kakao.person["id"] = 7         # who comes back
        providers.fail("/kakao/v2/user/me", status(503, {"code": -9798, "msg": "maintenance"}))

It checks what the real ones check: client, secret, redirect address, PKCE, and that a code is used once. Its authorize
pages ask nobody anything: they redirect back at once, or deny with ``deny=1`` (in the address, or ``providers.deny``).

A process of its own, for tests in a browser, prints the environment that the product needs as JSON, a line, and then
serves until it is stopped: ``python -m tests.support.oauth_server``. From outside, ``PUT /kakao/person`` and
``PUT /deny`` with JSON change who comes back and whether people say no.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from joserfc.jws import JWSRegistry
from joserfc.registry import HeaderParameter
from tests.support.servers import Request, Server, Step, serving, status

from bunri.platform.oauth.settings import OAuthSettings

KAKAO_JSON = {"Content-Type": "application/json;charset=UTF-8"}

KAKAO_PERSON: dict[str, Any] = {
    "id": 2632890179123456789,
    "connected_at": "2026-04-11T01:45:28Z",
    "properties": {"nickname": "초록이"},
    "kakao_account": {
        "profile_nickname_needs_agreement": False,
        "profile": {"nickname": "초록이", "is_default_nickname": False},
        "has_email": True,
        "email_needs_agreement": False,
        "is_email_valid": True,
        "is_email_verified": True,
        "email": "green@kakao.example",
    },
}
NAVER_PERSON: dict[str, Any] = {
    "id": "Qd4_hQ0LhJ3nYH3uSiyQ7y9TrgXGN3Z0jCjs0j2Ks7k",
    "email": "green@naver.example",
    "nickname": "초록이",
    "name": "김초록",
    "enc_id": "7f4c0d",
}
GOOGLE_PERSON: dict[str, Any] = {
    "sub": "110169484474386276334",
    "email": "green@gmail.example",
    "email_verified": True,
    "name": "Green Kim",
}


@cache
def signing_key(kid: str) -> RSAKey:
    """An RSA key that is made once and named ``kid``; making one takes a tenth of a second."""
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256"})


def id_token(claims: dict[str, Any], key: Any, header: dict[str, Any]) -> str:
    """A signed token with whatever header is wanted, forged ones included."""
    known = {name: HeaderParameter(name, lambda _: None) for name in header.get("crit", ())}
    registry = JWSRegistry(known, algorithms=[header["alg"]], strict_check_header=False)
    return jwt.encode(header, claims, key, registry=registry)


@dataclass
class Grant:
    """What a code stands for until it is exchanged."""

    query: dict[str, str]
    used: bool = False


@dataclass
class Provider:
    """One provider: the app that is registered with it, and the person who signs in."""

    name: str
    person: dict[str, Any]
    issuer: str = ""
    client_id: str = ""
    client_secret: str = ""
    keys: list[RSAKey] = field(default_factory=list)
    """Published; the first one signs."""
    changed_claims: dict[str, Any] = field(default_factory=dict)
    """Of the next ID tokens; None takes a claim out."""
    forge: Callable[[dict[str, Any]], str] | None = None
    """Makes ID tokens of claims instead of signing them as it should."""
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    refresh_tokens: set[str] = field(default_factory=set)
    unlinked: list[str] = field(default_factory=list)
    """The subjects, or for Google the tokens, whose connection was ended."""

    def __post_init__(self) -> None:
        self.client_id = self.client_id or f"{self.name}-client"
        self.client_secret = self.client_secret or f"{self.name}-secret"
        self.keys = self.keys or [signing_key(f"{self.name}-1")]

    @property
    def subject(self) -> str:
        return str(self.person["sub"] if self.name == "google" else self.person["id"])

    def key_set(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys]}

    def sign(self, grant: Grant, more: dict[str, Any], now: int) -> str:
        claims = {
            "iss": self.issuer,
            "aud": self.client_id,
            "sub": self.subject,
            "nonce": grant.query.get("nonce"),
            "iat": now,
            "exp": now + 3600,
            **more,
            **self.changed_claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        if self.forge:
            return self.forge(claims)
        return id_token(claims, self.keys[0], {"alg": "RS256", "kid": self.keys[0].kid, "typ": "JWT"})


@dataclass
class Providers:
    """The three, and the server that they are on."""

    clock: Callable[[], float] = time.time
    deny: bool = False
    kakao: Provider = field(
        default_factory=lambda: Provider("kakao", json.loads(json.dumps(KAKAO_PERSON)), "https://kauth.kakao.com")
    )
    naver: Provider = field(default_factory=lambda: Provider("naver", dict(NAVER_PERSON)))
    google: Provider = field(
        default_factory=lambda: Provider("google", dict(GOOGLE_PERSON), "https://accounts.google.com")
    )
    kakao_admin_key: str = "kakao-admin-key"
    server: Server = field(default_factory=lambda: Server([]))
    _faults: dict[str, list[Step]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.server.url

    def addresses(self) -> dict[str, dict[str, str]]:
        """What the product's settings have to say, by provider."""
        found = {
            name: {
                "client_id": self.provider(name).client_id,
                "client_secret": self.provider(name).client_secret,
                "base_url": f"{self.url}/{name}",
                "authorize_url": f"{self.url}/{name}/authorize",
            }
            for name in ("kakao", "naver", "google")
        }
        for name in ("kakao", "naver"):
            found[name]["api_url"] = f"{self.url}/{name}"
        return found

    def settings(self, **more: dict[str, Any]) -> OAuthSettings:
        """Settings that point here; ``more`` by provider: ``kakao={"ask_email": True}``."""
        quick = {"first_wait_s": 0.0, "timeout_s": 30.0}  # no test fails because its machine is busy
        return OAuthSettings.model_validate(
            {name: {**quick, **addresses, **more.get(name, {})} for name, addresses in self.addresses().items()}
        )

    def environment(self) -> dict[str, str]:
        """The same for a process of the product."""
        return {
            f"BUNRI_OAUTH__{name.upper()}__{key.upper()}": value
            for name, addresses in self.addresses().items()
            for key, value in addresses.items()
        }

    def provider(self, name: str) -> Provider:
        found: Provider = {"kakao": self.kakao, "naver": self.naver, "google": self.google}[name]
        return found

    def fail(self, path: str, *steps: Step) -> None:
        """The next requests to ``path`` are answered by ``steps``, one each; the last one repeats until ``mend``."""
        self._faults[path] = list(steps)

    def mend(self) -> None:
        self._faults.clear()

    def requests(self, path: str) -> list[Request]:
        """What was asked of ``path``, oldest first."""
        return [request for request in self.server.requests if request.path == path]

    async def answer(self, writer: asyncio.StreamWriter) -> None:
        """The step of the script that answers every request."""
        request = self.server.requests[-1]
        await self._step(request)(writer)

    def _step(self, request: Request) -> Step:
        if faults := self._faults.get(request.path):
            return faults.pop(0) if len(faults) > 1 else faults[0]
        if (request.method, request.path) == ("PUT", "/deny"):
            self.deny = bool(request.json())
            return status(200, None)
        name, _, rest = request.path.removeprefix("/").partition("/")
        if name not in ("kakao", "naver", "google"):
            return status(404, None)
        provider = self.provider(name)
        if (request.method, rest) == ("PUT", "person"):
            provider.person = dict(json.loads(request.body))
            return status(200, None)
        if rest == "authorize":
            return self._authorize(provider, request)
        routes = {"kakao": self._kakao, "naver": self._naver, "google": self._google}
        return routes[name](rest, request)

    # ── the page that people see ──────────────────────────────────────────────────────────────────────────────────

    def _authorize(self, provider: Provider, request: Request) -> Step:
        query = request.query
        if query.get("client_id") != provider.client_id or query.get("response_type") != "code":
            return status(401, {"error": "invalid_client", "error_code": "KOE101"})
        back = {"state": query["state"]} if "state" in query else {}
        if provider.name == "google":
            back["iss"] = provider.issuer
        if self.deny or query.get("deny") == "1":
            back |= {"error": "access_denied", "error_description": "User denied access"}
        else:
            back["code"] = secrets.token_urlsafe(24)
            provider.grants[back["code"]] = Grant(query)
        return status(302, None, {"Location": f"{query['redirect_uri']}?{urlencode(back)}"})

    # ── what all token endpoints check ────────────────────────────────────────────────────────────────────────────

    def _exchange(self, provider: Provider, form: dict[str, str]) -> Grant | str:
        """The grant; or what is wrong: client, secret, code, redirect, verifier."""
        if form.get("client_id") != provider.client_id:
            return "client"
        if form.get("client_secret") != provider.client_secret:
            return "secret"
        grant = provider.grants.get(form.get("code", ""))
        if grant is None or grant.used:
            return "code"
        if form.get("redirect_uri") != grant.query["redirect_uri"]:
            return "redirect"
        challenge = grant.query.get("code_challenge")
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if challenge and challenge != base64.urlsafe_b64encode(digest).rstrip(b"=").decode():
            return "verifier"
        grant.used = True
        return grant

    def _new_token(self, provider: Provider) -> str:
        token = secrets.token_urlsafe(24)
        provider.tokens.add(token)
        return token

    def _new_refresh_token(self, provider: Provider) -> str:
        token = secrets.token_urlsafe(24)
        provider.refresh_tokens.add(token)
        return token

    def _renewed(self, provider: Provider, form: dict[str, str]) -> str | None:
        """A new access token for a refresh token (RFC 6749 §6); what is wrong is told in the provider's own way."""
        pair = (form.get("client_id"), form.get("client_secret"))
        if pair != (provider.client_id, provider.client_secret) or form["refresh_token"] not in provider.refresh_tokens:
            return None
        return self._new_token(provider)

    def _has_token(self, provider: Provider, request: Request) -> bool:
        return request.headers.get("authorization", "").removeprefix("Bearer ") in provider.tokens

    # ── Kakao ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _kakao(self, path: str, request: Request) -> Step:
        match request.method, path:
            case "POST", "oauth/token":
                form = _form(request)
                return self._kakao_renewed(form) if form["grant_type"] == "refresh_token" else self._kakao_token(form)
            case "GET", ".well-known/jwks.json":
                return status(200, self.kakao.key_set(), KAKAO_JSON)
            case "GET", "v2/user/me" if self._has_token(self.kakao, request):
                return status(200, self.kakao.person, KAKAO_JSON)
            case "GET", "v2/user/me":
                return status(401, {"msg": "this access token does not exist", "code": -401}, KAKAO_JSON)
            case "POST", "v1/user/unlink":
                return self._kakao_unlink(request)
        return status(404, None)

    def _kakao_token(self, form: dict[str, str]) -> Step:
        found = self._exchange(self.kakao, form)
        errors = {
            "client": (401, "invalid_client", "KOE101"),
            "secret": (401, "invalid_client", "KOE010"),
            "code": (400, "invalid_grant", "KOE320"),
            "redirect": (400, "invalid_grant", "KOE303"),
            "verifier": (400, "invalid_grant", "KOE320"),
        }
        if isinstance(found, str):
            code, error, own = errors[found]
            return status(code, {"error": error, "error_description": found, "error_code": own}, KAKAO_JSON)
        token = self._new_token(self.kakao)
        answer: dict[str, Any] = {
            "access_token": token,
            "token_type": "bearer",
            "refresh_token": self._new_refresh_token(self.kakao),
            "expires_in": 21599,
            "refresh_token_expires_in": 5183999,
            "scope": found.query.get("scope", "").replace(",", " "),
        }
        if "openid" in answer["scope"]:
            answer["id_token"] = self._sign_for_kakao(found)
        return status(200, answer, KAKAO_JSON)

    def _kakao_renewed(self, form: dict[str, str]) -> Step:
        token = self._renewed(self.kakao, form)
        if token is None:
            said = {"error": "invalid_grant", "error_description": "expired_or_invalid_refresh_token"}
            return status(400, {**said, "error_code": "KOE322"}, KAKAO_JSON)
        return status(200, {"access_token": token, "token_type": "bearer", "expires_in": 21599}, KAKAO_JSON)

    def _sign_for_kakao(self, grant: Grant) -> str:
        """Kakao's ID tokens have neither azp nor at_hash, and say nothing of whether an address is verified."""
        now = int(self.clock())
        more: dict[str, Any] = {"auth_time": now}
        if "profile_nickname" in grant.query["scope"]:
            more["nickname"] = "초록이"
        return self.kakao.sign(grant, more, now)

    def _kakao_unlink(self, request: Request) -> Step:
        subject = self.kakao.subject
        if request.headers.get("authorization") == f"KakaoAK {self.kakao_admin_key}":
            subject = _form(request)["target_id"]
        elif not self._has_token(self.kakao, request):
            return status(401, {"msg": "this access token does not exist", "code": -401}, KAKAO_JSON)
        if subject != self.kakao.subject or subject in self.kakao.unlinked:
            return status(400, {"msg": "NotRegisteredUserException", "code": -101}, KAKAO_JSON)
        self.kakao.unlinked.append(subject)
        self.kakao.refresh_tokens.clear()
        return status(200, {"id": int(subject)}, KAKAO_JSON)

    # ── Naver ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _naver(self, path: str, request: Request) -> Step:
        match request.method, path:
            case "POST", "oauth2.0/token":
                form = _form(request)
                answers = {"delete": self._naver_delete, "refresh_token": self._naver_renewed}
                return answers.get(form["grant_type"], self._naver_token)(form)
            case "GET", "v1/nid/me" if self._has_token(self.naver, request):
                return status(200, {"resultcode": "00", "message": "success", "response": self.naver.person})
            case "GET", "v1/nid/me":
                return status(200, {"resultcode": "024", "message": "Authentication failed"})
        return status(404, None)

    def _naver_token(self, form: dict[str, str]) -> Step:
        found = self._exchange(self.naver, form)
        if isinstance(found, str):
            wrong_pair = found in ("client", "secret")
            description = "wrong client id / client secret pair" if wrong_pair else "no valid data in session"
            return status(200, {"error": "invalid_request", "error_description": description})
        if form.get("state") != found.query.get("state"):
            return status(200, {"error": "invalid_request", "error_description": "no valid data in session"})
        tokens = {"access_token": self._new_token(self.naver), "refresh_token": self._new_refresh_token(self.naver)}
        return status(200, {**tokens, "token_type": "bearer", "expires_in": "3600"})

    def _naver_renewed(self, form: dict[str, str]) -> Step:
        token = self._renewed(self.naver, form)
        if token is None:
            return status(200, {"error": "invalid_request", "error_description": "invalid refresh_token"})
        return status(200, {"access_token": token, "token_type": "bearer", "expires_in": "3600"})

    def _naver_delete(self, form: dict[str, str]) -> Step:
        if (form.get("client_id"), form.get("client_secret")) != (self.naver.client_id, self.naver.client_secret):
            return status(
                200, {"error": "invalid_request", "error_description": "wrong client id / client secret pair"}
            )
        token = form["access_token"]
        if token in self.naver.tokens:
            self.naver.tokens.discard(token)
            self.naver.unlinked.append(self.naver.subject)
        return status(200, {"access_token": token, "result": "success"})  # also for a token that is not valid

    # ── Google ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _google(self, path: str, request: Request) -> Step:
        match request.method, path:
            case "GET", ".well-known/openid-configuration":
                return status(200, self.google_metadata())
            case "GET", "certs":
                return status(200, self.google.key_set())
            case "POST", "token":
                form = _form(request)
                return self._google_renewed(form) if form["grant_type"] == "refresh_token" else self._google_token(form)
            case "POST", "revoke":
                token = _form(request)["token"]
                if token not in self.google.tokens:
                    return status(400, {"error": "invalid_token", "error_description": "Token expired or revoked"})
                self.google.tokens.discard(token)
                self.google.unlinked.append(token)
                return status(200, b"")
        return status(404, None)

    def google_metadata(self) -> dict[str, Any]:
        base = f"{self.url}/google"
        return {
            "issuer": "https://accounts.google.com",
            "authorization_endpoint": f"{base}/authorize",
            "token_endpoint": f"{base}/token",
            "userinfo_endpoint": f"{base}/userinfo",
            "revocation_endpoint": f"{base}/revoke",
            "jwks_uri": f"{base}/certs",
            "response_types_supported": ["code"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["plain", "S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _google_token(self, form: dict[str, str]) -> Step:
        found = self._exchange(self.google, form)
        if isinstance(found, str):
            error = {"client": "invalid_client", "secret": "invalid_client", "redirect": "redirect_uri_mismatch"}
            code = error.get(found, "invalid_grant")
            return status(401 if code == "invalid_client" else 400, {"error": code, "error_description": found})
        token = self._new_token(self.google)
        digest = hashlib.sha256(token.encode()).digest()[:16]
        more = {
            "azp": self.google.client_id,
            "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            **self.google.person,
        }
        answer = {
            "access_token": token,
            "expires_in": 3599,
            "scope": "openid email profile",
            "token_type": "Bearer",
            "id_token": self.google.sign(found, more, int(self.clock())),
        }
        if (
            found.query.get("access_type") == "offline" and not self.google.refresh_tokens
        ):  # with the first consent only
            answer["refresh_token"] = self._new_refresh_token(self.google)
        return status(200, answer)

    def _google_renewed(self, form: dict[str, str]) -> Step:
        token = self._renewed(self.google, form)
        if token is None:
            return status(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        return status(200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"})


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode()))


@contextlib.asynccontextmanager
async def playing(clock: Callable[[], float] = time.time) -> AsyncIterator[Providers]:
    """The three providers on a free loopback port. ``clock``: seconds since 1970, for the times in ID tokens."""
    providers = Providers(clock)
    async with serving(providers.answer) as server:
        providers.server = server
        yield providers


async def _main() -> None:
    async with playing() as providers:
        sys.stdout.write(json.dumps(providers.environment()) + "\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_main())
