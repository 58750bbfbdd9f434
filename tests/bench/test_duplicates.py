"""The evaluation of the memory for near photos: variants, counting, the stream, the page."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from bench.duplicates import counting, page
from bench.duplicates.lookup import Lookup
from bench.duplicates.measure import Asked
from bench.duplicates.photos import LabelledPhoto, things_of
from bench.duplicates.scenes import scene
from bench.duplicates.stream import NEW, REPEAT_SHARES, REPEATS, SAME_FILE, StreamPhoto, StreamResult, play, stream
from bench.duplicates.variants import VARIANTS, Variant, turned
from PIL import Image
from tests.platform.photos.samples import corners
from tests.platform.photos.samples import scene as blobs

from bunri.domains.waste.repository.fingerprints import LEAST_SHARED
from bunri.platform.photos.fingerprint import Fingerprint
from bunri.platform.photos.limits import PhotoLimits
from bunri.platform.photos.photo import open_photo


def known(name: str, thing: str = "") -> LabelledPhoto:
    return LabelledPhoto(name, Path(name), thing or name)


def flipped(bits: int, of: bytes = bytes(32)) -> bytes:
    """``of`` with its last so many bits the other way."""
    return (int.from_bytes(of) ^ ((1 << bits) - 1)).to_bytes(32)


def prints(phash: bytes, landmarks: int = 0) -> Fingerprint:
    """With the first so many landmarks, each under one number."""
    return Fingerprint((phash,), list(range(landmarks)), list(range(landmarks)))


def size(data: bytes) -> tuple[int, int]:
    return Image.open(BytesIO(data)).size


class TestVariants:
    @pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
    def test_they_are_always_the_same_bytes(self, variant: Variant) -> None:
        picture = blobs(128, 96)
        assert variant.of(picture, "a.jpg") == variant.of(picture, "a.jpg")

    def test_names_tell_them_apart(self) -> None:
        assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)

    @pytest.mark.parametrize("orientation", range(2, 9))
    def test_what_was_turned_is_put_upright(self, orientation: int) -> None:
        picture = corners()
        photo = open_photo(turned(picture, orientation), PhotoLimits())
        assert np.array_equal(photo.pixels[:, :, ::-1], np.asarray(picture))

    def test_a_crop_takes_its_share_of_both_sides(self) -> None:
        (crop,) = [variant for variant in VARIANTS if variant.name == "cropped by 5%"]
        assert size(crop.of(blobs(400, 200), "a.jpg")) == (380, 190)

    def test_where_a_crop_is_cut_hangs_on_the_photo(self) -> None:
        (crop,) = [variant for variant in VARIANTS if variant.name == "cropped by 8%"]
        assert len({crop.of(blobs(400, 300), f"{number}.jpg") for number in range(8)}) > 1

    def test_a_screenshot_shows_all_of_the_photo_between_bars(self) -> None:
        (shot,) = [variant for variant in VARIANTS if variant.name == "screenshot, dark"]
        screen = np.asarray(Image.open(BytesIO(shot.of(Image.new("RGB", (400, 300), "red"), "a.jpg"))))
        red = (screen[:, :, 0] > 200) & (screen[:, :, 1] < 60)
        assert screen.shape == (1560, 720, 3)
        assert abs(int(red.sum()) - 720 * 540) < 0.01 * 720 * 540

    def test_under_a_stand_only_the_middle_changes(self) -> None:
        background = np.full((90, 120, 3), 90, np.uint8)
        black, white = (np.full((30, 40, 3), value, np.uint8) for value in (0, 255))
        views = [
            open_photo(scene(background, thing, 0.5), PhotoLimits()).pixels.astype(int) for thing in (black, white)
        ]
        apart = np.abs(views[0] - views[1]).max(axis=2)
        assert apart[200:568, 264:760].min() > 240
        assert apart[:180].max() <= 4


class TestLookup:
    def test_the_nearest_hash_comes_first_and_then_who_shares_most_landmarks(self) -> None:
        lookup = Lookup(15, [prints(flipped(9)), prints(flipped(2)), prints(flipped(99), 5), prints(flipped(90), 6)])
        assert lookup.candidates(prints(flipped(0), 6)) == [1, 0, 3, 2]

    def test_few_landmarks_in_common_are_not_enough(self) -> None:
        lookup = Lookup(15, [prints(flipped(99), LEAST_SHARED - 1), prints(flipped(98), LEAST_SHARED)])
        assert lookup.candidates(prints(flipped(0), 16)) == [1]

    def test_the_part_between_bars_may_be_what_is_near(self) -> None:
        lookup = Lookup(15, [prints(flipped(0))])
        assert lookup.candidates(Fingerprint((flipped(99), flipped(3)), [], [])) == [0]

    def test_no_more_than_some_and_never_itself(self) -> None:
        lookup = Lookup(15, [prints(flipped(0))] * 9)
        assert lookup.candidates(prints(flipped(0)), but=0) == [1, 2, 3]


class TestAnswers:
    ASKED = Asked(known("glass/a.jpg"), [(1.4, known("metal/b.jpg")), (0.3, known("glass/a.jpg"))])

    def test_the_first_that_is_the_same_answers(self) -> None:
        assert self.ASKED.known(1.0)
        assert not self.ASKED.mistaken(1.0)

    def test_a_limit_that_takes_another_thing_is_a_mistake(self) -> None:
        assert self.ASKED.mistaken(1.5)
        assert not self.ASKED.known(0.2)


class TestCounting:
    @pytest.mark.parametrize(("seen", "among", "bound"), [(0, 300, 0.01), (0, 0, 1.0), (0, 2, 1.0)])
    def test_none_of_many_is_bounded_by_the_rule_of_three(self, seen: int, among: int, bound: float) -> None:
        assert counting.at_most(seen, among) == pytest.approx(bound)

    def test_some_of_many_are_bounded_by_more_than_their_share(self) -> None:
        assert 0.05 < counting.at_most(5, 100) < 0.11


class TestThings:
    def test_groups_that_share_a_photo_show_one_thing(self) -> None:
        things = things_of([["a", "b"], ["c", "d"], ["b", "c"]])
        assert len({things[name] for name in "abcd"}) == 1

    def test_others_stay_apart(self) -> None:
        things = things_of([["a", "b"], ["c", "d"]])
        assert things["a"] == things["b"] != things["c"]


CHANGES = {kind: [f"{kind} {number}" for number in range(3)] for kind in REPEAT_SHARES if kind != SAME_FILE}


class TestStream:
    def test_all_come_once_and_three_in_ten_come_again(self) -> None:
        photos = [known(f"glass/{number}.jpg") for number in range(700)]
        sent = stream(photos, photos, CHANGES)
        fresh = [one.photo.name for one in sent if one.kind == NEW]
        assert sorted(fresh) == sorted(photo.name for photo in photos)
        assert 1 - len(fresh) / len(sent) == pytest.approx(REPEATS, abs=0.05)

    def test_nothing_returns_before_it_came_nor_twice_in_the_same_change(self) -> None:
        photos = [known(f"glass/{number}.jpg") for number in range(60)]
        before: set[tuple[str, str]] = set()
        for one in stream(photos, photos[::6], CHANGES):
            assert one.kind == NEW or (one.photo.name, "") in before
            assert one.change == "" or (one.photo.name, one.change) not in before
            before.add((one.photo.name, one.change))

    def test_it_is_the_same_each_time(self) -> None:
        photos = [known(f"glass/{number}.jpg") for number in range(60)]
        assert stream(photos, photos, CHANGES) == stream(photos, photos, CHANGES)


class TestPlay:
    A, B, C = known("glass/a.jpg"), known("metal/b.jpg"), known("glass/c.jpg")

    @staticmethod
    def played(sent: list[StreamPhoto], differences: dict[tuple[int, int], float]) -> StreamResult:
        """All have the same hash, so all are compared."""
        return play(sent, [prints(flipped(0))] * len(sent), lambda new, old: differences[new, old], 1.0, 15)

    def test_the_same_file_is_known_and_so_is_one_that_differs_little(self) -> None:
        sent = [
            StreamPhoto(self.A, NEW),
            StreamPhoto(self.A, SAME_FILE),
            StreamPhoto(self.A, "messenger", "m"),
            StreamPhoto(self.A, "cropped", "c"),
        ]
        result = self.played(sent, {(2, 0): 0.2, (3, 0): 1.2, (3, 2): 1.1})
        assert (result.repeats, result.repeats_hit, result.wrong_answers) == (3, 2, 0)
        assert (result.hits["messenger"], result.hits["cropped"]) == (1, 0)

    def test_one_that_differs_is_new_and_remembered(self) -> None:
        sent = [StreamPhoto(self.A, NEW), StreamPhoto(self.A, "resized", "r"), StreamPhoto(self.A, "messenger", "m")]
        result = self.played(sent, {(1, 0): 2.0, (2, 0): 2.0, (2, 1): 0.1})
        assert (result.hits["resized"], result.hits["messenger"]) == (0, 1)

    def test_another_things_answer_is_wrong(self) -> None:
        sent = [StreamPhoto(self.A, NEW), StreamPhoto(self.B, NEW), StreamPhoto(self.C, NEW)]
        result = self.played(sent, {(1, 0): 0.5, (2, 0): 0.5})
        assert result.wrong == {"other material": 1, "same material": 1}

    def test_another_photo_of_the_same_thing_is_no_mistake(self) -> None:
        sent = [StreamPhoto(self.A, NEW), StreamPhoto(known("glass/again.jpg", self.A.thing), NEW)]
        result = self.played(sent, {(1, 0): 0.5})
        assert (result.hits[NEW], result.wrong_answers) == (1, 0)


class TestPage:
    def test_blocks_are_put_between_their_markers(self, tmp_path: Path) -> None:
        path = tmp_path / "page.md"
        path.write_text("# Title\n<!-- begin one -->\nold\n<!-- end one -->\nend\n")
        page.renew(path, {"one": "new"})
        assert path.read_text() == "# Title\n<!-- begin one -->\nnew\n<!-- end one -->\nend\n"

    def test_a_lost_marker_is_not_overlooked(self, tmp_path: Path) -> None:
        path = tmp_path / "page.md"
        path.write_text("# Title\n")
        with pytest.raises(ValueError, match="no markers for one"):
            page.renew(path, {"one": "new"})
