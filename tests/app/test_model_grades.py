"""An answer in one's own words, from the review over a worker and a language model to the socket of who gave it."""

import asyncio
import json
from pathlib import Path

from tests.app.test_chat import Neighbour
from tests.conftest import OwnSettings
from tests.platform.llm.test_models import OPENAI
from tests.support.client import Person
from tests.support.platform import Platform, running
from tests.support.servers import ok, serving

from bunri.kit.ids import new_id

LEARNING = "/api/v1/learning"
ANSWER = "내용물을 비우고 물로 헹궈서"
SCORE = {"score": 90, "missing": [2]}


async def test_who_gave_an_answer_is_told_what_the_model_says(own_settings: OwnSettings, tmp_path: Path) -> None:
    settings = await own_settings()
    async with serving(ok(OPENAI.says(json.dumps(SCORE)))) as model:
        started = running(settings, "single", tmp_path, BUNRI_LLM__PROVIDER="openai", BUNRI_LLM__BASE_URL=model.url)
        platform = await asyncio.to_thread(started.__enter__)
        try:
            await _answered(platform)
        finally:
            await asyncio.to_thread(started.__exit__, None, None, None)
        [asked] = model.requests
        assert ANSWER in json.dumps(asked.json(), ensure_ascii=False)


async def _answered(platform: Platform) -> None:
    person = await asyncio.to_thread(Person.arrives, platform)
    listening = await Neighbour(person).connect()
    try:
        deck = (await asyncio.to_thread(person.ask, "POST", f"{LEARNING}/decks", json={"name": "분리배출"})).json()
        said = {
            "deck_id": deck["id"],
            "kind": "recall",
            "front": "투명 페트병은?",
            "back": "- 내용물을 비워요\n- 물로 헹궈요\n- 라벨을 떼요\n- 뚜껑을 닫아요",
        }
        [card] = (await asyncio.to_thread(person.ask, "POST", f"{LEARNING}/cards", json=said)).json()
        path, review = f"{LEARNING}/cards/{card['id']}/reviews", {"id": str(new_id()), "answer": ANSWER}
        at_once = (await asyncio.to_thread(person.ask, "POST", path, json=review)).json()
        assert (at_once["grade"]["by"], at_once["grade"]["waiting"]) == ("builtin", True)
        told = await listening.hears("cardGraded", within=30)
        assert (told["review_id"], told["model_answered"]) == (review["id"], True)
        assert (told["grade"]["score"], told["grade"]["by"], told["grade"]["waiting"]) == (90, "model", False)
    finally:
        await listening.client.disconnect()
