"""Every provider, not well or deceived: each failure has its error, and nothing hangs, follows or is done twice."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs
from tests.platform.oauth.browsers import NAMES, PERSON_PATH, TOKEN_PATH, Browser, browsing
from tests.support.servers import Step, cut, garbage, hang, ok, serving, status, too_many

from bunri.kit.errors import BunriError
from bunri.kit.languages import LANGUAGES
from bunri.kit.sentences import sentence
from bunri.platform.oauth.calls import LONGEST_ANSWER
from bunri.platform.oauth.errors import (
    AgeRefused,
    ProviderMisconfigured,
    ProviderUnavailable,
    SignInDenied,
    SignInFailed,
)
from bunri.platform.oauth.protocol import ProviderName

SHORT = {"timeout_s": 0.3}

FAULTS: list[tuple[Step, str]] = [
    (status(503, b"<html>maintenance</html>", {"Content-Type": "text/html"}), "status_503"),
    (status(500, {"error": "server_error"}), "status_500"),
    (too_many("120"), "status_429"),
    (garbage(), "garbage"),
    (ok([]), "garbage"),
    (ok(None), "garbage"),
    (status(204, b""), "garbage"),
    (cut, "connection"),
    (status(200, b" " * (LONGEST_ANSWER + 1)), "too_long"),
]
FAULT_NAMES = ["503", "500", "429", "html", "list", "null", "empty", "cut", "oversize"]


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with browsing() as opened:
        yield opened


@pytest.fixture(params=NAMES)
def name(request: pytest.FixtureRequest) -> ProviderName:
    found: ProviderName = request.param
    return found


class TestNotWell:
    @pytest.mark.parametrize(("step", "reason"), FAULTS, ids=FAULT_NAMES)
    async def test_a_token_endpoint_that_fails(
        self, browser: Browser, name: ProviderName, step: Step, reason: str
    ) -> None:
        browser.providers.fail(TOKEN_PATH[name], step)
        assert await browser.refused(name, ProviderUnavailable) == reason
        browser.providers.mend()
        assert (await browser.sign_in(name)).provider == name

    @pytest.mark.parametrize(("step", "reason"), FAULTS, ids=FAULT_NAMES)
    @pytest.mark.parametrize("name", ["kakao", "naver"])
    async def test_a_profile_that_fails(self, browser: Browser, name: ProviderName, step: Step, reason: str) -> None:
        browser.providers.fail(PERSON_PATH[name], step)
        assert await browser.refused(name, ProviderUnavailable) == reason

    async def test_a_provider_that_never_answers(self, name: ProviderName) -> None:
        async with browsing(**{name: SHORT}) as browser:
            browser.providers.fail(TOKEN_PATH[name], hang)
            assert await browser.refused(name, ProviderUnavailable) == "timeout"

    @pytest.mark.parametrize("name", ["kakao", "naver"])
    async def test_a_profile_that_never_comes(self, name: ProviderName) -> None:
        async with browsing(**{name: SHORT}) as browser:
            browser.providers.fail(PERSON_PATH[name], hang)
            assert await browser.refused(name, ProviderUnavailable) == "timeout"

    async def test_others_go_on_while_one_is_down(self, browser: Browser) -> None:
        browser.providers.fail(TOKEN_PATH["kakao"], status(503, None))
        for _ in range(6):
            await browser.refused("kakao", ProviderUnavailable)
        assert (await browser.sign_in("naver")).provider == "naver"
        assert (await browser.sign_in("google")).provider == "google"

    async def test_after_some_failures_it_is_left_alone_for_a_while(self, name: ProviderName) -> None:
        async with browsing(**{name: {"breaker_failures": 2}}) as browser:
            browser.providers.fail(TOKEN_PATH[name], status(503, None))
            reasons = [await browser.refused(name, ProviderUnavailable) for _ in range(3)]
            assert reasons == ["status_503", "status_503", "circuit_open"]
            assert len(browser.providers.requests(TOKEN_PATH[name])) == 2

    async def test_bad_codes_of_strangers_do_not_make_it_count_as_down(self, name: ProviderName) -> None:
        async with browsing(**{name: {"breaker_failures": 2}}) as browser:
            for _ in range(5):
                attempt = browser.attempt(name)
                callback = await browser.visit(name, attempt) | {"code": "made-up"}
                with pytest.raises(SignInFailed):
                    await browser.opened[name].finish(callback, attempt)
            assert (await browser.sign_in(name)).provider == name


class TestOnce:
    async def test_a_code_is_never_sent_again(self, name: ProviderName) -> None:
        async with browsing(**{name: {"retries": 3}}) as browser:
            browser.providers.fail(TOKEN_PATH[name], cut)
            await browser.refused(name, ProviderUnavailable)
            assert len(browser.providers.requests(TOKEN_PATH[name])) == 1

    @pytest.mark.parametrize("name", ["kakao", "naver"])
    async def test_but_a_profile_is_asked_for_again(self, browser: Browser, name: ProviderName) -> None:
        good = browser.providers.provider(name).person
        said = good if name == "kakao" else {"resultcode": "00", "message": "success", "response": good}
        browser.providers.fail(PERSON_PATH[name], cut, ok(said))
        assert (await browser.sign_in(name)).subject == str(good["id"])


class TestDeceived:
    @pytest.mark.parametrize("state", ["of-another-attempt", "", None, "é\ud800"])
    async def test_a_callback_of_another_attempt(self, browser: Browser, name: ProviderName, state: str | None) -> None:
        attempt = browser.attempt(name)
        callback = await browser.visit(name, attempt)
        del callback["state"]
        with pytest.raises(SignInFailed) as caught:
            await browser.opened[name].finish(callback | ({} if state is None else {"state": state}), attempt)
        assert caught.value.reason == "state"
        assert browser.providers.requests(TOKEN_PATH[name]) == []

    async def test_a_denial_of_another_attempt_denies_nothing(self, browser: Browser, name: ProviderName) -> None:
        with pytest.raises(SignInFailed):
            await browser.opened[name].finish({"error": "access_denied", "state": "x"}, browser.attempt(name))

    @pytest.mark.parametrize("code", [None, "", "x" * 2049])
    async def test_a_callback_without_a_usable_code(
        self, browser: Browser, name: ProviderName, code: str | None
    ) -> None:
        attempt = browser.attempt(name)
        callback = {"state": attempt.state} | ({} if code is None else {"code": code})
        with pytest.raises(SignInFailed) as caught:
            await browser.opened[name].finish(callback, attempt)
        assert caught.value.reason == "code"
        assert browser.providers.server.requests == []

    @pytest.mark.parametrize(
        ("error", "kind", "reason"),
        [
            ("access_denied", SignInDenied, "access_denied"),
            ("consent_required", SignInFailed, "consent_required"),
            ("server_error", ProviderUnavailable, "server_error"),
            ("temporarily_unavailable", ProviderUnavailable, "temporarily_unavailable"),
            ("invalid_scope", ProviderMisconfigured, "invalid_scope"),
            ("unauthorized_client", ProviderMisconfigured, "unauthorized_client"),
            ("\x1b[31m forged log line\n", ProviderMisconfigured, "other"),
        ],
    )
    async def test_what_the_page_reports(
        self, browser: Browser, name: ProviderName, error: str, kind: type[BunriError], reason: str
    ) -> None:
        attempt = browser.attempt(name)
        with pytest.raises(kind) as caught:
            await browser.opened[name].finish({"state": attempt.state, "error": error}, attempt)
        assert (type(caught.value), caught.value.data["reason"]) == (kind, reason)

    async def test_a_redirect_is_not_followed(self, browser: Browser, name: ProviderName) -> None:
        async with serving(ok({"access_token": "a", "id_token": "b"})) as elsewhere:
            browser.providers.fail(TOKEN_PATH[name], status(307, None, {"Location": elsewhere.url}))
            assert await browser.refused(name, ProviderUnavailable) == "status_307"
            assert elsewhere.requests == []


class TestTelling:
    async def test_no_secret_reaches_a_log(
        self, browser: Browser, name: ProviderName, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        attempt = browser.attempt(name)
        callback = await browser.visit(name, attempt)
        caplog.clear()  # of the browser's own requests
        with capture_logs() as logs:
            identity = await browser.opened[name].finish(callback, attempt)
        written = caplog.text + repr(logs) + repr(identity) + repr(attempt)
        secrets = [callback["code"], identity.access_token, attempt.state, attempt.nonce, attempt.code_verifier]
        assert [secret for secret in (*secrets, f"{name}-secret") if str(secret) in written] == []

    async def test_the_operator_is_told_what_to_mend(self) -> None:
        async with browsing(kakao={"client_secret": "wrong"}) as browser:
            with capture_logs() as logs:
                await browser.refused("kakao", ProviderMisconfigured)
        # only of signing in: what an earlier test left running in this process may write beside it
        told = [each for each in logs if each["event"].startswith("oauth.")]
        assert [(each["event"], each["log_level"], each["reason"]) for each in told] == [
            ("oauth.misconfigured", "error", "KOE010")
        ]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_people_are_told_a_sentence_without_the_providers_code(self, language: Any) -> None:
        kinds = (SignInDenied, SignInFailed, AgeRefused, ProviderUnavailable, ProviderMisconfigured)
        sentences = [sentence(kind("kakao", "KOE320"), language) for kind in kinds]
        assert len(set(sentences)) == 5
        assert not any("KOE320" in each for each in sentences)
