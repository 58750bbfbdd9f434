from typing import Any

import pytest
from pydantic import ValidationError

from bunri.platform.vision.remote.factory import open_remote
from bunri.platform.vision.remote.settings import RemoteVisionSettings


class TestChoosingEyes:
    def test_there_are_none_by_default(self) -> None:
        assert open_remote(RemoteVisionSettings()) is None

    @pytest.mark.parametrize(
        ("settings", "lacks"),
        [
            ({"provider": "roboflow", "api_key": "k"}, "model"),
            ({"provider": "roboflow", "model": "waste/1"}, "api_key"),
            ({"provider": "huggingface", "api_key": "k"}, "model"),
            ({"provider": "huggingface", "model": "a/b"}, "api_key"),
            ({"provider": "claude"}, "api_key"),
            ({"provider": "openai"}, "api_key"),
        ],
    )
    def test_what_cannot_work_is_refused_at_start(self, settings: dict[str, Any], lacks: str) -> None:
        with pytest.raises(ValidationError, match=f"needs {lacks}"):
            RemoteVisionSettings.model_validate(settings)

    def test_a_material_that_does_not_exist_is_refused(self) -> None:
        with pytest.raises(ValidationError):
            RemoteVisionSettings.model_validate({"materials": {"bottle": "gold"}})
