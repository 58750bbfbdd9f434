"""The two ceremonies of WebAuthn (Level 3, §7): a passkey is registered, and shown. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import webauthn
from webauthn.helpers import base64url_to_bytes, options_to_json_dict, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bunri.domains.auth.errors import PasskeyElsewhere, PasskeyInvalid
from bunri.domains.auth.records import Passkey
from bunri.domains.auth.relying_party import RelyingParty

_MALFORMED: Final = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)
"""What the library raises for answers that are none."""


@dataclass(frozen=True, slots=True)
class NewPasskey:
    credential_id: bytes
    public_key: bytes
    """COSE."""
    sign_count: int


def registration_options(
    party: RelyingParty, challenge: bytes, handle: bytes, name: str, known: Sequence[Passkey]
) -> dict[str, Any]:
    """For ``navigator.credentials.create``: a passkey that its owner unlocks, and that is found without a name."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="bunri",
        user_id=handle,
        user_name=name,
        challenge=challenge,
        attestation=AttestationConveyancePreference.NONE,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=each.credential_id) for each in known],
    )
    return options_to_json_dict(options)


def authentication_options(party: RelyingParty, challenge: bytes) -> dict[str, Any]:
    """For ``navigator.credentials.get``: whichever passkey the person has for us."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json_dict(options)


def verify_registration(party: RelyingParty, challenge: bytes, credential: Mapping[str, Any]) -> NewPasskey:
    """Raises PasskeyElsewhere for a page of another host, PasskeyInvalid for everything else that is wrong."""
    try:
        origin = _origin(party, credential)
        verified = webauthn.verify_registration_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=origin,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise PasskeyInvalid from error
    return NewPasskey(verified.credential_id, verified.credential_public_key, verified.sign_count)


def verify_authentication(
    party: RelyingParty, challenge: bytes, credential: Mapping[str, Any], passkey: Passkey
) -> int:
    """The authenticator's new counter. Raises what ``verify_registration`` does; PasskeyInvalid also for a counter that
    has not grown: there is a copy of the passkey (WebAuthn §6.1.1)."""
    try:
        origin = _origin(party, credential)
        handle = credential["response"].get("userHandle")
        if handle is not None and base64url_to_bytes(handle) != passkey.person_id.bytes:
            raise PasskeyInvalid
        verified = webauthn.verify_authentication_response(
            credential=dict(credential),
            expected_challenge=challenge,
            expected_rp_id=party.id,
            expected_origin=origin,
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except _MALFORMED as error:
        raise PasskeyInvalid from error
    return verified.new_sign_count


def credential_id_of(credential: Mapping[str, Any]) -> bytes:
    """Raises PasskeyInvalid."""
    try:
        return base64url_to_bytes(credential["rawId"])
    except _MALFORMED as error:
        raise PasskeyInvalid from error


def _origin(party: RelyingParty, credential: Mapping[str, Any]) -> str:
    """The page's, which the browser has put into what was signed."""
    data = parse_client_data_json(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    if not isinstance(data.origin, str):
        raise PasskeyInvalid
    if not party.takes(data.origin):
        raise PasskeyElsewhere(place=party.place)
    return data.origin
