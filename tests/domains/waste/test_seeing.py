"""What is remembered, what is looked at again, and whose eyes are believed."""

from io import BytesIO

from PIL import Image
from tests.domains.waste.conftest import Eyes, Workplace
from tests.support.pictures import encoded, jpeg, picture

from bunri.domains.waste.schemas import Result, Status
from bunri.kit.ids import new_id
from bunri.kit.materials import Material
from bunri.platform.vision.protocol import DetectedObject


def _result(status: Status) -> Result:
    assert status.result is not None
    return status.result


def _again(seed: int) -> bytes:
    """The same picture with more compression, a little smaller: near, and not the same bytes."""
    image = Image.open(BytesIO(jpeg(seed)))
    return encoded(image.resize((600, 450)), "JPEG", quality=70)


class TestExact:
    async def test_the_same_bytes_are_not_looked_at_twice(self, workplace: Workplace) -> None:
        first, again = await workplace.analyzes(jpeg(9000)), await workplace.analyzes(jpeg(9000))
        assert workplace.own.looks == 1
        assert (_result(first).cached, _result(again).cached) == (None, "exact")
        assert _result(again).items == _result(first).items

    async def test_another_language_region_or_state_is_another_answer(self, workplace: Workplace) -> None:
        dry = _result(await workplace.analyzes(jpeg(9001)))
        wet = _result(await workplace.analyzes(jpeg(9001), tags=["food_left"]))
        assert workplace.own.looks == 1
        assert dry.items[0].tags == []
        assert [str(tag) for tag in wet.items[0].tags] == ["food_left"]

    async def test_other_eyes_look_again(self, workplace: Workplace) -> None:
        await workplace.analyzes(jpeg(9002))
        workplace.own.models = {"detector": f"newer@{new_id()}"}
        again = await workplace.analyzes(jpeg(9002))
        assert (workplace.own.looks, _result(again).cached) == (2, None)

    async def test_what_a_person_answered_is_nobody_elses(self, workplace: Workplace) -> None:
        await workplace.analyzes(jpeg(9003), note="깨진 유리")
        plain = _result(await workplace.analyzes(jpeg(9003)))
        assert plain.items[0].question is not None


class TestNear:
    async def test_a_reencoded_photo_is_remembered_when_our_own_eyes_agree(self, workplace: Workplace) -> None:
        workplace.remote = Eyes({"remote": "far@1"}, (DetectedObject("jar", 0.9, None, {Material.GLASS: 0.97}),))
        workplace.furnish()
        first = _result(await workplace.analyzes(jpeg(9010)))
        near = _result(await workplace.analyzes(_again(9010)))
        assert (first.cached, near.cached) == (None, "near")
        assert workplace.remote.looks == 1
        assert near.items[0].material == first.items[0].material

    async def test_it_is_looked_at_again_when_our_own_eyes_see_something_else(self, workplace: Workplace) -> None:
        await workplace.analyzes(jpeg(9011))
        workplace.own.things = (DetectedObject("banana", 0.9, (0, 0, 1, 1)),)
        near = _result(await workplace.analyzes(_again(9011)))
        assert near.cached is None
        assert near.items[0].label == "banana"

    async def test_nothing_seen_is_no_ground_for_a_memory(self, workplace: Workplace) -> None:
        workplace.own.things = ()
        await workplace.analyzes(jpeg(9012))
        assert _result(await workplace.analyzes(_again(9012))).cached is None

    async def test_another_picture_is_not_near(self, workplace: Workplace) -> None:
        await workplace.analyzes(jpeg(9013))
        assert _result(await workplace.analyzes(jpeg(9014))).cached is None


class TestRemote:
    async def test_it_is_believed_before_our_own(self, workplace: Workplace) -> None:
        workplace.remote = Eyes(
            {"remote": "far@2"}, (DetectedObject("milk carton", 0.95, None, {Material.CARTON: 0.97}),)
        )
        workplace.furnish()
        result = _result(await workplace.analyzes(jpeg(9020)))
        assert (result.items[0].material, result.models) == (Material.CARTON, {"remote": "far@2"})

    async def test_down_it_is_replaced_by_our_own_and_that_is_not_remembered(self, workplace: Workplace) -> None:
        workplace.remote = Eyes({"remote": "far@3"}, down=True)
        workplace.furnish()
        first = _result(await workplace.analyzes(jpeg(9021)))
        assert first.models == workplace.own.models
        workplace.remote.down = False
        again = _result(await workplace.analyzes(jpeg(9021)))
        assert (again.models, again.cached) == ({"remote": "far@3"}, None)


class TestBlind:
    async def test_without_eyes_the_person_is_asked(self, workplace: Workplace) -> None:
        workplace.own.blind = True
        status = await workplace.analyzes(encoded(picture(9030), "JPEG"))
        assert status.status == "asked"
        assert _result(status).models == {}
        assert "모델" in _result(status).feedback

    async def test_it_is_looked_at_as_soon_as_there_are_eyes(self, workplace: Workplace) -> None:
        workplace.own.blind = True
        await workplace.analyzes(jpeg(9031))
        workplace.own.blind = False
        assert _result(await workplace.analyzes(jpeg(9031))).items[0].label == "bottle"
