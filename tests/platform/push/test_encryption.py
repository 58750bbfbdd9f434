"""What is encrypted for a browser is what the RFCs say, and the browser can read it."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st
from tests.support.push_service import Browser

from bunri.platform.push.encryption import encrypt


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_the_example_of_rfc_8291() -> None:
    """Appendix A."""
    private = int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=decoded("DGv6ra1nlYgDCS1FRnbzlw"),
        key=ec.derive_private_key(private, ec.SECP256R1()),
    )
    assert base64.urlsafe_b64encode(body).rstrip(b"=").decode() == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml"
        "mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@given(payload=st.binary(max_size=3000))
def test_only_its_browser_reads_it(payload: bytes) -> None:
    browser, other = Browser(), Browser()
    body = encrypt(payload, browser.p256dh, browser.auth)
    assert browser.reads(body) == payload
    assert body != encrypt(payload, browser.p256dh, browser.auth)
    with pytest.raises(Exception):  # noqa: B017  # InvalidTag, of a library that the other browser is free to choose
        other.reads(body)


@pytest.mark.parametrize("key", [b"", b"\x04" + b"\x00" * 64, b"\x04" + b"\xff" * 64, b"\x02" + b"\x01" * 32])
def test_what_is_no_point_of_the_curve_is_refused(key: bytes) -> None:
    with pytest.raises(ValueError):
        encrypt(b"", key, b"x" * 16)
