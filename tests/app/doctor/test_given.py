"""What is wrong with settings, each of them really given so."""

from pathlib import Path
from typing import Any

import pytest

from bunri.app.doctor.given import contradictions, open_secrets
from bunri.app.settings import Settings

DATABASE = {"database_url": "postgresql://x@127.0.0.1/x", "valkey_url": "redis://127.0.0.1:1", "secret": "s" * 40}
MAIL = {"smtp_url": "smtp://127.0.0.1:25", "sender": "bunri@example.org"}
KAKAO = {"kakao": {"client_id": "an id"}}
PUBLIC = "https://bunri.example"


def kinds(**values: Any) -> set[str]:
    return {finding.kind for finding in contradictions(Settings.model_validate(values))}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({"public_url": PUBLIC}, "proxy_not_trusted"),
        ({"public_url": PUBLIC, "http": {"trusted_proxies": ["0.0.0.0/0"]}}, "everybody_trusted"),
        ({"public_url": PUBLIC, "http": {"trusted_proxies": ["10.0.0.1", "::/0"]}}, "everybody_trusted"),
        ({"public_url": "http://192.0.2.1"}, "without_tls"),
        (DATABASE, "public_url_missing"),
        ({**DATABASE, "secret": None}, "secret_missing"),
        ({"remote_targets": {"auth": "http://10.0.0.2:8000"}}, "files_of_one_machine"),
        ({"oauth": KAKAO}, "sign_in_without_address"),
        ({"mail": MAIL}, "mails_without_links"),
        ({"remote_vision": {"api_key": "k"}}, "remote_vision_unused"),
    ],
)
def test_settings_that_do_not_fit_are_named(values: dict[str, Any], kind: str) -> None:
    assert kind in kinds(**values)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"public_url": "http://127.0.0.1:8000"},
        {"public_url": PUBLIC, "http": {"trusted_proxies": ["127.0.0.1"]}, "oauth": KAKAO, "mail": MAIL},
        {**DATABASE, "public_url": PUBLIC, "http": {"trusted_proxies": ["10.0.0.0/8"]}},
    ],
)
def test_settings_that_fit_are_left_alone(values: dict[str, Any]) -> None:
    assert kinds(**values) == set()


class TestSecrets:
    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        """A folder that every account can get into, as far as that is ours to say."""
        for folder in (tmp_path, *tmp_path.parents):
            if not folder.stat().st_mode & 0o001 and folder.owner() == tmp_path.owner():
                folder.chmod(folder.stat().st_mode | 0o001)
        if not all(folder.stat().st_mode & 0o001 for folder in tmp_path.parents):
            pytest.skip("a folder above the temporary ones keeps others out")
        return tmp_path

    def found(self, data: Path, **environment: str) -> list[str]:
        return [finding.data["path"] for finding in open_secrets(Settings(data=data), environment)]

    def test_one_that_others_can_read_is_named(self, home: Path) -> None:
        secret = home / "secrets" / "root"
        secret.parent.mkdir(mode=0o755)
        secret.write_text("x" * 40)
        secret.chmod(0o644)
        assert self.found(home) == [str(secret)]
        secret.chmod(0o600)
        assert self.found(home) == []

    def test_one_in_a_folder_that_keeps_others_out_is_none_of_them(self, home: Path) -> None:
        secret = home / "secrets" / "root"
        secret.parent.mkdir(mode=0o700)
        secret.write_text("x" * 40)
        secret.chmod(0o644)
        assert self.found(home) == []

    def test_files_that_settings_name_are_looked_at_too(self, home: Path) -> None:
        for name in ("llm-key", "age-key"):
            (home / name).write_text("AGE-SECRET-KEY-1…")
            (home / name).chmod(0o644)
        backup = {"target": "/x", "unencrypted": True, "identity_file": home / "age-key"}
        settings = Settings.model_validate({"data": home, "backup": backup})
        environment = {"BUNRI_LLM__API_KEY_FILE": str(home / "llm-key"), "BUNRI_MAIL__CA_FILE": str(home / "llm-key")}
        named = {finding.data["path"] for finding in open_secrets(settings, environment)}
        assert named == {str(home / "llm-key"), str(home / "age-key")}
        assert self.found(home, BUNRI_LLM__API_KEY_FILE="/run/secrets/llm") == []
