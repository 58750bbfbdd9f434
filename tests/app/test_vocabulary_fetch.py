"""``bunri up`` brings the open vocabulary beside everything else, and tries again where it could not."""

from pathlib import Path

import pytest

from bunri import __version__
from bunri.app import vocabulary_fetch
from bunri.app.settings import Settings
from bunri.app.vocabulary_fetch import VocabularyFetch, is_current
from bunri.platform.vision.settings import VisionSettings
from bunri.platform.vision.vocabulary.state import READY_FILE, write_json


class Commands:
    """What was run; ends with the given statuses in turn."""

    def __init__(self, *statuses: int) -> None:
        self.ran: list[tuple[str, ...]] = []
        self._statuses = list(statuses)

    def __call__(self, *words: str) -> int:
        self.ran.append(words)
        return self._statuses.pop(0)


def settings(data: Path, **vision: object) -> Settings:
    return Settings(data=data, vision=VisionSettings.model_validate({"models_dir": None, **vision}))


def fetched(settings: Settings, commands: Commands) -> None:
    thread = VocabularyFetch(settings, commands, first_after_s=0)
    thread.start()
    thread.join()


PULLED = ("models", "pull", "clip_vit_b32", "--background")


def test_it_is_fetched_once(tmp_path: Path) -> None:
    commands = Commands(0)
    fetched(settings(tmp_path, open_vocabulary="clip_vit_b32"), commands)
    assert commands.ran == [PULLED]


def test_it_is_tried_again_until_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabulary_fetch, "_SOON_S", 0.01)
    commands = Commands(1, 1, 0)
    fetched(settings(tmp_path, open_vocabulary="clip_vit_b32"), commands)
    assert commands.ran == [PULLED] * 3


@pytest.mark.parametrize("vision", [{"open_vocabulary": "off"}, {"open_vocabulary": "clip_vit_b32", "fetch": False}])
def test_it_is_not_fetched_where_nobody_wants_it(tmp_path: Path, vision: dict[str, object]) -> None:
    commands = Commands()
    fetched(settings(tmp_path, **vision), commands)
    assert commands.ran == []


def test_what_this_version_has_prepared_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "models" / "clip_vit_b32"
    folder.mkdir(parents=True)
    write_json(folder / READY_FILE, {"made_by": __version__})
    commands = Commands()
    fetched(settings(tmp_path, open_vocabulary="clip_vit_b32"), commands)
    assert commands.ran == []


@pytest.mark.parametrize("content", ["", "[1]", '{"made_by": "0.0.1"}'])
def test_what_another_version_has_prepared_is_looked_at(tmp_path: Path, content: str) -> None:
    (tmp_path / READY_FILE).write_text(content)
    assert not is_current(tmp_path)


def test_it_ends_when_it_is_told_to(tmp_path: Path) -> None:
    thread = VocabularyFetch(settings(tmp_path, open_vocabulary="clip_vit_b32"), Commands(), first_after_s=3600)
    thread.start()
    thread.stop()
    thread.join()
