"""Pushes to a service that speaks the RFCs: what it is asked, whom it is not asked for, and what its answers mean."""

import httpcore
import pytest
from tests.support.devices import PUSH_SECRET, target_of
from tests.support.push_service import Browser, Fault, PushService

from bunri.kit.clock import now
from bunri.platform.push import PushGone, PushMessage, PushRefused, PushTarget, PushUnavailable, wait_after
from bunri.platform.push.addresses import PublicAddresses, checked, is_listed, is_public
from bunri.platform.push.sender import WebPush
from bunri.platform.push.settings import PushSettings
from bunri.platform.push.vapid import key_of

MESSAGE = PushMessage(b'{"title": "\xeb\xb0\xa9"}', "room", 600, "high")


@pytest.fixture
def browser(service: PushService, pusher: WebPush) -> Browser:
    return service.subscribed(pusher.public_key)


class TestSending:
    async def test_reaches_the_browser(self, service: PushService, pusher: WebPush, browser: Browser) -> None:
        for _ in range(2):
            await pusher.send(target_of(browser), MESSAGE)
        assert browser.got == [{"title": "방"}] * 2
        one = browser.pushed[0]
        assert (one.headers["ttl"], one.headers["topic"], one.headers["urgency"]) == ("600", "room", "high")
        assert one.claims["sub"] == "mailto:someone@bunri.example"
        assert service.refused == []

    async def test_with_another_key_is_refused_for_good(self, service: PushService, pusher: WebPush) -> None:
        stranger = service.subscribed("another key")
        with pytest.raises(PushRefused):
            await pusher.send(target_of(stranger), MESSAGE)
        assert stranger.pushed == []

    async def test_what_is_too_large_is_not_sent(self, service: PushService, pusher: WebPush, browser: Browser) -> None:
        await pusher.send(target_of(browser), PushMessage(b"x" * 3000, "room", 600))
        with pytest.raises(PushRefused):
            await pusher.send(target_of(browser), PushMessage(b"x" * 3001, "room", 600))
        assert service.asked == 1

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            ((404, {}), PushGone),
            ((410, {}), PushGone),
            ((400, {}), PushRefused),
            ((403, {}), PushRefused),
            ((413, {}), PushRefused),
            ((301, {"Location": "https://elsewhere.example/"}), PushRefused),
            ((429, {"Retry-After": "120"}), PushUnavailable),
            ((500, {}), PushUnavailable),
            ((503, {}), PushUnavailable),
            ("garbage", PushUnavailable),
            ("cut", PushUnavailable),
            ("hang", PushUnavailable),
        ],
    )
    async def test_faults(
        self, service: PushService, pusher: WebPush, browser: Browser, fault: Fault, error: type[Exception]
    ) -> None:
        service.next = [fault]
        with pytest.raises(error) as failed:
            await pusher.send(target_of(browser), MESSAGE)
        if isinstance(failed.value, PushUnavailable) and fault[0] == 429:
            assert failed.value.retry_after == 120
        assert service.asked == 1
        await pusher.send(target_of(browser), MESSAGE)
        assert len(browser.pushed) == 1

    async def test_a_service_that_only_fails_is_left_alone_for_a_while(
        self, service: PushService, pusher: WebPush, browser: Browser
    ) -> None:
        service.next = [(500, {})] * 99
        for _ in range(8):
            with pytest.raises(PushUnavailable):
                await pusher.send(target_of(browser), MESSAGE)
        assert service.asked == 5

    async def test_a_browser_that_is_gone_says_nothing_of_its_service(
        self, service: PushService, pusher: WebPush, browser: Browser
    ) -> None:
        gone = service.subscribed(pusher.public_key)
        gone.gone = True
        for _ in range(8):
            with pytest.raises(PushGone):
                await pusher.send(target_of(gone), MESSAGE)
        await pusher.send(target_of(browser), MESSAGE)

    async def test_a_certificate_that_nobody_vouches_for_is_not_believed(
        self, service: PushService, browser: Browser
    ) -> None:
        trusting_nobody = WebPush(PushSettings(hosts=(service.host,)), PUSH_SECRET, None, now)
        with pytest.raises(PushUnavailable):
            await trusting_nobody.send(target_of(browser), MESSAGE)
        await trusting_nobody.aclose()
        assert service.asked == 0


