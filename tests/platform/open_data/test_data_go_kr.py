"""The portal's protocol as its documents and its clients describe it, faults included, played by a local server."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from tests.support.servers import Server, Step, cut, garbage, hang, ok, serving, slow, status, too_many

from bunri.platform.open_data.data_go_kr import PAGE_SIZE, DataGoKr, Page
from bunri.platform.open_data.errors import OpenDataFailed
from bunri.platform.open_data.settings import DataGoKrSettings

ROW = {"instlPlcNm": "주민센터 앞", "lat": "37.6392", "lot": "127.0175"}
XML_ERROR = b"""<?xml version="1.0" encoding="UTF-8"?>
<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR</errMsg>
<returnAuthMsg>SOME_ERROR</returnAuthMsg><returnReasonCode>%s</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"""


def body(items: object, total: object = 1, number: object = "1", code: str = "00") -> dict[str, Any]:
    header = {"resultCode": code, "resultMsg": "NORMAL_SERVICE"}
    return {"header": header, "body": {"items": items, "totalCount": total, "numOfRows": "500", "pageNo": number}}


def xml(text: str) -> Step:
    return status(200, text.encode(), {"Content-Type": "application/xml"})


@asynccontextmanager
async def portal(*script: Step, **settings: Any) -> AsyncIterator[tuple[DataGoKr, Server]]:
    async with serving(*script) as server:
        usual = {"api_key": "a+b/c==", "base_url": server.url, "first_wait_s": 0.0, "timeout_s": 20}
        async with aclosing(DataGoKr(DataGoKrSettings.model_validate({**usual, **settings}))) as opened:
            yield opened, server


async def reason_of(opened: DataGoKr) -> str:
    with pytest.raises(OpenDataFailed) as caught:
        await opened.page("bins_api", 1)
    return caught.value.reason


class TestAPage:
    @pytest.mark.parametrize(
        "answer",
        [
            {"response": body([ROW])},
            body([ROW]),
            body({"item": [ROW]}),
            body({"item": ROW}),
            body([ROW], total="1", number=1),
        ],
    )
    async def test_comes_in_each_form_of_json(self, answer: dict[str, Any]) -> None:
        async with portal(ok(answer)) as (opened, _):
            assert await opened.page("bins_api", 1) == Page([ROW], 1)

    async def test_comes_in_xml_though_json_was_asked_for(self) -> None:
        answer = (
            "<response><header><resultCode>00</resultCode><resultMsg>OK</resultMsg></header><body><items>"
            "<item><instlPlcNm>주민센터 앞</instlPlcNm><lat>37.6392</lat><lot>127.0175</lot></item></items>"
            "<numOfRows>500</numOfRows><pageNo>1</pageNo><totalCount>1</totalCount></body></response>"
        )
        async with portal(xml(answer)) as (opened, _):
            assert await opened.page("bins_api", 1) == Page([ROW], 1)

    async def test_is_asked_for_by_number_with_the_key(self) -> None:
        async with portal(ok(body([ROW], number="3"))) as (opened, server):
            await opened.page("bins_api", 3)
        (request,) = server.requests
        assert (request.method, request.path) == ("GET", "/bins_api")
        assert request.query == {"serviceKey": "a+b/c==", "pageNo": "3", "numOfRows": str(PAGE_SIZE), "type": "json"}

    async def test_takes_the_key_in_the_encoded_form_too(self) -> None:
        async with portal(ok(body([ROW])), api_key="a%2Bb%2Fc%3D%3D\n") as (opened, server):
            await opened.page("bins_api", 1)
        assert server.requests[0].query["serviceKey"] == "a+b/c=="

    @pytest.mark.parametrize("answer", [body("", total="0"), body([], code="03"), {"header": {"resultCode": "03"}}])
    async def test_without_rows_is_empty(self, answer: dict[str, Any]) -> None:
        async with portal(ok(answer)) as (opened, _):
            assert await opened.page("bins_api", 1) == Page([], 0)

    async def test_has_text_for_every_value(self) -> None:
        async with portal(ok(body([{"a": None, "b": 1.5, "c": "\ud800"}]))) as (opened, _):
            assert (await opened.page("bins_api", 1)).rows == [{"a": "", "b": "1.5", "c": "?"}]


class TestFailures:
    @pytest.mark.parametrize(
        ("code", "reason"),
        [("30", "key_refused"), ("31", "key_refused"), ("22", "spent"), ("12", "no_service"), ("10", "wrong_request")],
    )
    async def test_a_refusal_inside_200_is_told_and_not_repeated(self, code: str, reason: str) -> None:
        for refusal in (ok(body([], code=code)), xml((XML_ERROR % code.encode()).decode())):
            async with portal(refusal) as (opened, server):
                assert await reason_of(opened) == reason
            assert len(server.requests) == 1

    @pytest.mark.parametrize(
        "fault",
        [
            ok(body([], code="01")),
            ok(body([], code="99")),
            xml((XML_ERROR % b"04").decode()),
            status(500),
            status(502, b"<html>Bad Gateway</html>"),
            too_many("0"),
            garbage(),
            cut,
            status(200, b'{"response": {"header": {"resultCode": "00"}, "body": {"items": [{"lat":'),
            ok(body([ROW], number="7")),
            ok([]),
            ok({"header": {"resultCode": "00"}}),
            xml("<response><header>"),
        ],
    )
    async def test_a_passing_trouble_is_tried_again(self, fault: Step) -> None:
        async with portal(fault, ok(body([ROW]))) as (opened, server):
            assert (await opened.page("bins_api", 1)).rows == [ROW]
        assert len(server.requests) == 2

    @pytest.mark.parametrize(
        ("fault", "reason"),
        [
            (garbage(), "garbage"),
            (status(500), "status_500"),
            (status(301, b"", {"Location": "https://elsewhere.example"}), "status_301"),
            (ok(body([], code="99")), "code_99"),
            (status(200, json.dumps("[" * 90_000).encode()[1:-1]), "garbage"),
            (xml("<!DOCTYPE a [<!ENTITY b 'c'>]><response/>"), "garbage"),
        ],
    )
    async def test_a_lasting_one_is_told(self, fault: Step, reason: str) -> None:
        async with portal(fault, retries=1) as (opened, _):
            assert await reason_of(opened) == reason

    async def test_what_hangs_ends(self) -> None:
        for fault in (hang, slow(30, ok(body([ROW])))):
            async with portal(fault, timeout_s=0.2) as (opened, _):
                assert await reason_of(opened) == "timeout"

    async def test_a_longer_wait_than_wanted_is_not_waited(self) -> None:
        async with portal(too_many("3600")) as (opened, server):
            assert await reason_of(opened) == "status_429"
        assert len(server.requests) == 1

    async def test_a_server_that_is_not_there_is_told(self) -> None:
        async with portal(ok(body([ROW])), base_url="http://127.0.0.1:9", retries=0) as (opened, _):
            assert await reason_of(opened) == "connection"


def test_knows_whether_it_has_a_key() -> None:
    assert DataGoKr(DataGoKrSettings.model_validate({"api_key": "k"})).has_key
    assert not DataGoKr(DataGoKrSettings()).has_key
