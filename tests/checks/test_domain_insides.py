"""The wall around what is inside a domain."""

import grimp
import pytest
from checks.domain_insides import DomainInsidesContract
from grimp import ImportGraph

MODULES = (
    "bunri.domains",
    "bunri.domains.songs",
    "bunri.domains.songs.public",
    "bunri.domains.songs.settings",
    "bunri.domains.songs.service",
    "bunri.domains.songs.texts.words",
    "bunri.domains.bands",
    "bunri.domains.bands.service",
    "bunri.app.settings",
    "bunri.app.asgi",
    "bunri.app.modules.songs",
    "bunri.app.modules.bands",
    "bunri.edge.http.web",
    "bunri.cli.songs",
)


@pytest.fixture
def graph() -> ImportGraph:
    made = grimp.ImportGraph()
    for name in MODULES:
        made.add_module(name)
    return made


def broken(graph: ImportGraph) -> list[tuple[str, str]]:
    contract = DomainInsidesContract("insides", {}, {"name": "insides"})
    found: list[tuple[str, str]] = contract.check(graph, verbose=False).metadata["broken"]
    return found


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("bunri.domains.bands.service", "bunri.domains.songs.service"),
        ("bunri.domains.bands.service", "bunri.domains.songs.texts.words"),
        ("bunri.app.asgi", "bunri.domains.songs.service"),
        ("bunri.app.modules.bands", "bunri.domains.songs.service"),
        ("bunri.edge.http.web", "bunri.domains.songs.settings"),
        ("bunri.app.settings", "bunri.domains.songs.service"),
    ],
)
def test_holds_against_everybody_else(graph: ImportGraph, importer: str, imported: str) -> None:
    graph.add_import(importer=importer, imported=imported)
    assert broken(graph) == [(importer, imported)]


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("bunri.domains.bands.service", "bunri.domains.songs.public"),
        ("bunri.domains.songs.service", "bunri.domains.songs.texts.words"),
        ("bunri.app.modules.songs", "bunri.domains.songs.service"),
        ("bunri.app.settings", "bunri.domains.songs.settings"),
        ("bunri.cli.songs", "bunri.domains.songs.service"),
        ("bunri.app.asgi", "bunri.domains.songs.public"),
    ],
)
def test_lets_through_who_may(graph: ImportGraph, importer: str, imported: str) -> None:
    graph.add_import(importer=importer, imported=imported)
    assert broken(graph) == []
