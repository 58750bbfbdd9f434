import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bunri.platform.embedded.secrets import secret


class TestSecret:
    def test_is_made_once_and_then_kept(self, tmp_path: Path) -> None:
        first = secret(tmp_path, "tokens")
        assert len(first) >= 43
        assert secret(tmp_path, "tokens") == first
        assert secret(tmp_path, "other") != first

    def test_only_its_owner_can_read_it(self, tmp_path: Path) -> None:
        secret(tmp_path, "tokens")
        assert stat.S_IMODE((tmp_path / "secrets" / "tokens").stat().st_mode) == 0o600
        assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700

    def test_all_who_ask_at_once_get_the_same_one(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(16) as pool:
            answers = set(pool.map(lambda _: secret(tmp_path, "tokens"), range(64)))
        assert len(answers) == 1
        assert [file.name for file in (tmp_path / "secrets").iterdir()] == ["tokens"]

    @pytest.mark.parametrize("name", ["", "../up", "a/b", "A", ".hidden"])
    def test_a_name_is_never_a_path(self, tmp_path: Path, name: str) -> None:
        with pytest.raises(ValueError, match="not a name"):
            secret(tmp_path, name)
