"""``/detect``: the page as browsers see it, and the holes that such pages had."""

import asyncio
import json
import os
import re
import subprocess
import sys
import sysconfig
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from starlette.types import Message
from tests.domains.detection.conftest import app, data, settings, settings_on, with_models
from tests.platform.photos.samples import corners, encoded
from tests.support.api import client_of

from bunri.app.asgi import create_app
from bunri.app.settings import Settings
from bunri.domains.detection.service import DetectionService
from bunri.domains.detection.settings import DetectionSettings
from bunri.edge.playground import playground, request_filter, words
from bunri.edge.playground.file_names import FileNames
from bunri.edge.playground.words import script
from bunri.kit.errors import Forbidden
from bunri.kit.languages import Language, text
from bunri.platform.photos.pool import DecoderPool
from bunri.platform.photos.settings import DecoderSettings
from bunri.platform.vision.settings import VisionSettings

__all__ = ["app", "data", "settings"]

KO, API = "/detect/ko", "/detect/ko/gradio_api"
JPEG = encoded(corners(200, 100), "JPEG")
SECRET = "/etc/passwd"
DEEP = b'{"fn_index":0,"a":' + b'{"a":' * 300 + b"1" + b"}" * 301


@pytest.fixture
def bounds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other bounds, before a page is made with them. Has to stand before ``browser``."""
    for name, value in request.param.items():
        monkeypatch.setattr(playground, name, value)


@pytest.fixture
async def browser(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(app, answers_errors=True) as made:
        await opened(made)
        yield made


async def opened(browser: httpx.AsyncClient, at: str = KO) -> None:
    """Waits for the page: until it is made, another in its place says that it is starting."""
    assert (await browser.get(f"{at}/theme.css")).status_code == 200


@pytest.fixture
def folder(data: Path) -> Path:
    return data / "playground" / str(os.getpid())


async def uploaded(browser: httpx.AsyncClient, content: bytes = JPEG) -> str:
    response = await browser.post(f"{API}/upload", files={"files": ("a.jpg", content)})
    assert response.status_code == 200, response.text
    [path] = response.json()
    return str(path)


async def config(browser: httpx.AsyncClient, at: str = KO) -> dict[str, Any]:
    found = re.search(r"window\.gradio_config = (.*?);</script>", (await browser.get(f"{at}/")).text)
    assert found
    made: dict[str, Any] = json.loads(found[1])
    return made


async def joined(browser: httpx.AsyncClient, event: str, data: list[Any], at: str = KO) -> httpx.Response:
    """The one handler of ``event`` is asked, as the page would ask it."""
    made = await config(browser, at)
    [number] = {each["id"] for each in made["dependencies"] if event in {name for _, name in each["targets"]}}
    body = {"data": data, "fn_index": number, "session_hash": "somebody", "event_data": None, "trigger_id": None}
    return await browser.post(f"{at}/gradio_api/queue/join", json=body)


async def told(browser: httpx.AsyncClient, at: str = KO) -> list[dict[str, Any]]:
    stream = await browser.get(f"{at}/gradio_api/queue/data", params={"session_hash": "somebody"})
    return [json.loads(line.removeprefix("data: ")) for line in stream.text.splitlines() if line.startswith("data: ")]


async def outcome(browser: httpx.AsyncClient) -> list[Any]:
    [done] = [event for event in await told(browser) if event["msg"] == "process_completed"]
    assert done["success"], done
    found: list[Any] = done["output"]["data"]
    return found


def there(path: Path, pattern: str = "") -> bool:
    return any(path.rglob(pattern)) if pattern else path.exists()


def places(folder: Path) -> set[str]:
    return {str(folder), str(folder.resolve())}


def files(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


async def broken_off(app: FastAPI, *, silent: bool) -> list[int]:
    """The statuses sent for an upload of which only the beginning comes; ``silent``: its connection stays open."""
    form = b'--b\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n' + bytes(2**21)
    waiting: list[Message] = [{"type": "http.disconnect"}, {"type": "http.request", "body": form, "more_body": True}]
    sent: list[int] = []

    async def receive() -> Message:
        if silent and len(waiting) == 1:
            await asyncio.Event().wait()
        return waiting.pop()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            sent.append(message["status"])

    headers = [
        (b"host", b"test"),
        (b"content-type", b"multipart/form-data; boundary=b"),
        (b"content-length", b"9000000"),
    ]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": f"{API}/upload",
        "raw_path": f"{API}/upload".encode(),
        "query_string": b"",
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 1),
        "server": ("test", 80),
    }
    await app(scope, receive, send)
    return sent


def inputs(path: str, **more: object) -> list[Any]:
    return [
        {"path": path, "orig_name": "a.jpg", "meta": {"_type": "gradio.FileData"}, **more},
        None,
        0.25,
        0.45,
        [],
        10,
    ]


@pytest.fixture(scope="class")
def data_of_all(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("data")
        patch.chdir(folder)
        yield with_models(folder)


@pytest_asyncio.fixture(scope="class", loop_scope="session")
async def browser_of_all(data_of_all: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(settings_on(data_of_all), "detect")
    async with app.router.lifespan_context(app), client_of(app, answers_errors=True) as made:
        await opened(made)
        yield made


class OnePage:
    """All tests of a class against one page, which takes seconds to make: they leave nothing that others see."""

    @pytest.fixture
    def data(self, data_of_all: Path) -> Path:
        return data_of_all

    @pytest.fixture
    def browser(self, browser_of_all: httpx.AsyncClient) -> httpx.AsyncClient:
        return browser_of_all


class TestPage(OnePage):
    @pytest.mark.parametrize(("accepted", "language"), [(None, "ko"), ("en-US,en;q=0.9", "en"), ("fr", "ko")])
    async def test_it_speaks_the_callers_language(
        self, browser: httpx.AsyncClient, accepted: str | None, language: str
    ) -> None:
        headers = {"Accept-Language": accepted} if accepted else {}
        await opened(browser, f"/detect/{language}")
        response = await browser.get("/", headers=headers, follow_redirects=True)
        assert response.status_code == 200
        assert response.url.path == f"/detect/{language}/"
        assert f'<html\n\tlang="{language}"' in response.text
        assert {"ko": "사물 찾기", "en": "Find objects"}[language] in response.text

    async def test_it_asks_nothing_of_other_hosts_and_may_not(self, browser: httpx.AsyncClient) -> None:
        response = await browser.get(f"{KO}/")
        assert not re.findall(r'(?:src|href)="(?:https?:)?//(?!test/)[^"]*', response.text)
        policy = response.headers["content-security-policy"]
        assert "connect-src 'self';" in policy
        assert "frame-ancestors 'self'" in policy
        assert "http" not in policy
        assert response.headers["x-content-type-options"] == "nosniff"

    async def test_what_it_loads_is_there(self, browser: httpx.AsyncClient) -> None:
        page = (await browser.get(f"{KO}/")).text
        for path in re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page):
            assert (await browser.get(f"{KO}/{path}")).status_code == 200
        assert (await browser.get(f"{KO}/theme.css")).status_code == 200

    async def test_nothing_is_watched_or_shared(self, browser: httpx.AsyncClient) -> None:
        made = await config(browser)
        assert not made["analytics_enabled"]
        assert {each["api_visibility"] for each in made["dependencies"]} == {"private"}
        assert not any(made.get(name) for name in ("is_space", "enable_monitoring", "run_history"))


class TestStarting:
    """Gradio takes seconds to import: who opens the page first is told so at once, and nobody else waits."""

    @pytest.mark.parametrize(("language", "sentence"), [("ko", "준비하고 있어요"), ("en", "The page is starting")])
    async def test_a_page_says_that_it_starts_and_goes_on_by_itself(
        self, app: FastAPI, monkeypatch: pytest.MonkeyPatch, language: str, sentence: str
    ) -> None:
        monkeypatch.setattr(playground, "SOON_S", 0)
        async with client_of(app) as browser:
            told = await browser.get(f"/detect/{language}/")
            assert (told.status_code, told.headers["cache-control"]) == (200, "no-store")
            assert sentence in told.text
            assert f'<html lang="{language}">' in told.text
            assert "<script" not in told.text
            assert told.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
            assert (await browser.get("/health")).status_code == 200
            found = re.search(r'http-equiv="refresh" content="0; url=([^"]+)"', told.text)
            assert found
            page = await browser.get(f"/detect/{language}/{found[1]}", follow_redirects=True)
            assert page.url == f"http://test/detect/{language}/"
            assert "window.gradio_config" in page.text

    async def test_who_loses_patience_is_told_again(self, app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(playground, "PATIENCE_S", 0)
        async with client_of(app) as browser:
            assert "준비하고 있어요" in (await browser.get(f"{KO}/?wait")).text
            await opened(browser)

    async def test_a_page_that_could_not_be_made_is_tried_again(self, app: FastAPI, data: Path) -> None:
        (data / "playground").write_bytes(b"in the way")
        async with client_of(app, answers_errors=True) as browser:
            assert (await browser.get(f"{KO}/theme.css")).status_code == 500
            (data / "playground").unlink()
            await opened(browser)


class TestWords(OnePage):
    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_errors_speak_the_pages_language_not_the_browsers(
        self, browser: httpx.AsyncClient, language: Language
    ) -> None:
        other = {"ko": "en", "en": "ko"}[language]
        at = f"/detect/{language}/gradio_api/queue/join"
        response = await browser.post(at, content=b"{", headers={"Accept-Language": other})
        assert response.json()["detail"] == text("errors.invalid", language)

    @pytest.mark.parametrize("language", ["ko", "en"])
    async def test_the_page_has_a_word_for_each_of_gradios(
        self, browser: httpx.AsyncClient, language: Language
    ) -> None:
        await opened(browser, f"/detect/{language}")
        page = (await browser.get(f"/detect/{language}/")).text
        assert script(language) in page
        hangul = re.search("[가-힣]", text("detect.controls.busy", language))
        assert bool(hangul) == (language == "ko")
        assets = Path(sysconfig.get_path("purelib")) / "gradio" / "templates" / "frontend" / "assets"
        code = await asyncio.to_thread(lambda: "".join(path.read_text("utf-8") for path in assets.glob("*.js")))
        assert [word for word in words._WORDS if word not in code] == []


class TestLooking:
    async def test_from_the_upload_to_the_table_and_the_files(self, browser: httpx.AsyncClient) -> None:
        assert (await joined(browser, "change", inputs(await uploaded(browser)))).status_code == 200
        picture, told, table, plain, coco = await outcome(browser)
        assert "2개를 찾았어요" in told
        assert "yolox_nano@" in told
        assert "Apache-2.0" in told
        assert "<small>bottle</small>" in table
        drawn = await browser.get(f"{API}/file={picture['path']}")
        assert (drawn.status_code, drawn.headers["content-type"]) == (200, "image/jpeg")
        document = (await browser.get(f"{API}/file={plain['value']['path']}")).json()
        assert document["picture"]["detections"][0]["name"] == "병"
        categories = (await browser.get(f"{API}/file={coco['value']['path']}")).json()["categories"]
        assert categories[39] == {"id": 39, "name": "bottle"}

    async def test_a_file_that_is_no_picture_gets_a_sentence(self, browser: httpx.AsyncClient) -> None:
        await joined(browser, "change", inputs(await uploaded(browser, b"%PDF-1.7")))
        picture, told, *_ = await outcome(browser)
        assert picture is None
        assert "PDF 파일로 보여요" in told

    async def test_the_page_opens_with_the_default_model_its_licence_and_its_classes(
        self, browser: httpx.AsyncClient
    ) -> None:
        await joined(browser, "load", [None])
        model, licence, confidence, _, classes = await outcome(browser)
        assert (model["value"], confidence) == ("yolox_nano", 0.3)
        assert "Apache-2.0" in licence
        assert ["병 · bottle", "bottle"] in [list(choice) for choice in classes["choices"]]

    async def test_pictures_are_deleted_in_time(
        self, data: Path, settings: Settings, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from bunri.edge.playground import page

        monkeypatch.setattr(page, "CLEANED_EVERY_S", 0.05)
        monkeypatch.setattr(page, "KEPT_S", 0.05)
        app = create_app(settings, "detect")
        async with (
            app.router.lifespan_context(app),
            client_of(app) as browser,
        ):
            await browser.get(f"{KO}/")
            path = folder / (await uploaded(browser)).removeprefix("files/")
            assert there(path)
            while there(path):  # noqa: ASYNC110  # Gradio deletes it and tells nobody
                await asyncio.sleep(0.02)


class TestPaths(OnePage):
    """Nothing that a browser gets tells where on the server something is."""

    async def test_no_answer_names_a_path_of_the_server(self, browser: httpx.AsyncClient, data: Path) -> None:
        answers = [await browser.get(f"{KO}/"), await browser.get(f"{KO}/theme.css")]
        answers.append(await browser.post(f"{API}/upload", files={"files": ("a.jpg", JPEG)}))
        [name] = answers[-1].json()
        assert name.startswith("files/")
        answers.append(await browser.get(f"{API}/file={name}"))
        assert answers[-1].content == JPEG
        answers.append(await joined(browser, "change", inputs(name)))
        answers.append(await browser.get(f"{API}/queue/data", params={"session_hash": "somebody"}))
        assert "process_completed" in answers[-1].text
        assert '"path":"files/' in answers[-1].text.replace('": "', '":"')
        for missing in ("gradio_api/file=files/none.jpg", "gradio_api/file=/none", "assets/none.js", "static/none"):
            answers.append(await browser.get(f"{KO}/{missing}"))
            assert answers[-1].headers["content-type"] == "application/problem+json"
        form = {"content-type": "multipart/form-data"}
        answers.append(await browser.post(f"{API}/upload", content=b"no form", headers=form))
        assert (answers[-1].status_code, answers[-1].json()["code"]) == (422, "invalid")
        for answer in answers:
            told = answer.text + str(answer.headers) + str(answer.url)
            for place in (*places(data), sys.prefix, str(Path(playground.__file__).parent)):
                assert place not in told, answer.url

    def test_a_folder_is_hidden_however_it_is_written(self, tmp_path: Path) -> None:
        folder = tmp_path / '자료 "x" & <y>'
        names = FileNames(folder)
        in_json = json.dumps(str(folder), ensure_ascii=False)[1:-1]
        in_script = in_json.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")
        for written in (str(folder), in_json, in_script, quote(str(folder))):
            assert names.hide(f"<{written}/a.jpg>".encode()) == b"<files/a.jpg>"
        assert names.path("files/a b.jpg") == folder / "a b.jpg"
        for bad in ("files/../x", "a.jpg", str(folder / "a.jpg"), "files/\0", "", "filesx/a"):
            with pytest.raises(Forbidden):
                names.path(bad)


class TestHoles(OnePage):
    @pytest.mark.parametrize(
        "path",
        [
            f"file={SECRET}",
            f"file=/{SECRET}",
            "file=../../../../etc/passwd",
            "file={folder}/../../models/yolox_nano.onnx",
            "file={folder}/..%2f..%2fmodels/yolox_nano.onnx",
            "file=files/../../../models/yolox_nano.onnx",
            "file=files/..%2f..%2f..%2fmodels/yolox_nano.onnx",
            "file=files" + SECRET,
            "file=files/" + SECRET,
            "file=http://127.0.0.1:1/",
            "file=https://example.com/",
            "file=file://" + SECRET,
            "file=%00",
        ],
    )
    async def test_no_file_but_our_own_is_read(self, browser: httpx.AsyncClient, folder: Path, path: str) -> None:
        response = await browser.get(f"{API}/{path.format(folder=folder)}")
        assert response.status_code in (403, 404), response.text
        assert "root:" not in response.text

    async def test_a_link_inside_the_folder_leads_nowhere(self, browser: httpx.AsyncClient, folder: Path) -> None:
        await browser.get(f"{KO}/")
        (folder / "link").symlink_to(SECRET)
        assert (await browser.get(f"{API}/file=files/link")).status_code == 403

    @pytest.mark.parametrize(
        "path", [SECRET, "http://127.0.0.1:1/a.jpg", "file://" + SECRET, "../models/x.onnx", "files/../../x", ""]
    )
    async def test_inputs_are_not_taken_from_elsewhere(self, browser: httpx.AsyncClient, path: str) -> None:
        response = await joined(browser, "change", inputs(path))
        assert response.status_code == 403
        assert response.json()["code"] == "forbidden"

    async def test_gradio_itself_would_refuse_them_too(
        self, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A second lock: without the request filter, a mounted Gradio takes any path that this process can read."""
        monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        from bunri.edge.playground.page import application

        decoders = DecoderPool(DecoderSettings())
        service = DetectionService(data, VisionSettings(models_dir=None), DetectionSettings(), decoders)
        bare = application(service, folder, "ko", home=False)
        async with (
            bare.router.lifespan_context(bare),
            client_of(bare) as browser,
        ):
            await joined(browser, "change", inputs(SECRET), at="/ko")
            events = await told(browser, at="/ko")
        assert [event["success"] for event in events if event["msg"] == "process_completed"] == [False]
        assert not there(folder, "passwd")
        service.close()

    async def test_an_address_beside_the_path_is_dropped(self, browser: httpx.AsyncClient) -> None:
        path = await uploaded(browser)
        for url in ("http://127.0.0.1:1/a.jpg", "data:image/png;base64,AAAA"):
            assert (await joined(browser, "change", inputs(path, url=url))).status_code == 200
            assert "2개를 찾았어요" in (await outcome(browser))[1]

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("GET", "/gradio_api/proxy=http://127.0.0.1:1/"),
            ("GET", "/gradio_api/info"),
            ("GET", "/gradio_api/openapi.json"),
            ("GET", "/gradio_api/queue/status"),
            ("GET", "/gradio_api/deep_link?session_hash=x"),
            ("GET", "/gradio_api/runs"),
            ("GET", "/gradio_api/vibe-code"),
            ("GET", "/gradio_api/dev/reload"),
            ("GET", "/monitoring"),
            ("GET", "/config"),
            ("GET", "/custom_component/x/client/component/style.css"),
            ("GET", "/assets/../../../../../../etc/passwd"),
            ("GET", "/static/..%2f..%2froutes.py"),
            ("POST", "/gradio_api/run/predict"),
            ("POST", "/gradio_api/api/predict"),
            ("POST", "/gradio_api/call/find"),
            ("POST", "/gradio_api/component_server"),
            ("POST", "/gradio_api/stream/x"),
            ("POST", "/gradio_api/vibe-edit"),
            ("POST", "/login"),
            ("PUT", "/gradio_api/upload"),
        ],
    )
    async def test_what_the_page_does_not_use_is_not_there(
        self, browser: httpx.AsyncClient, method: str, path: str
    ) -> None:
        response = await browser.request(method, KO + path)
        assert (response.status_code, response.json()["code"]) == (404, "not_found")

    async def test_another_language_is_no_way_around(self, browser: httpx.AsyncClient) -> None:
        assert (await browser.get("/detect/fr/")).status_code == 404
        assert (await browser.get("/detect/ko/ko/")).status_code == 404

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"{",
            b'{"data":[{"path":1}]}',
            b"[" * 2000,
            DEEP,
            b'{"a":' * 300 + b"1" + b"}" * 300,
            b"[]",
            b'{"fn_index":9999}',
            b'{"fn_index":[]}',
        ],
    )
    async def test_nonsense_is_refused(self, browser: httpx.AsyncClient, body: bytes) -> None:
        response = await browser.post(f"{API}/queue/join", content=body)
        assert (response.status_code, response.json()["code"]) == (422, "invalid")

    async def test_what_gradio_stumbles_over_is_not_shown(self, browser: httpx.AsyncClient) -> None:
        await joined(browser, "change", [])
        [done] = [event for event in await told(browser) if event["msg"] == "process_completed"]
        assert (done["success"], done["output"]["error"]) == (False, None)


