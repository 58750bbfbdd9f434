"""Images and installations for real, by ``make check-deploy``: they need an engine of containers, minutes and room, so
that no other run of the tests collects them."""

import os
from collections.abc import Iterator

import pytest
from tests.deploy.engine import Engine
from tests.deploy.stack import Stack, plan, running
from tests.deploy.terraform.tool import Terraform
from tests.deploy.terraform.tool import prepared as prepared_terraform

if not os.environ.get("BUNRI_CHECK_DEPLOY"):
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    """A running one, or one of its own that is ended afterwards."""
    with Engine.running() as found:
        yield found


@pytest.fixture(scope="session")
def image(engine: Engine) -> str:
    """The image of this working tree, or the one that BUNRI_IMAGE names."""
    return os.environ.get("BUNRI_IMAGE") or engine.build()


@pytest.fixture(scope="session")
def terraform(tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    """With the modules of deploy/terraform initialised, in a copy."""
    return prepared_terraform(tmp_path_factory.mktemp("terraform"))


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, engine: Engine, image: str, request: pytest.FixtureRequest
) -> Iterator[Stack]:
    """The installation that the module's ``COMPOSE`` names, up and healthy; taken down with its volumes."""
    name: str = request.module.COMPOSE
    groups = getattr(request.module, "FEW_CORES", ())
    with running(plan(engine, image, name, tmp_path_factory.mktemp(name)), groups) as stack:
        yield stack
