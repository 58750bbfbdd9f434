"""How settings write limits."""

import pytest
from pydantic import ValidationError

from bunri.platform.limits import LimitsSettings
from bunri.platform.limits.rates import Rate, parse


@pytest.mark.parametrize(
    ("written", "rates"),
    [
        ("5/minute", (Rate(5, 60),)),
        ("10 per 2 hours", (Rate(10, 7200),)),
        ("120/minute; 1000/hour", (Rate(120, 60), Rate(1000, 3600))),
        ("0", ()),
        (" 0 ", ()),
    ],
)
def test_are_read(written: str, rates: tuple[Rate, ...]) -> None:
    assert parse(written) == rates


@pytest.mark.parametrize(
    "written", ["", "five/minute", "5", "5/fortnight", "0/minute", "-1/minute", "5/year", "5/minute abc"]
)
def test_what_is_no_rate_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(written)


class TestSettings:
    def test_none_and_a_number_of_toml(self) -> None:
        settings = LimitsSettings.model_validate({"person": {"read": 0}, "network": {"guest": "0"}})
        assert settings.rates("read", "person") == ()
        assert settings.rates("guest", "network") == ()
        assert settings.rates("write", "person") == (Rate(300, 60),)

    def test_a_class_without_a_limit_of_that_kind_has_none(self) -> None:
        assert LimitsSettings().rates("guest", "person") == ()
        assert LimitsSettings().rates("register", "network") == (Rate(3, 60),)

    def test_are_the_same_after_they_were_written_down(self) -> None:
        settings = LimitsSettings.model_validate({"network": {"register": "7/hour"}})
        assert LimitsSettings.model_validate(settings.model_dump()) == settings
        assert settings.rates("register", "network") == (Rate(7, 3600),)

    @pytest.mark.parametrize(
        "given", [{"person": {"raed": "1/minute"}}, {"network": {"read": "often"}}, {"read": "1/hour"}]
    )
    def test_a_slip_is_refused(self, given: dict[str, object]) -> None:
        with pytest.raises(ValidationError):
            LimitsSettings.model_validate(given)
