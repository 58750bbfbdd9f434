"""Checks ID tokens (OpenID Connect Core §3.1.3.7): who the person is, said by the provider and to nobody but us."""

from collections.abc import Mapping
from typing import Any, Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, ClaimError, ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry, extract_compact

from bunri.kit.clock import Clock
from bunri.platform.oauth.errors import SignInFailed
from bunri.platform.oauth.keys import ALGORITHM, SigningKeys

LEEWAY_S: Final = 60
"""By how many seconds the provider's clock may differ from ours."""
LONGEST: Final = 16384
"""Characters of a token that we are willing to parse."""
LONGEST_SUBJECT: Final = 255
"""OpenID Connect Core §2."""

# Other header parameters than those of RFC 7515 are no reason to refuse a token, unless "crit" says that they are.
_REGISTRY: Final = JWSRegistry(algorithms=[ALGORITHM], strict_check_header=False)


class IdTokens:
    """Checks the tokens of one provider for one app.

    The key is one of the provider's own set, chosen by ``kid`` alone: ``jku``, ``x5u`` and ``jwk`` in a token's header
    name keys of whoever wrote it, and nothing reads them. The algorithm is RS256 and never what the token says.
    """

    def __init__(
        self, provider: str, issuers: tuple[str, ...], client_id: str, keys: SigningKeys, clock: Clock
    ) -> None:
        self._provider = provider
        self._issuers = issuers
        self._client_id = client_id
        self._keys = keys
        self._clock = clock

    async def check(self, token: str, nonce: str, access_token: str) -> Mapping[str, Any]:
        """The claims of ``token``, of which ``sub`` is a text of 1 to 255 characters.

        Raises SignInFailed with the reason: algorithm, key, signature, expired, nonce, iss, aud, azp, at_hash, sub …;
        and what fetching keys raises.
        """
        key = await self._keys.get(self._key_id(token))
        if key is None:
            raise self._failed("key")
        try:
            decoded = jwt.decode(token, key, registry=_REGISTRY)
            claims = CodeIDToken(
                decoded.claims,
                decoded.header,
                options={"iss": {"values": list(self._issuers)}, "aud": {"values": [self._client_id]}},
                params={"nonce": nonce, "client_id": self._client_id, "access_token": access_token},
            )
            claims.validate(now=int(self._clock().timestamp()), leeway=LEEWAY_S)
        except BadSignatureError:
            raise self._failed("signature") from None
        except ExpiredTokenError:
            raise self._failed("expired") from None
        except ClaimError as error:
            raise self._failed(error.claim) from None
        except (JoseError, ValueError, TypeError, RecursionError):
            raise self._failed("id_token") from None
        if not 0 < len(claims["sub"]) <= LONGEST_SUBJECT:
            raise self._failed("sub")
        return claims  # type: ignore[no-any-return]  # Authlib has no types; it is a dict

    def _key_id(self, token: str) -> str:
        """The ``kid`` of the header, and nothing else of it but the algorithm that it must name."""
        if len(token) > LONGEST:
            raise self._failed("id_token")
        try:
            header = extract_compact(token.encode(), None, _REGISTRY).headers()
        except (JoseError, ValueError, TypeError, RecursionError):
            raise self._failed("id_token") from None
        if header.get("alg") != ALGORITHM:
            raise self._failed("algorithm")
        kid = header.get("kid")
        if not isinstance(kid, str):
            raise self._failed("key")
        return kid

    def _failed(self, reason: str) -> SignInFailed:
        return SignInFailed(self._provider, reason)
