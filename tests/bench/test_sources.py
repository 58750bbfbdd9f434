from pathlib import Path

import cv2
import numpy as np
from bench.sources import UNNAMED, Answer, analysed, judged, layer_without, right_for, row, sources

from bunri.domains.recycling.table import load_table
from bunri.platform.vision.local import LocalVision
from bunri.platform.vision.material import MATERIALS, MaterialClassifier
from bunri.platform.vision.protocol import VisionResult

GLASS = {"glass", "deposit"}
CAN = {"can", "scrap_metal"}


def _seen(**shares: float) -> VisionResult:
    rest = (1 - sum(shares.values())) / (len(MATERIALS) - len(shares))
    return VisionResult((), {}, {m: shares.get(m.value, rest) for m in MATERIALS}, 0.926)


def _picture(path: Path, grey: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((64, 64, 3), grey, np.uint8))
    return path


def test_an_answer_is_right_by_where_the_thing_goes() -> None:
    table = load_table()
    assert judged(_seen(glass=0.98), GLASS, table) == Answer(first=True, among=True, sure=True)
    assert judged(_seen(glass=0.98), CAN, table) == Answer(first=False, among=False, sure=True)


def test_a_question_is_right_when_the_disposal_is_among_its_likely_choices() -> None:
    table = load_table()
    assert judged(_seen(glass=0.5, metal=0.4), CAN, table) == Answer(first=False, among=True, sure=False)
    assert judged(_seen(glass=0.5, metal=0.4), {"battery"}, table) == Answer(first=False, among=False, sure=False)


def test_a_row_has_bounds_and_says_of_how_many_answers_it_speaks() -> None:
    asked = [Answer(False, among=True, sure=False), Answer(False, False, False), Answer(True, among=True, sure=False)]
    answers = [Answer(True, among=True, sure=True), *asked]
    assert row("home", answers) == "| home | 4 | 50% (15–85) | 75% (30–95) | 25% (5–70) | 100% (21–100) of 1 |"
    assert row("home", answers[1:3]).endswith("| 0% (0–66) | – |")


def test_tablets_are_medicine_and_blisters_may_be_empty() -> None:
    assert right_for(Path("pushin-pill/medicine/one.jpg"), UNNAMED) == {"medicine"}
    assert right_for(Path("noman-bd/medicine/one.jpg"), UNNAMED) == {"medicine", "general"}
    assert right_for(Path("noman-bd/metal/one.jpg"), UNNAMED) is None


def test_a_folder_of_kinds_is_a_source(tmp_path: Path) -> None:
    for folder in ("waste-web", "battery-eval", "more-photos/taco"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "more-photos/taco/crops.csv").write_text("file,taco_category,taco_image,licence\n")
    picture = _picture(tmp_path / "kitchen/metal/one.jpg", 90)
    found = sources(tmp_path, [tmp_path / "kitchen"])
    assert found["kitchen"] == [picture]
    assert not found["vn-store"]


def test_pictures_are_analysed_once_and_again_when_they_change(tmp_path: Path) -> None:
    vision = LocalVision(None, MaterialClassifier())
    one, other = _picture(tmp_path / "metal/one.png", 90), _picture(tmp_path / "metal/other.png", 200)
    before = analysed(vision, [one, other], tmp_path / "cache")
    assert analysed(vision, [one], tmp_path / "cache")[one].image_probabilities == before[one].image_probabilities
    one.write_bytes(other.read_bytes())
    assert analysed(vision, [one], tmp_path / "cache")[one].image_probabilities == before[other].image_probabilities
    vision.close()


def test_a_source_is_measured_by_a_layer_that_was_not_trained_on_it(tmp_path: Path) -> None:
    (tmp_path / "without home.npz").touch()
    assert layer_without("home", tmp_path) == tmp_path / "without home.npz"
    assert layer_without("shop", tmp_path) is None
    assert layer_without("home", None) is None
