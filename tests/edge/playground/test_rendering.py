"""What the page shows of a result."""

import pytest

from bunri.domains.detection.public import Found, ImageDetections, ModelListed, ModelUsed, Timings
from bunri.edge.playground import rendering

EVIL = "<script>alert(1)</script>"
CUP = Found(label="cup", name="컵", class_id=41, score=0.5, box=(10, 20, 40.5, 60), box_fractions=(0.1, 0.2, 0.4, 0.6))
NANO = ModelUsed(id="yolox_nano@0a1b2c3d", name="yolox_nano", version="0a1b2c3d", licence="Apache-2.0", page=None)


def image(*found: Found) -> ImageDetections:
    timings = Timings(decode_ms=1.2, detect_ms=30.4)
    return ImageDetections(file="a.jpg", width=100, height=100, timings=timings, detections=list(found))


def listed(licence: str | None, text: str | None) -> ModelListed:
    return ModelListed(
        name=EVIL, default=True, here=True, licence=licence, licence_text=text, page=EVIL, confidence=None, iou=None
    )


class TestHtml:
    def test_the_table_has_name_label_score_place_and_size(self) -> None:
        table = rendering.table(image(CUP), {"cup": (1, 2, 3)}, "ko")
        for told in ("컵 <small>cup</small>", "rgb(1, 2, 3)", "50%", "10, 20, 30 × 40"):
            assert told in table

    def test_a_name_that_is_the_label_is_told_once(self) -> None:
        table = rendering.table(image(CUP.model_copy(update={"name": "cup"})), {"cup": (1, 2, 3)}, "en")
        assert table.count("cup") == 1

    def test_nothing_found_is_a_sentence(self) -> None:
        assert "Nothing found" in rendering.table(image(), {}, "en")

    def test_the_summary_counts_and_names_model_and_licence(self) -> None:
        told = rendering.summary(image(CUP), NANO, "en")
        for part in ("1 found", "100 × 100", "decoding 1 ms · detecting 30 ms", "yolox_nano@0a1b2c3d · Apache-2.0"):
            assert part in told

    @pytest.mark.parametrize("licence", ["AGPL-3.0", None])
    def test_what_came_from_files_and_people_is_escaped(self, licence: str | None) -> None:
        evil = CUP.model_copy(update={"label": EVIL, "name": EVIL})
        told = (
            rendering.table(image(evil), {EVIL: (1, 2, 3)}, "ko")
            + rendering.licence(listed(licence, EVIL), "ko")
            + rendering.summary(image(), NANO.model_copy(update={"id": EVIL}), "ko")
            + rendering.error_note(EVIL)
        )
        assert "<script" not in told
        assert "&lt;script" in told


class TestCoco:
    def test_boxes_have_a_corner_and_sides_and_categories_are_the_models(self) -> None:
        document = rendering.coco(image(CUP), ["person", "cup"])
        assert document["images"] == [{"id": 1, "file_name": "a.jpg", "width": 100, "height": 100}]
        [annotation] = document["annotations"]
        assert annotation["bbox"] == [10, 20, 30.5, 40]
        assert (annotation["area"], annotation["category_id"], annotation["image_id"]) == (1220, 41, 1)
        assert document["categories"] == [{"id": 0, "name": "person"}, {"id": 1, "name": "cup"}]