LISTED = PushSettings().hosts


class TestAddresses:
    @pytest.mark.parametrize(
        "endpoint",
        [
            "https://fcm.googleapis.com/fcm/send/abc:def",
            "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
            "https://wns2-db3p.notify.windows.com/w/?token=abc%2f",
            "https://web.push.apple.com/QGuQyavXutnMH",
            "https://fcm.googleapis.com:443/wp/x",
        ],
    )
    def test_of_the_makers_of_browsers_are_taken(self, endpoint: str) -> None:
        checked(endpoint, LISTED)

    @pytest.mark.parametrize(
        "endpoint",
        [
            "",
            "/push",
            "http://fcm.googleapis.com/fcm/send/x",
            "https://127.0.0.1/",
            "https://localhost/push",
            "https://[::1]/",
            "https://[x/",
            "https://fcm.googleapis.com:8443/x",
            "https://fcm.googleapis.com:99999/x",
            "https://fcm.googleapis.com.evil.example/x",
            "https://evilfcm.googleapis.com/x",
            "https://push.apple.com/x",
            "https://evilpush.apple.com/x",
            "https://user@fcm.googleapis.com/x",
            "https://user:x@web.push.apple.com/x",
            "https://fcm.googleapis.com@evil.example/x",
            "https://fcm.googleapis.com\\@evil.example/x",
            "https://fcm.googleapis.com/\nx",
            "https://fcm.googleapis.com/ x",
            "https://ｆcm.googleapis.com/x",
            "https://fcm.googleapis.com/" + "x" * 1000,
            "file:///etc/passwd",
        ],
    )
    def test_others_are_not(self, endpoint: str) -> None:
        with pytest.raises(PushRefused):
            checked(endpoint, LISTED)

    def test_a_host_with_a_port_is_that_port_alone(self) -> None:
        assert is_listed("push.lan", 8443, ["push.lan:8443"])
        assert not is_listed("push.lan", 443, ["push.lan:8443"])

    @pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111"])
    def test_public_ones(self, address: str) -> None:
        assert is_public(address)

    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.0.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
        ],
    )
    def test_and_those_of_our_own_network(self, address: str) -> None:
        assert not is_public(address)

    async def test_a_name_that_leads_into_our_network_is_not_followed(self, service: PushService) -> None:
        port = int(service.host.partition(":")[2])
        with pytest.raises(httpcore.ConnectError):
            await PublicAddresses(frozenset()).connect_tcp("localhost", port)
        stream = await PublicAddresses(frozenset({("localhost", port)})).connect_tcp("localhost", port)
        await stream.aclose()


class TestKeys:
    def test_follow_from_the_secret(self) -> None:
        one, same, other = (
            WebPush(PushSettings(), each, None, now) for each in (PUSH_SECRET, PUSH_SECRET, PUSH_SECRET + "!")
        )
        assert one.public_key == same.public_key != other.public_key
        assert len(one.public_key) == 87
        assert 0 < key_of(PUSH_SECRET).private_numbers().private_value < 2**256

    @pytest.mark.parametrize(
        ("p256dh", "auth"),
        [(b"", b"x" * 16), (b"\x04" * 65, b"x" * 16), (Browser().p256dh, b"x" * 15)],
        ids=["no key", "no point of the curve", "a short secret"],
    )
    def test_of_a_browser_must_be_some(self, pusher: WebPush, browser: Browser, p256dh: bytes, auth: bytes) -> None:
        with pytest.raises(PushRefused):
            pusher.check(PushTarget(browser.endpoint, p256dh, auth))


def test_waits_grow_and_have_an_end() -> None:
    waits = [wait_after(attempts).total_seconds() for attempts in range(1, 12)]
    assert waits[:3] == [30, 60, 120]
    assert waits == sorted(waits)
    assert max(waits) < 4000
