"""Codes of authenticator apps, and codes on paper: pure."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from bunri.domains.auth import factor_codes, totp
from bunri.domains.auth.errors import SecretUnreadable
from bunri.domains.auth.secret_cipher import SecretCipher
from bunri.kit.ids import new_id

NOW = datetime(2026, 11, 20, 12, 0, 15, tzinfo=UTC)
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"  # of RFC 6238's own examples


class TestTotp:
    @pytest.mark.parametrize(("second", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
    def test_is_that_of_rfc_6238(self, second: int, code: str) -> None:
        """Appendix B, SHA-1, the last six of eight digits."""
        assert totp.code_at(RFC_SECRET, datetime.fromtimestamp(second, UTC)) == code

    @pytest.mark.parametrize(("steps", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
    def test_takes_one_step_before_and_after(self, steps: int, good: bool) -> None:
        code = totp.code_at(RFC_SECRET, NOW + steps * totp.STEP)
        assert (totp.step_of(RFC_SECRET, code, NOW, after=None) is not None) is good

    def test_no_step_twice_and_none_before_it(self) -> None:
        before, now = totp.code_at(RFC_SECRET, NOW - totp.STEP), totp.code_at(RFC_SECRET, NOW)
        used = totp.step_of(RFC_SECRET, now, NOW, after=None)
        assert used is not None
        for code in (now, before):
            assert totp.step_of(RFC_SECRET, code, NOW + timedelta(seconds=10), after=used) is None
        assert totp.step_of(RFC_SECRET, totp.code_at(RFC_SECRET, NOW + totp.STEP), NOW, after=used) == used + 1

    @pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "２８７０８２", "28 70 8"])
    def test_refuses_what_is_no_code(self, typed: str) -> None:
        assert totp.step_of(RFC_SECRET, typed, NOW, after=None) is None

    def test_takes_spaces(self) -> None:
        code = totp.code_at(RFC_SECRET, NOW)
        assert totp.step_of(RFC_SECRET, f" {code[:3]} {code[3:]} ", NOW, after=None)

    def test_uri_has_what_an_app_needs(self) -> None:
        secret = totp.new_secret()
        uri = urlsplit(totp.uri_of(secret, "chorok@example.org"))
        assert (uri.scheme, uri.netloc, uri.path) == ("otpauth", "totp", "/bunri:chorok%40example.org")
        assert parse_qs(uri.query) == {"secret": [secret], "issuer": ["bunri"]}
        assert len(secret) == 32


class TestFactorCodes:
    def test_are_ten_of_120_bits(self) -> None:
        codes = factor_codes.new_codes()
        assert len(set(codes)) == 10
        assert {len(code.replace("-", "")) for code in codes} == {24}

    def test_are_read_however_they_are_typed(self) -> None:
        code = "OIBG-2XFA-ZP3M-QW6E-LT5R-BN4C"
        kept = factor_codes.kept_hash(code)
        assert kept is not None
        for typed in (code.lower(), code.replace("-", " "), code.replace("OIBG", "0189"), f" {code.replace('-', '')}"):
            assert factor_codes.kept_hash(typed) == kept

    @pytest.mark.parametrize("typed", ["", "K7QD", "K7QD-2XFA-ZP3M-QW6E-LT5R-BN4", "가" * 24, "é" * 24])
    def test_others_are_none(self, typed: str) -> None:
        assert factor_codes.kept_hash(typed) is None


class TestSecretCipher:
    def test_reads_what_it_wrote_for_that_person_alone(self) -> None:
        cipher, person = SecretCipher("5e" * 32), new_id()
        kept = cipher.encrypt(RFC_SECRET, person)
        assert RFC_SECRET.encode() not in kept
        assert cipher.decrypt(kept, person) == RFC_SECRET
        assert cipher.encrypt(RFC_SECRET, person) != kept
        for other, whose in ((cipher, new_id()), (SecretCipher("5f" * 32), person)):
            with pytest.raises(SecretUnreadable):
                other.decrypt(kept, whose)
