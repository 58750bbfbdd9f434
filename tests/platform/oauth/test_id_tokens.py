"""ID tokens: forged, foreign, old and replayed ones. Kakao and Google are checked by the same rules."""

import base64
import hmac
import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from joserfc.jwk import RSAKey
from tests.platform.oauth.browsers import KEYS_PATH, Browser, browsing
from tests.support.oauth_server import Provider, id_token, signing_key
from tests.support.servers import ok, serving

from bunri.platform.oauth.errors import ProviderUnavailable, SignInFailed
from bunri.platform.oauth.protocol import ProviderName


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as opened:
        yield opened


@pytest.fixture(params=["kakao", "google"])
def name(request: pytest.FixtureRequest) -> ProviderName:
    found: ProviderName = request.param
    return found


def with_header(provider: Provider, key: RSAKey, **header: Any) -> Callable[[dict[str, Any]], str]:
    """A forger who signs by RS256 with ``key`` under the header of his choice."""
    kid = provider.keys[0].kid
    return lambda claims: id_token(claims, key, {"alg": "RS256", "kid": kid, **header})


def part(content: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


class TestClaims:
    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"nonce": "of another attempt"}, "nonce"),
            ({"nonce": None}, "nonce"),
            ({"aud": "somebody-elses-app"}, "aud"),
            ({"aud": None}, "aud"),
            ({"aud": []}, "aud"),
            ({"aud": ["another", "third"]}, "aud"),
            ({"azp": "somebody-elses-app"}, "azp"),
            ({"iss": "https://evil.example"}, "iss"),
            ({"iss": "https://accounts.google.com.evil.example"}, "iss"),
            ({"iss": None}, "iss"),
            ({"exp": None}, "exp"),
            ({"iat": None}, "iat"),
            ({"exp": "soon"}, "exp"),
            ({"sub": None}, "sub"),
            ({"sub": ""}, "sub"),
            ({"sub": 5}, "sub"),
            ({"sub": "x" * 256}, "sub"),
            ({"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}, "at_hash"),
        ],
    )
    async def test_what_is_not_about_this_attempt_is_refused(
        self, browser: Browser, name: ProviderName, changed: dict[str, Any], reason: str
    ) -> None:
        browser.providers.provider(name).changed_claims = changed
        assert await browser.refused(name, SignInFailed) == reason

    async def test_one_of_several_audiences_only_with_an_authorized_party(
        self, browser: Browser, name: ProviderName
    ) -> None:
        provider = browser.providers.provider(name)
        provider.changed_claims = {"aud": [provider.client_id, "another"], "azp": None}
        assert await browser.refused(name, SignInFailed) == "azp"
        provider.changed_claims = {"aud": [provider.client_id, "another"], "azp": provider.client_id}
        assert (await browser.sign_in(name)).subject == provider.subject

    @pytest.mark.parametrize("seconds", [-30, 30])
    async def test_clocks_may_differ_by_half_a_minute(self, browser: Browser, name: ProviderName, seconds: int) -> None:
        now = int(browser.time.seconds())
        browser.providers.provider(name).changed_claims = {"iat": now + seconds, "exp": now + seconds + 1}
        assert (await browser.sign_in(name)).provider == name

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"exp": -300}, "expired"),
            ({"iat": 300}, "iat"),
            ({"nbf": 300}, "nbf"),
        ],
    )
    async def test_but_not_by_five_minutes(
        self, browser: Browser, name: ProviderName, changed: dict[str, int], reason: str
    ) -> None:
        now = int(browser.time.seconds())
        claims = {claim: now + seconds for claim, seconds in changed.items()}
        browser.providers.provider(name).changed_claims = claims
        assert await browser.refused(name, SignInFailed) == reason


