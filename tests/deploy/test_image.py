"""What is in the image, and what is not."""

import json

from tests.deploy.engine import Engine

from bunri import __version__


def inside(engine: Engine, image: str, script: str) -> str:
    """What a shell prints in a container without rights, whose file system is read-only."""
    words = ["--rm", "--read-only", "--cap-drop", "ALL", "--network", "none", "--tmpfs", "/tmp", "--entrypoint", "sh"]
    return engine.docker("run", *words, image, "-c", script)


def test_it_runs_without_root_and_without_writing(engine: Engine, image: str) -> None:
    assert inside(engine, image, "id -u; bunri --version") == f"10001\n{__version__}"


def test_no_compiler_and_no_installer_is_in_it(engine: Engine, image: str) -> None:
    tools = "gcc cc g++ clang make pip pip3 npm node git"
    assert inside(engine, image, f"for each in {tools}; do command -v $each; done; true") == ""
    assert "No module named pip" in inside(engine, image, "python -m pip 2>&1 || true")


def test_it_says_what_it_is_made_of(engine: Engine, image: str) -> None:
    found = {}
    for part in ("python", "web"):
        document = json.loads(inside(engine, image, f"cat /opt/bunri/share/sbom/{part}.cdx.json"))
        assert document["bomFormat"] == "CycloneDX"
        assert document["metadata"]["component"]["name"] in ("bunri", "web")
        found[part] = {each["name"]: each["version"] for each in document["components"]}
    assert {"fastapi", "onnxruntime", "sqlalchemy"} <= {name.lower() for name in found["python"]}
    assert {"react", "socket.io-client"} <= set(found["web"])


def test_its_labels_and_health_check_are_there(engine: Engine, image: str) -> None:
    (said,) = json.loads(engine.docker("image", "inspect", image))
    labels = said["Config"]["Labels"]
    assert labels["org.opencontainers.image.version"] == __version__
    assert len(labels["org.opencontainers.image.revision"]) == 40
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert said["Config"]["Healthcheck"]["Test"][-1].endswith("health.py")
    size = said["Size"] / 1e6
    print(f"image: {size:.0f} MB")
    assert size < 1_250


def test_the_web_app_is_in_it(engine: Engine, image: str) -> None:
    where = "python -c 'from bunri.edge.http.web import DIST; print((DIST / \"index.html\").is_file())'"
    assert inside(engine, image, where) == "True"
