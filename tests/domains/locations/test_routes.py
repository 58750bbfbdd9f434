from urllib.parse import unquote, urlsplit

from bunri.domains.locations.routes import route_url


class TestRouteUrl:
    def test_opens_kakao_map_in_korea(self) -> None:
        assert route_url("수거함", 37.5663, 126.9779) == (
            "https://map.kakao.com/link/to/%EC%88%98%EA%B1%B0%ED%95%A8,37.566300,126.977900"
        )

    def test_a_name_cannot_break_out_of_its_place_in_the_path(self) -> None:
        url = urlsplit(route_url("a/b?c#d, e%2C&f", 37.5, 127))
        assert (url.netloc, url.query, url.fragment) == ("map.kakao.com", "", "")
        assert unquote(url.path.removeprefix("/link/to/")).split(",") == ["a/b?c#d  e%2C&f", "37.500000", "127.000000"]

    def test_opens_the_devices_own_map_outside_korea(self) -> None:
        assert route_url("Bin", 52.5163, 13.3777) == "geo:52.516300,13.377700?q=52.516300%2C13.377700%28Bin%29"