class TestBounds:
    async def test_a_large_upload_is_refused_by_its_length(self, browser: httpx.AsyncClient) -> None:
        response = await browser.post(f"{API}/upload", content=b"", headers={"Content-Length": str(100 * 2**20)})
        assert (response.status_code, response.json()["code"]) == (413, "too_large")

    async def test_an_upload_without_a_length_is_refused(self, browser: httpx.AsyncClient) -> None:
        async def endless() -> AsyncIterator[bytes]:
            yield b"x"

        assert (await browser.post(f"{API}/upload", content=endless())).status_code == 413

    @pytest.mark.parametrize("bounds", [{"FOLDER_MB": 0}], indirect=True)
    async def test_a_full_folder_takes_no_more(self, bounds: None, browser: httpx.AsyncClient) -> None:
        response = await browser.post(f"{API}/upload", files={"files": ("a.jpg", JPEG)})
        assert (response.status_code, response.json()["code"]) == (503, "uploads_full")
        assert response.headers["retry-after"]

    @pytest.mark.parametrize("bounds", [{"UPLOAD_S": 0.2}], indirect=True)
    @pytest.mark.parametrize("end", ["gone", "silent"])
    async def test_an_upload_that_is_broken_off_leaves_nothing(
        self, bounds: None, app: FastAPI, browser: httpx.AsyncClient, folder: Path, end: str
    ) -> None:
        await browser.get(f"{KO}/")
        before = files(folder)
        for _ in range(request_filter.UPLOAD_SLOTS + 1):
            assert await broken_off(app, silent=end == "silent") == [422]
        assert files(folder) == before
        assert await uploaded(browser)

    @pytest.mark.parametrize("bounds", [{"FOLDER_MB": 4}], indirect=True)
    async def test_uploads_side_by_side_do_not_pass_the_bound_together(
        self, bounds: None, browser: httpx.AsyncClient, folder: Path
    ) -> None:
        await browser.get(f"{KO}/")
        several = [{"files": ("a.jpg", bytes([number]) * 2**20)} for number in range(12)]
        answers = await asyncio.gather(*(browser.post(f"{API}/upload", files=each) for each in several))
        assert {answer.status_code for answer in answers} == {200, 503}
        assert request_filter._size(folder) <= 6 * 2**20

    async def test_other_bodies_are_small(self, browser: httpx.AsyncClient) -> None:
        response = await browser.post(f"{API}/queue/join", content=b" " * 100_000)
        assert response.status_code == 413

    def test_many_tiny_files_count(self, tmp_path: Path) -> None:
        for number in range(3):
            (tmp_path / str(number)).touch()
        assert request_filter._size(tmp_path) == 3 * 16 * 1024

    def test_what_gradio_leaves_is_swept_and_weighs_nothing(self, tmp_path: Path) -> None:
        for name in ("emptied", "new", "example"):
            (tmp_path / name).mkdir()
        for name in ("tmpleft", "tmpnew", "example/tmp.webp"):
            (tmp_path / name).touch()
        for name in ("emptied", "example", "tmpleft", "example/tmp.webp"):
            os.utime(tmp_path / name, (1, 1))
        request_filter._sweep(tmp_path)
        assert {path.name for path in tmp_path.iterdir()} == {"new", "example", "tmpnew"}
        assert request_filter._size(tmp_path) == 2 * 16 * 1024


