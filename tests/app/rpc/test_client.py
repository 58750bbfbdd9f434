"""A domain's Protocol over HTTP: the same calls, results and errors as in this process."""

import httpx
import pytest
from tests.app.rpc.songs import TOKENS, Juke, Song, SongMissing, Songs
from tests.support.collector import Collector
from tests.support.servers import Step, garbage, ok, serving, status

from bunri.app.rpc.client import BOUNDS, PeerUnavailable, make_client, ping
from bunri.kit.errors import Conflict
from bunri.kit.sentences import sentence
from bunri.platform.telemetry.traces import span, stop_traces


@pytest.fixture(params=["local", "remote"])
def songs(request: pytest.FixtureRequest, juke: Juke, http: httpx.AsyncClient) -> Songs:
    return juke if request.param == "local" else make_client(Songs, "songs", http, "http://songs", TOKENS)


class TestBothWays:
    async def test_models_come_back(self, songs: Songs) -> None:
        assert await songs.find(["아리랑", "b", "c"]) == [
            Song(title="아리랑", length_s=None),
            Song(title="b", length_s=None),
        ]

    async def test_arguments_go_by_name_too(self, songs: Songs) -> None:
        assert len(await songs.find(words=["a", "b", "c"], limit=3)) == 3

    async def test_plain_containers_come_back(self, songs: Songs) -> None:
        assert await songs.lengths(("ab",)) == {"ab": 2.0}

    async def test_named_errors_arrive_with_their_class_data_and_sentence(self, songs: Songs) -> None:
        with pytest.raises(SongMissing) as raised:
            await songs.find([])
        assert raised.value.data == {"title": "아리랑", "tries": 3}
        assert sentence(raised.value, "en") == "It does not exist, or it belongs to someone else."

    async def test_too_many_arguments_are_a_mistake_of_the_caller(self, songs: Songs) -> None:
        with pytest.raises(TypeError):
            await songs.lengths(("a",), "b")  # type: ignore[call-arg]


class TestRemote:
    async def test_a_ping_says_whether_the_domain_works(self, http: httpx.AsyncClient) -> None:
        await ping(make_client(Songs, "songs", http, "http://songs", TOKENS))
        with pytest.raises(SongMissing):
            await ping(make_client(Songs, "broken", http, "http://songs", TOKENS))

    async def test_a_call_is_a_part_of_the_trace_here_and_there(
        self, http: httpx.AsyncClient, traced: Collector
    ) -> None:
        songs = make_client(Songs, "songs", http, "http://songs", TOKENS)
        with span("task", "consumer"):
            await songs.find(["a"])
        stop_traces()
        served, called, task = traced.spans
        assert [each.name for each in traced.spans] == ["POST /internal/songs/find", "songs.find", "task"]
        assert (served.parent_id, called.parent_id) == (called.span_id, task.span_id)
        assert {each.trace_id for each in traced.spans} == {task.trace_id}

    async def test_an_error_of_a_class_unknown_here_keeps_code_kind_and_data(self) -> None:
        taken = status(409, {"code": "song_taken", "data": {"by": "b"}})
        async with serving(taken) as server, httpx.AsyncClient() as client:
            with pytest.raises(Conflict) as raised:
                await make_client(Songs, "songs", client, server.url, TOKENS).find(["a"])
        assert (raised.value.code, raised.value.data) == ("song_taken", {"by": "b"})

    @pytest.mark.parametrize("answer", [status(500, {"oops": 1}), garbage(), status(200, {"no": "list"})])
    async def test_what_is_no_answer_of_ours_is_unavailable(self, answer: Step) -> None:
        async with serving(answer) as server, httpx.AsyncClient() as client:
            with pytest.raises(PeerUnavailable):
                await make_client(Songs, "songs", client, server.url, TOKENS).find(["a"])

    async def test_a_broken_gateway_is_tried_again(self) -> None:
        answers = status(502), ok([{"title": "a", "length_s": None}])
        async with serving(*answers) as server, httpx.AsyncClient() as client:
            found = await make_client(Songs, "songs", client, server.url, TOKENS).find(["a"])
        assert [song.title for song in found] == ["a"]

    async def test_a_dead_peer_is_unavailable_and_then_left_alone(self) -> None:
        async with httpx.AsyncClient() as client:
            songs = make_client(Songs, "songs", client, "http://127.0.0.1:9", TOKENS)
            for _ in range(BOUNDS.breaker_failures):
                with pytest.raises(PeerUnavailable):
                    await songs.find(["a"])
            with pytest.raises(PeerUnavailable) as raised:
                await songs.find(["a"])
        assert raised.value.data["reason"] in ("resting", "circuit_open")