class TestSignatures:
    async def test_another_key_of_the_same_name(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        provider.forge = with_header(provider, signing_key("forger"))
        assert await browser.refused(name, SignInFailed) == "signature"

    async def test_changed_claims_under_the_old_signature(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)

        def forge(claims: dict[str, Any]) -> str:
            header, _, signature = with_header(provider, provider.keys[0])(claims).split(".")
            return f"{header}.{part({**claims, 'sub': 'victim'})}.{signature}"

        provider.forge = forge
        assert await browser.refused(name, SignInFailed) == "signature"

    @pytest.mark.parametrize("algorithm", ["none", "None", "nOnE"])
    async def test_no_signature_at_all(self, browser: Browser, name: ProviderName, algorithm: str) -> None:
        provider = browser.providers.provider(name)
        kid = provider.keys[0].kid
        provider.forge = lambda claims: f"{part({'alg': algorithm, 'kid': kid})}.{part(claims)}."
        assert await browser.refused(name, SignInFailed) == "algorithm"

    async def test_the_public_key_is_no_shared_secret(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        public = provider.keys[0].as_pem(private=False)
        kid = provider.keys[0].kid

        def forge(claims: dict[str, Any]) -> str:
            signed = f"{part({'alg': 'HS256', 'kid': kid})}.{part(claims)}"
            digest = hmac.digest(public, signed.encode(), "sha256")
            return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"

        provider.forge = forge
        assert await browser.refused(name, SignInFailed) == "algorithm"

    async def test_another_algorithm_by_the_right_key(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        kid = provider.keys[0].kid
        # The published key says that it is for RS256; the forger's copy does not.
        free = RSAKey.import_key(provider.keys[0].as_pem(private=True))
        provider.forge = lambda claims: id_token(claims, free, {"alg": "PS256", "kid": kid})
        assert await browser.refused(name, SignInFailed) == "algorithm"

    async def test_keys_that_a_token_names_itself_are_not_fetched(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        forger = signing_key("forger")
        async with serving(ok({"keys": [forger.as_dict(private=False)]})) as elsewhere:
            url = f"{elsewhere.url}/keys"
            for header in ({"jku": url}, {"x5u": url}, {"jku": url, "kid": "forger"}):
                provider.forge = with_header(provider, forger, **header)
                assert await browser.refused(name, SignInFailed) in {"signature", "key"}
            assert elsewhere.requests == []

    async def test_a_key_that_a_token_carries_is_not_used(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        forger = signing_key("forger")
        public = {name: forger.as_dict(private=False)[name] for name in ("kty", "n", "e")}
        provider.forge = with_header(provider, forger, jwk=public)
        assert await browser.refused(name, SignInFailed) in {"signature", "id_token"}

    @pytest.mark.parametrize("header", [{"jku": "https://evil.example/keys"}, {"x-trace": "1"}])
    async def test_headers_that_mean_nothing_to_us_do_not_spoil_a_good_token(
        self, browser: Browser, name: ProviderName, header: dict[str, str]
    ) -> None:
        provider = browser.providers.provider(name)
        provider.forge = with_header(provider, provider.keys[0], **header)
        assert (await browser.sign_in(name)).subject == provider.subject

    async def test_a_header_that_must_be_understood_and_is_not(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        provider.forge = with_header(provider, provider.keys[0], crit=["x-trace"], **{"x-trace": "1"})
        assert await browser.refused(name, SignInFailed) == "id_token"

    async def test_a_good_token_that_is_far_too_long(self, browser: Browser, name: ProviderName) -> None:
        browser.providers.provider(name).changed_claims = {"filler": "x" * 16384}
        assert await browser.refused(name, SignInFailed) == "id_token"

    @pytest.mark.parametrize(
        "token", ["", "a.b", "a.b.c", "é.é.é", "a" * 20000, part({"alg": "RS256"}) + ".e30.AAAA", "W10.W10.W10"]
    )
    async def test_what_is_no_token(self, browser: Browser, name: ProviderName, token: str) -> None:
        browser.providers.provider(name).forge = lambda _: token
        assert await browser.refused(name, SignInFailed) in {"id_token", "key"}


class TestKeys:
    async def test_keys_are_fetched_once_an_hour(self, browser: Browser, name: ProviderName) -> None:
        for _ in range(3):
            await browser.sign_in(name)
        assert len(browser.providers.requests(KEYS_PATH[name])) == 1
        browser.time.move(hours=1)
        await browser.sign_in(name)
        assert len(browser.providers.requests(KEYS_PATH[name])) == 2

    async def test_a_new_key_is_found_as_soon_as_it_signs(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        await browser.sign_in(name)
        provider.keys = [signing_key("second"), *provider.keys]
        browser.time.move(minutes=2)
        assert (await browser.sign_in(name)).subject == provider.subject
        assert len(browser.providers.requests(KEYS_PATH[name])) == 2

    async def test_invented_keys_do_not_make_us_ask_each_time(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        await browser.sign_in(name)
        browser.time.move(minutes=2)
        for number in range(5):
            provider.forge = with_header(provider, signing_key("forger"), kid=f"invented-{number}")
            assert await browser.refused(name, SignInFailed) == "key"
        assert len(browser.providers.requests(KEYS_PATH[name])) == 2

    async def test_a_withdrawn_key_is_not_believed_for_longer_than_an_hour(
        self, browser: Browser, name: ProviderName
    ) -> None:
        provider = browser.providers.provider(name)
        old = provider.keys[0]
        await browser.sign_in(name)
        provider.keys = [signing_key("second")]
        provider.forge = with_header(provider, old, kid=old.kid)
        browser.time.move(hours=1)
        assert await browser.refused(name, SignInFailed) == "key"

    async def test_keys_of_other_kinds_cost_the_good_one_nothing(self, browser: Browser, name: ProviderName) -> None:
        provider = browser.providers.provider(name)
        good = provider.keys[0].as_dict(private=False)
        others: list[dict[str, Any]] = [
            {"kty": "EC", "kid": "curve", "crv": "P-256", "x": "AA", "y": "AA"},
            {**good, "kid": "encrypts", "use": "enc"},
            {**good, "kid": "short", "n": good["n"][:100]},
            {"kid": "nothing"},
            {"kty": "RSA", "kid": "broken", "n": "!" * 400, "e": "AQAB"},
        ]
        browser.providers.fail(KEYS_PATH[name], ok({"keys": [*others, good]}))
        assert (await browser.sign_in(name)).subject == provider.subject

    @pytest.mark.parametrize("kid", ["encrypts", "short"])
    async def test_a_key_for_something_else_signs_nothing(self, browser: Browser, name: ProviderName, kid: str) -> None:
        provider = browser.providers.provider(name)
        good = provider.keys[0].as_dict(private=False)
        keys = {"encrypts": {**good, "kid": "encrypts", "use": "enc"}, "short": {**good, "kid": "short", "n": "AQ"}}
        browser.providers.fail(KEYS_PATH[name], ok({"keys": [keys[kid]]}))
        provider.forge = with_header(provider, provider.keys[0], kid=kid)
        assert await browser.refused(name, SignInFailed) == "key"

    async def test_more_keys_than_a_provider_has_are_garbage(self, browser: Browser, name: ProviderName) -> None:
        key = browser.providers.provider(name).keys[0].as_dict(private=False)
        browser.providers.fail(KEYS_PATH[name], ok({"keys": [{**key, "kid": str(number)} for number in range(33)]}))
        assert await browser.refused(name, ProviderUnavailable) == "garbage"
