"""All of bunri on one host: from a photo to an answer, and what strangers cannot reach."""

import json

import pytest
from tests.deploy.engine import CommandFailed
from tests.deploy.stack import WEIGHTS, Stack, sends_a_photo
from tests.support.client import Person

COMPOSE = "small"


def published(site: Stack) -> set[str]:
    """Services of which a port of the host leads to."""
    return {
        each["Config"]["Labels"]["com.docker.compose.service"]
        for each in site.containers()
        if any(each["NetworkSettings"]["Ports"].values())
    }


def test_a_photo_becomes_an_answer_by_way_of_the_store_behind_the_gateway(site: Stack) -> None:
    sends_a_photo(site)


def test_every_part_is_ready(site: Stack) -> None:
    said = site.platform.http.get(f"{site.url}/ready").json()
    assert said["status"] == "ready", said
    if WEIGHTS.is_file():
        assert not said["parts"]["queue:waste"].get("degraded_reason")


def test_somebody_signs_in_and_is_who_they_were(site: Stack) -> None:
    person = Person.arrives(site.platform, "이웃")
    assert person.ask("GET", "/api/v1/users/me").json()["id"] == person.id
    assert person.ask("GET", "/api/v1/users/me", headers={"Authorization": "Bearer none"}).status_code == 401


def test_the_store_gives_and_takes_nothing_without_a_signature(site: Stack) -> None:
    http = site.platform.http
    assert http.get(f"{site.url}/bunri/?list-type=2").status_code == 404
    assert http.put(f"{site.url}/bunri/uploads/mine", content=b"x").status_code == 404
    assert http.put(f"{site.url}/bunri/uploads/mine?X-Amz-Signature=0", content=b"x").status_code in (400, 403)


def test_the_gateway_alone_is_published_and_stores_have_no_way_out(site: Stack) -> None:
    assert published(site) == {"nginx"}
    networks = {
        each["Config"]["Labels"]["com.docker.compose.service"]: set(each["NetworkSettings"]["Networks"])
        for each in site.containers()
    }
    assert {name for service in ("postgres", "valkey", "s3") for name in networks[service]} == {"bunri_data"}
    (data,) = json.loads(site.engine.docker("network", "inspect", "bunri_data"))
    assert data["Internal"] is True


def test_no_container_has_rights_or_a_secret_in_its_variables(site: Stack) -> None:
    secrets = [path.read_text().strip() for path in (site.folder / "secrets").iterdir()]
    for each in site.containers():
        host = each["HostConfig"]
        assert host["ReadonlyRootfs"], each["Name"]
        assert not host["Privileged"]
        assert host["CapDrop"] == ["ALL"]
        assert "no-new-privileges:true" in host["SecurityOpt"]
        assert host["Memory"] > 0
        assert host["RestartPolicy"]["Name"] == "always"
        assert host["LogConfig"]["Config"]["max-size"] == "10m"
        written = "\n".join([*each["Config"]["Env"], *(each["Config"]["Cmd"] or [])])
        assert not any(secret in written for secret in secrets), each["Name"]


def test_a_worker_that_lives_shows_it(site: Stack) -> None:
    for service in ("waste-worker", "worker", "beat"):
        check = ["python3", "-IS", "/opt/bunri/share/health.py", "--alive"]
        site.engine.docker("exec", site.container(service), *check, "/tmp/alive")
        with pytest.raises(CommandFailed):
            site.engine.docker("exec", site.container(service), *check, "/tmp/never")


def test_all_of_it_fits_into_a_small_host(site: Stack) -> None:
    """Last: the photo has been looked at by now."""
    services = ("app", "waste-worker", "worker", "beat", "postgres", "valkey", "s3", "nginx")
    peaks = {name: round(site.engine.peak_mb(site.container(name))) for name in services}
    print(f"small: {peaks}, {sum(peaks.values())} MiB at most together, up in {site.up_s:.0f} s")
    assert sum(peaks.values()) < 1500
