"""Which providers are offered, and what cannot work."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from bunri.app.settings import Settings
from bunri.platform.oauth.factory import open_providers
from bunri.platform.oauth.protocol import new_attempt
from bunri.platform.oauth.settings import OAuthSettings

APP = {"client_id": "id", "client_secret": "s3cret"}


def test_without_settings_nobody_is_offered_anything() -> None:
    assert OAuthSettings().configured == ()
    assert open_providers(OAuthSettings()) == {}


async def test_those_with_an_app_are_offered() -> None:
    settings = OAuthSettings.model_validate({"google": APP, "kakao": {"client_id": "id"}})
    opened = open_providers(settings)
    assert settings.configured == tuple(opened) == ("kakao", "google")
    assert [provider.name for provider in opened.values()] == ["kakao", "google"]
    for provider in opened.values():
        await provider.aclose()


def test_people_are_sent_to_the_providers_own_pages() -> None:
    settings = OAuthSettings.model_validate({"google": APP, "kakao": APP, "naver": APP})
    pages = {
        name: provider.authorize_url(new_attempt("https://x/")).partition("?")[0]
        for name, provider in open_providers(settings).items()
    }
    assert pages == {
        "kakao": "https://kauth.kakao.com/oauth/authorize",
        "naver": "https://nid.naver.com/oauth2.0/authorize",
        "google": "https://accounts.google.com/o/oauth2/v2/auth",
    }


def test_the_environment_reaches_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUNRI_OAUTH__KAKAO__CLIENT_ID", "rest-key")
    monkeypatch.setenv("BUNRI_OAUTH__KAKAO__ASK_EMAIL", "true")
    monkeypatch.setenv("BUNRI_OAUTH__GOOGLE__CLIENT_ID", "")
    oauth = Settings().oauth
    assert (oauth.configured, oauth.kakao.client_id, oauth.kakao.ask_email) == (("kakao",), "rest-key", True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"naver": {"client_id": "id"}}, "needs client_secret"),
        ({"google": {"client_id": "id", "client_secret": " \n"}}, "needs client_secret"),
        ({"kakao": {"client_secret": "s"}}, "needs client_id"),
        ({"kakao": {**APP, "api_key": "k"}}, "api_key is not used"),
        ({"kakao": {**APP, "base_url": "http://kauth.example"}}, "must be https"),
        ({"kakao": {**APP, "api_url": "http://kapi.example"}}, "must be https"),
        ({"naver": {**APP, "authorize_url": "http://nid.example/authorize"}}, "must be https"),
        ({"google": {**APP, "base_url": "http://127.evil.example"}}, "must be https"),
        ({"google": {**APP, "api_url": "https://x"}}, "api_url"),
        ({"apple": APP}, "apple"),
    ],
)
def test_what_cannot_work_is_refused_with_a_sentence(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        OAuthSettings.model_validate(given)


@pytest.mark.parametrize("url", ["http://localhost:1", "http://127.0.0.1:1", "http://[::1]:1", "https://proxy.example"])
def test_safe_addresses(url: str) -> None:
    assert OAuthSettings.model_validate({"kakao": {**APP, "base_url": url}}).configured == ("kakao",)


def test_secrets_are_not_shown() -> None:
    settings = OAuthSettings.model_validate({"kakao": {**APP, "admin_key": "adm1n"}})
    assert "s3cret" not in repr(settings)
    assert "adm1n" not in repr(settings)


def test_a_secret_from_a_file_loses_its_line_end() -> None:
    assert OAuthSettings.model_validate({"naver": {**APP, "client_secret": "s3cret\n"}}).naver.secret == "s3cret"


def test_authlib_is_not_imported_before_somebody_may_sign_in() -> None:
    program = (
        "import sys; from bunri.platform.oauth.factory import open_providers;"
        "from bunri.platform.oauth.settings import OAuthSettings; open_providers(OAuthSettings());"
        "sys.exit(bool({'authlib', 'joserfc', 'httpx'} & sys.modules.keys()))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
