"""The plain detector on the smallest host."""

import httpx
from tests.deploy.stack import Stack
from tests.deploy.test_small import published
from tests.support.pictures import new_photo

COMPOSE = "detect"
HOST_MB = 1024
SYSTEM_MB = 250
"""What the system and the engine of such a host take."""


def test_it_answers_within_the_memory_of_a_small_host(site: Stack) -> None:
    with httpx.Client(base_url=site.url, timeout=60) as http:
        assert http.get("/").headers["location"].endswith("/detect/")
        assert http.get("/detect/ko/", follow_redirects=True).status_code == 200
        for _ in range(5):
            answer = http.post("/api/v1/detect", content=new_photo(), headers={"Content-Type": "image/jpeg"})
            assert answer.json()["model"]["name"] == "yolox_nano"
        assert http.get("/api/v1/waste/jobs").status_code == 404
    peaks = {name: site.engine.peak_mb(site.container(name)) for name in ("app", "nginx")}
    print(f"detect: {peaks}, up in {site.up_s:.0f} s")
    assert sum(peaks.values()) < HOST_MB - SYSTEM_MB


def test_the_gateway_alone_is_published(site: Stack) -> None:
    assert published(site) == {"nginx"}