class TestFolder:
    async def test_what_killed_processes_left_is_removed_and_ours_goes_with_us(
        self, data: Path, settings: Settings, folder: Path
    ) -> None:
        left = folder.parent / "999999999"
        (left / "somebody").mkdir(parents=True)
        app = create_app(settings, "detect")
        async with (
            app.router.lifespan_context(app),
            client_of(app) as browser,
        ):
            await opened(browser)
            assert not there(left)
            assert there(folder)
        assert not there(folder)


QUIET = """
import asyncio, sys
strangers = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo"):
        strangers.append((event, args[-1] if event == "socket.connect" else args[0]))
sys.addaudithook(watch)
import bunri.app.asgi
assert not {"gradio", "onnxruntime", "cv2"} & set(sys.modules), "loaded at the start"
from pathlib import Path
from bunri.edge.playground.page import application
async def make():
    application(object(), Path(sys.argv[1]), "ko", home=True)
asyncio.run(make())
assert not strangers, strangers
"""


def test_gradio_is_loaded_for_the_page_alone_and_calls_nobody(tmp_path: Path) -> None:
    environment = {**os.environ, **playground._QUIET, "GRADIO_TEMP_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", QUIET, str(tmp_path)], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr


BROKEN_ONCE = """
import asyncio, sys
class BrokenOnce:
    found = 0
    def find_spec(self, name, *_):
        if name == "gradio.components.audio":
            self.found += 1
            if self.found == 1:
                raise SystemError("in the middle of Gradio")
sys.meta_path.insert(0, BrokenOnce())
from pathlib import Path
from bunri.edge.playground.playground import load_page
async def make():
    try:
        load_page()
    except SystemError:
        load_page()(object(), Path(sys.argv[1]), "ko", home=True)
        print("made")
asyncio.run(make())
"""


def test_gradio_is_loaded_again_after_an_import_that_failed_halfway(tmp_path: Path) -> None:
    environment = {**os.environ, **playground._QUIET, "GRADIO_TEMP_DIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", BROKEN_ONCE, str(tmp_path)], env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.stdout.strip().endswith("made"), done.stderr
