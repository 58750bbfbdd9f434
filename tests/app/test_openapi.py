"""The documented API is the one that answers: complete, and true for inputs nobody thought of."""

import contextlib
from collections.abc import Callable
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.support.authenticator import Authenticator
from tests.support.client import Person
from tests.support.platform import Platform

CHECKS = [not_a_server_error, content_type_conformance, response_schema_conformance, status_code_conformance]
METHODS = {"get", "put", "post", "patch", "delete"}


@pytest.fixture(scope="module")
def document(single: Platform) -> dict[str, Any]:
    base = next(iter(single.bases.values()))
    found: dict[str, Any] = httpx.get(base + "/openapi.json").json()
    return found


class TestDocument:
    def test_every_operation_has_a_name_a_summary_and_its_failures(self, document: dict[str, Any]) -> None:
        names = []
        for path in document["paths"].values():
            for method, operation in path.items():
                assert method in METHODS
                assert operation["summary"]
                assert "application/problem+json" in operation["responses"]["default"]["content"]
                names.append(operation["operationId"])
        assert len(names) == len(set(names))

    def test_nothing_internal_is_shown(self, document: dict[str, Any]) -> None:
        assert [path for path in document["paths"] if "internal" in path] == []
        assert "HTTPValidationError" not in document["components"]["schemas"]


@pytest.fixture(scope="module")
def api(single: Platform) -> Any:
    base = next(iter(single.bases.values()))
    return schemathesis.openapi.from_url(base + "/openapi.json")


def guest(platform: Platform) -> str:
    """A token of somebody new."""
    return Person.arrives(platform).token


def account(platform: Platform) -> str:
    """A token of a guest who has become an account by a passkey, and has therefore just shown who they are."""
    person, device = Person.arrives(platform), Authenticator("http://localhost")
    asked = person.ask("POST", "/api/v1/auth/passkeys/registration/options").json()
    answer = {"request": asked["request"], "credential": device.create(asked["options"])}
    added = person.ask("POST", "/api/v1/auth/passkeys/registration/verify", json=answer)
    assert added.status_code == 201, added.text
    token: str = added.json()["access_token"]
    return token


ABOUT_PEOPLE = ("/api/v1/auth", "/api/v1/users")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("arrive", "paths"), [(guest, ("/",)), (account, ABOUT_PEOPLE)], ids=["guest", "account"])
def test_whatever_is_sent_the_answer_is_as_documented(
    api: Any, single: Platform, arrive: Callable[[Platform], str], paths: tuple[str, ...], mode: GenerationMode
) -> None:
    """Each operation with generated parameters and bodies, fit or unfit. Each by somebody else, since some sign out."""
    for operation in api.get_all_operations():
        if operation.ok().path.startswith(paths):
            check(operation.ok(), arrive(single), mode)


def check(operation: Any, token: str, mode: GenerationMode) -> None:
    @tries(max_examples=10, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=operation.as_strategy(generation_mode=mode))
    def answers_as_documented(case: "schemathesis.Case[Any]") -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, timeout=20, checks=CHECKS)

    with contextlib.suppress(Unsatisfiable):  # what takes no input cannot be given an unfit one
        answers_as_documented()
