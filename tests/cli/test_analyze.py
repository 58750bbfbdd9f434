"""``bunri analyze``: a folder of photos, a line each."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image
from tests.support.pictures import encoded, new_photo, noise
from tests.support.platform import environment

from bunri.app.settings import Settings
from bunri.domains.waste.objects import thumbnail_key


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / f"{number}.jpg" for number in range(3)]
    for path in paths:
        path.write_bytes(new_photo())
    return paths


def bunri(settings: Settings, *arguments: object, **env: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bunri", "analyze", *map(str, arguments)]
    return subprocess.run(
        command, env=environment(settings, **env), capture_output=True, text=True, timeout=100, check=False
    )


def documents(run: "subprocess.CompletedProcess[str]") -> Sequence[dict[str, object]]:
    return [json.loads(line) for line in run.stdout.splitlines()]


class TestJson:
    def test_every_photo_is_a_line_of_the_contract(self, settings: Settings, photos: list[Path]) -> None:
        run = bunri(settings, *photos, "--json", "--lat", 37.5663, "--lng", 126.9779)
        assert run.returncode == 0, run.stderr
        found = documents(run)
        assert [document["file"] for document in found] == [str(path) for path in photos]
        for document in found:
            assert document["status"] in ("done", "asked")
            assert isinstance(document["seconds"], float)
            wanted = {"items", "feedback", "nearby_bins", "cached", "models", "waste_type", "confidence"}
            assert wanted <= set(document)

    def test_without_weights_it_asks_and_says_what_is_missing(
        self, settings: Settings, photos: list[Path], tmp_path: Path
    ) -> None:
        run = bunri(settings, photos[0], "--json", "--lang", "en", BUNRI_MODELS_DIR=str(tmp_path))
        assert run.returncode == 0, run.stderr
        (found,) = documents(run)
        assert found["status"] == "asked"
        models = set(found["models"])  # type: ignore[call-overload]
        assert {"classifier", "namer"} <= models
        assert "detector" not in models
        assert "yolox_nano" in run.stderr

    def test_a_bad_photo_does_not_stop_the_others(self, settings: Settings, photos: list[Path], tmp_path: Path) -> None:
        (tmp_path / "letter.jpg").write_bytes(b"%PDF-1.7\n" + bytes(100))
        (tmp_path / "empty.jpg").touch()
        (tmp_path / "folder").mkdir()
        bad = [tmp_path / name for name in ("letter.jpg", "empty.jpg", "nowhere.jpg", "folder")]
        run = bunri(settings, *bad, photos[0], "--json", "--lang", "en")
        assert run.returncode == 1
        codes = [document.get("code") for document in documents(run)]
        assert codes == ["not_a_photo", "empty_photo", "unreadable_file", "no_photos", None]

    def test_names_that_are_not_utf_8_do_not_stop_the_others(
        self, settings: Settings, photos: list[Path], tmp_path: Path
    ) -> None:
        odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xc0\xaf.jpg"))
        odd.write_bytes(photos[2].read_bytes())
        gone = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.jpg"))
        run = bunri(settings, odd, gone, photos[0], "--json")
        assert run.returncode == 1, run.stderr
        assert [document.get("code") for document in documents(run)] == [None, "unreadable_file", None]
        shown = bunri(settings, gone, odd, "--lang", "en")
        assert shown.returncode == 1
        assert "cannot be read" in shown.stderr
        assert "Traceback" not in shown.stderr
        assert shown.stdout

    def test_what_cannot_be_read_in_a_folder_is_told(
        self, settings: Settings, photos: list[Path], tmp_path: Path
    ) -> None:
        photos[0].unlink()
        photos[0].symlink_to(tmp_path / "gone")
        run = bunri(settings, tmp_path, "--json")
        assert run.returncode == 1
        assert [document.get("code") for document in documents(run)] == ["unreadable_file", None, None]

    def test_a_folder_stands_for_the_photos_in_it(self, settings: Settings, photos: list[Path], tmp_path: Path) -> None:
        photos[0].rename(tmp_path / "Z.JPEG")
        (tmp_path / "notes.txt").write_text("no photo")
        (tmp_path / "deeper.jpg").mkdir()
        photos[1].rename(tmp_path / "deeper.jpg" / "1.jpg")
        run = bunri(settings, tmp_path, "--json")
        assert run.returncode == 0, run.stderr
        assert [document["file"] for document in documents(run)] == [str(photos[2]), str(tmp_path / "Z.JPEG")]

    def test_a_part_that_fails_on_one_photo_does_not_stop_the_others(
        self, settings: Settings, photos: list[Path]
    ) -> None:
        """A folder where the store wants to keep the picture: the disk's fault, not the photo's."""
        in_the_way = settings.data / "objects" / thumbnail_key(hashlib.sha256(photos[0].read_bytes()).digest())
        in_the_way.mkdir(parents=True)
        run = bunri(settings, *photos, "--json", "--lang", "en")
        in_the_way.rmdir()
        assert run.returncode == 1, run.stderr
        first, *others = documents(run)
        assert (first["file"], first["status"], first["code"]) == (str(photos[0]), "failed", "storage_unavailable")
        assert first["retryable"] is True
        assert {document["status"] for document in others} <= {"done", "asked"}

    def test_what_is_said_decides(self, settings: Settings, photos: list[Path]) -> None:
        clean = documents(bunri(settings, photos[0], "--json"))[0]
        wet = documents(bunri(settings, photos[0], "--json", "--tag", "wet"))[0]
        assert clean["items"][0]["tags"] == []  # type: ignore[index]
        assert wet["items"][0]["tags"] == ["wet"]  # type: ignore[index]


class TestPeople:
    def test_a_person_reads_a_panel_with_steps_and_source(self, settings: Settings, photos: list[Path]) -> None:
        run = bunri(settings, photos[0], "--lang", "en", "--note", "cardboard box")
        assert run.returncode == 0, run.stderr
        assert "  1. " in run.stdout
        assert re.search(r"\(\d{4}-\d\d-\d\d\)", run.stdout)

    def test_advice_that_no_source_confirms_says_so(self, settings: Settings, photos: list[Path]) -> None:
        run = bunri(settings, photos[0], "--lang", "en", "--note", "toothbrush")
        assert run.returncode == 0, run.stderr
        assert "No official source confirms this" in run.stdout

    def test_words_that_name_nothing_we_know_are_said_not_to(self, settings: Settings, photos: list[Path]) -> None:
        run = bunri(settings, photos[0], "--lang", "en", "--note", "space suit for a umbrella stand")
        assert run.returncode == 0, run.stderr
        assert "We do not know ‘space suit for a umbrella stand’ yet." in " ".join(run.stderr.split())
        assert "Did you mean" in run.stderr

    def test_what_is_asked_shows_no_steps_as_if_it_were_sure(
        self, settings: Settings, photos: list[Path], tmp_path: Path
    ) -> None:
        """Without weights of a detector the photo of colours is nothing that we know."""
        run = bunri(settings, photos[0], "--lang", "en", BUNRI_MODELS_DIR=str(tmp_path))
        assert run.returncode == 0, run.stderr
        assert "? " in run.stdout
        assert "A guess: " in run.stdout
        assert "--note" in run.stdout
        assert "  1. " not in run.stdout
        assert not re.search(r"\(\d{4}-\d\d-\d\d\)", run.stdout)

    def test_what_was_said_is_not_called_certain(self, settings: Settings, photos: list[Path]) -> None:
        run = bunri(settings, photos[0], "--lang", "en", "--note", "cardboard box")
        assert "you said so" in run.stdout
        assert "100%" not in run.stdout

    def test_a_dark_or_empty_photo_is_told_and_not_asked_about(self, settings: Settings, tmp_path: Path) -> None:
        dark, empty = tmp_path / "dark.jpg", tmp_path / "empty.jpg"
        dark.write_bytes(encoded(noise(6, 8)))
        empty.write_bytes(encoded(Image.new("RGB", (640, 480), "white")))
        run = bunri(settings, dark, empty, "--lang", "en")
        assert run.returncode == 1
        assert "too dark" in run.stderr
        assert "nothing to be seen" in run.stderr
        assert run.stdout == ""
        as_json = bunri(settings, dark, empty, "--json")
        assert [document["code"] for document in documents(as_json)] == ["too_dark", "empty_picture"]

    def test_an_unknown_region_is_refused_with_those_like_it(self, settings: Settings, photos: list[Path]) -> None:
        run = bunri(settings, photos[0], "--region", "nowhere", "--lang", "en")
        assert run.returncode == 1
        assert "no region called ‘nowhere’" in run.stderr
        assert "seoul-nowon (Nowon-gu, Seoul)" in run.stderr
        assert run.stdout == ""

    def test_a_region_may_be_named_as_people_name_it(self, settings: Settings, photos: list[Path]) -> None:
        run = bunri(settings, photos[0], "--region", "노원구", "--json")
        assert run.returncode == 0, run.stderr

    def test_half_a_position_is_refused(self, settings: Settings, photos: list[Path]) -> None:
        run = bunri(settings, photos[0], "--lat", "37.5")
        assert run.returncode == 2
        assert "--lng" in run.stderr

    def test_an_unknown_tag_is_refused(self, settings: Settings, photos: list[Path]) -> None:
        assert bunri(settings, photos[0], "--tag", "sparkling").returncode == 2
