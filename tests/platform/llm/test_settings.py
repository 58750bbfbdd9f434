import subprocess
import sys

import pytest
from pydantic import ValidationError

from bunri.platform.llm.factory import open_model
from bunri.platform.llm.settings import LlmSettings


class TestChoosingAModel:
    def test_without_any_setting_there_is_no_remote_model(self) -> None:
        assert open_model(LlmSettings()) is None

    def test_claude_without_a_key_is_refused_at_start(self) -> None:
        with pytest.raises(ValidationError, match="needs api_key"):
            LlmSettings(provider="claude")

    def test_openai_without_a_key_is_refused_unless_another_server_is_named(self) -> None:
        with pytest.raises(ValidationError, match="needs api_key"):
            LlmSettings(provider="openai")
        LlmSettings.model_validate({"provider": "openai", "base_url": "http://localhost:11434/v1"})

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "localhost:11434", "gopher://x"])
    def test_only_http_addresses_are_taken(self, url: str) -> None:
        with pytest.raises(ValidationError):
            LlmSettings.model_validate({"provider": "openai", "base_url": url})

    def test_a_key_from_a_file_loses_its_line_end(self) -> None:
        assert LlmSettings.model_validate({"provider": "claude", "api_key": "sk-1\n"}).key == "sk-1"

    @pytest.mark.parametrize("key", ["", " \n"])
    def test_a_blank_key_is_no_key(self, key: str) -> None:
        with pytest.raises(ValidationError, match="needs api_key"):
            LlmSettings.model_validate({"provider": "claude", "api_key": key})

    def test_the_key_is_not_shown(self) -> None:
        assert "sk-secret" not in repr(LlmSettings.model_validate({"provider": "claude", "api_key": "sk-secret"}))

    def test_the_sdks_are_not_imported_before_they_are_used(self) -> None:
        program = (
            "import sys; from bunri.platform.llm.factory import open_model;"
            "from bunri.platform.llm.settings import LlmSettings; open_model(LlmSettings());"
            "sys.exit(bool({'anthropic', 'openai'} & sys.modules.keys()))"
        )
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
