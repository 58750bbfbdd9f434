"""Access tokens and refresh tokens."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from joserfc import jws, jwt
from joserfc.jwk import OctKey
from tests.support.tokens import access_token

from bunri.domains.auth.public import Kind, TokenExpired, TokenInvalid
from bunri.domains.auth.signing_keys import PERIOD, SigningKeys
from bunri.domains.auth.tokens import (
    Claims,
    Verifier,
    issue_access,
    new_refresh,
    next_refresh,
    session_of,
    was_issued,
)
from bunri.kit.ids import new_id

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEYS = SigningKeys("seed one, long enough to be a secret")
KEY = KEYS.at(NOW)
HOUR = timedelta(hours=1)


class Time:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def with_claims(**changed: object) -> str:
    """A token signed by us, with claims that we would not write."""
    good = {"iss": "bunri", "aud": "bunri:access", "sub": "guest_1", "name": "a", "kind": "guest", "roles": []}
    times = {"iat": int(NOW.timestamp()), "exp": int((NOW + HOUR).timestamp())}
    return jws.serialize_compact(
        {"alg": "Ed25519", "typ": "at+jwt", "kid": KEY.kid},
        json.dumps({**good, "sid": str(new_id()), **times, **changed}).encode(),
        KEY,
        algorithms=["Ed25519"],
    )


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def verifier(time: Time) -> Verifier:
    return Verifier(KEYS, time)


class TestVerify:
    def test_reads_what_was_issued(self, verifier: Verifier) -> None:
        caller = verifier.verify(access_token(KEYS, "guest_1", "초록이", NOW, HOUR))
        assert (caller.id, caller.name, caller.expires_at) == ("guest_1", "초록이", NOW + HOUR)

    def test_says_who_it_is_in_which_session(self, verifier: Verifier) -> None:
        session_id = new_id()
        claims = Claims("guest_1", session_id, "a", Kind.ACCOUNT, ["moderator"])
        caller = verifier.verify(issue_access(KEYS, claims, NOW, HOUR))
        assert (caller.session_id, caller.kind, caller.roles) == (session_id, Kind.ACCOUNT, frozenset({"moderator"}))

    def test_a_remembered_token_of_an_ended_session_is_refused(self, time: Time) -> None:
        ended: set[UUID] = set()
        verifier = Verifier(KEYS, time, ended.__contains__)
        session_id = new_id()
        token = access_token(KEYS, "guest_1", "a", NOW, HOUR, session_id=session_id)
        verifier.verify(token)
        ended.add(session_id)
        with pytest.raises(TokenExpired):
            verifier.verify(token)

    def test_one_that_names_no_session_is_none(self, verifier: Verifier) -> None:
        with pytest.raises(TokenInvalid):
            verifier.verify(with_claims(sid=None))

    def test_a_remembered_token_still_expires(self, verifier: Verifier, time: Time) -> None:
        token = access_token(KEYS, "guest_1", "a", NOW, HOUR)
        verifier.verify(token)
        time.now += HOUR
        with pytest.raises(TokenExpired):
            verifier.verify(token)

    def test_another_seed_signs_another_key(self, verifier: Verifier) -> None:
        foreign = access_token(SigningKeys("seed two, long enough to be a secret"), "guest_1", "a", NOW, HOUR)
        with pytest.raises(TokenInvalid):
            verifier.verify(foreign)

    def test_a_changed_token_is_refused(self, verifier: Verifier) -> None:
        head, body, signature = access_token(KEYS, "guest_1", "a", NOW, HOUR).split(".")
        with pytest.raises(TokenInvalid):
            verifier.verify(f"{head}.{body[:-2]}AA.{signature}")

    @pytest.mark.parametrize("token", ["", "a", "a.b.c", "x" * 5000, "é.é.é", "eyJhbGciOiJub25lIn0.e30."])
    def test_garbage_is_refused(self, verifier: Verifier, token: str) -> None:
        with pytest.raises(TokenInvalid):
            verifier.verify(token)

    @pytest.mark.parametrize("exp", [10**400, 10**20, 1e300, 1.5, 2**53, -1, -(10**400), "4000000000", None, True, [1]])
    def test_an_absurd_end_is_refused(self, verifier: Verifier, exp: object) -> None:
        with pytest.raises(TokenInvalid):
            verifier.verify(with_claims(exp=exp))

    @pytest.mark.parametrize("name", ["nbf", "iat"])
    @pytest.mark.parametrize("value", [int(NOW.timestamp()) + 3600, 10**400, 1.5, "0", None, -1])
    def test_a_token_of_the_future_is_refused(self, verifier: Verifier, name: str, value: object) -> None:
        with pytest.raises(TokenInvalid):
            verifier.verify(with_claims(**{name: value}))

    def test_a_clock_a_little_ahead_is_borne(self, verifier: Verifier) -> None:
        ahead = int(NOW.timestamp()) + 30
        assert verifier.verify(with_claims(iat=ahead, nbf=ahead)).id == "guest_1"

    def test_the_public_key_is_no_hmac_secret(self, verifier: Verifier) -> None:
        """The classic confusion: a token signed by HS256 with the public key must not pass."""
        public = OctKey.import_key(str(KEY.as_dict(private=False)["x"]))
        claims = {"iss": "bunri", "aud": "bunri:access", "sub": "guest_1", "name": "a", "exp": 4_000_000_000}
        forged = jwt.encode({"alg": "HS256", "typ": "at+jwt", "kid": KEY.kid}, claims, public)
        with pytest.raises(TokenInvalid):
            verifier.verify(forged)

    def test_a_token_for_another_use_is_refused(self, verifier: Verifier) -> None:
        claims = {"iss": "bunri", "aud": "bunri:verify-email", "sub": "guest_1", "name": "a", "exp": 4_000_000_000}
        other = jwt.encode({"alg": "Ed25519", "typ": "at+jwt", "kid": KEY.kid}, claims, KEY, algorithms=["Ed25519"])
        with pytest.raises(TokenInvalid):
            verifier.verify(other)

    def test_it_remembers_a_bounded_number(self, time: Time) -> None:
        verifier = Verifier(KEYS, time, remembered=2)
        tokens = [access_token(KEYS, f"guest_{number}", "a", NOW, HOUR) for number in range(5)]
        assert [verifier.verify(token).id for token in tokens + tokens] == [f"guest_{n}" for n in range(5)] * 2


class TestRefresh:
    def test_the_next_token_is_known_to_the_server_alone(self) -> None:
        token = new_refresh("seed", new_id())
        assert next_refresh("seed", token) == next_refresh("seed", token)
        assert next_refresh("seed", token) != next_refresh("another seed", token)

    def test_every_token_names_its_session(self) -> None:
        session_id = new_id()
        first = new_refresh("seed", session_id)
        assert session_of(first) == session_of(next_refresh("seed", first)) == session_id
        assert new_refresh("seed", session_id) != first

    def test_only_the_server_issues_them(self) -> None:
        token = new_refresh("seed", new_id())
        assert was_issued("seed", token)
        assert was_issued("seed", next_refresh("seed", token))
        assert len(token) <= 128
        assert not was_issued("another seed", token)
        assert not was_issued("seed", token[:-1])
        assert not was_issued("seed", token.rpartition(".")[0])

    @pytest.mark.parametrize("token", ["", ".", "a.b", "x" * 76, "é.é"])
    def test_garbage_names_none(self, token: str) -> None:
        assert session_of(token) is None


class TestKeys:
    @pytest.mark.parametrize("quarters", [-1, 0, 1])
    def test_of_the_quarters_beside_this_one_are_good(self, verifier: Verifier, time: Time, quarters: int) -> None:
        """Issued just before or after the change, by a clock that differs."""
        token = access_token(KEYS, "guest_1", "a", NOW + quarters * PERIOD, HOUR)
        time.now = NOW + quarters * PERIOD
        assert verifier.verify(token).id == "guest_1"
        assert KEYS.at(NOW + quarters * PERIOD).kid in {key.kid for key in KEYS.accepted(NOW).keys}

    def test_older_ones_are_good_no_more(self, verifier: Verifier) -> None:
        old = KEYS.at(NOW - 2 * PERIOD)
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": old.kid}
        claims = {"iss": "bunri", "aud": "bunri:access", "sub": "guest_1", "sid": str(new_id()), "name": "a"}
        times = {"iat": int(NOW.timestamp()), "exp": int((NOW + HOUR).timestamp())}
        more = {"kind": "guest", "roles": []}
        with pytest.raises(TokenInvalid):
            verifier.verify(jwt.encode(header, {**claims, **times, **more}, old, algorithms=["Ed25519"]))

    def test_that_a_token_brings_along_are_not_asked(self, verifier: Verifier) -> None:
        """``jwk``, ``jku`` and ``x5u`` of the header are the sender's own word (ASVS 9.1.3)."""
        foreign = SigningKeys("seed two, long enough to be a secret").at(NOW)
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": foreign.kid, "jwk": foreign.as_dict(private=False)}
        claims = {"iss": "bunri", "aud": "bunri:access", "sub": "guest_1", "sid": str(new_id()), "name": "a"}
        times = {"iat": int(NOW.timestamp()), "exp": int((NOW + HOUR).timestamp())}
        more = {"kind": "guest", "roles": []}
        with pytest.raises(TokenInvalid):
            verifier.verify(jwt.encode(header, {**claims, **times, **more}, foreign, algorithms=["Ed25519"]))

    def test_are_published_without_their_secret_halves(self) -> None:
        published = KEYS.public(NOW)["keys"]
        assert [set(key) for key in published] == [{"kty", "crv", "use", "kid", "x"}] * 3
        assert KEY.kid in {key["kid"] for key in published}
