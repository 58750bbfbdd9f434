"""The wall between a domain's rules and frameworks."""

import grimp
import pytest
from checks.pure_rules import PureRulesContract
from grimp import ImportGraph


@pytest.fixture
def graph() -> ImportGraph:
    made = grimp.ImportGraph()
    for name in ("bunri.kit", "bunri.domains"):
        made.add_module(name)
    made.add_module("fastapi", is_squashed=True)
    return made


def broken(graph: ImportGraph) -> list[tuple[str, str]]:
    contract = PureRulesContract("rules", {}, {"name": "rules"})
    found: list[tuple[str, str]] = contract.check(graph, verbose=False).metadata["broken"]
    return found


@pytest.mark.parametrize(
    "importer",
    ["bunri.kit.ids", "bunri.domains.songs.public", "bunri.domains.songs.service", "bunri.domains.songs.tune"],
)
def test_holds_against_rules_and_use_cases(graph: ImportGraph, importer: str) -> None:
    graph.add_import(importer=importer, imported="fastapi")
    assert broken(graph) == [(importer, "fastapi")]


@pytest.mark.parametrize(
    "importer", ["bunri.domains.songs.endpoints", "bunri.domains.songs.repository.plays", "bunri.edge.http.web"]
)
def test_lets_through_what_is_about_them(graph: ImportGraph, importer: str) -> None:
    graph.add_import(importer=importer, imported="fastapi")
    assert broken(graph) == []
