"""The product imports only what is installed with it, not what merely the tests bring along. What comes with an extra
is imported by the function that needs it."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _imported(node: ast.AST, *, when_called: bool = False) -> Iterator[tuple[str, bool]]:
    """The top-level packages, and whether a function imports them when it is called; those for type checkers alone are
    not imported."""
    if isinstance(node, ast.Import):
        yield from ((alias.name.partition(".")[0], when_called) for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0], when_called
    elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        inside = when_called or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for child in ast.iter_child_nodes(node):
            yield from _imported(child, when_called=inside)


def _extras() -> set[str]:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    return {_normal(re.split(r"[\[>=<~! ]", each, maxsplit=1)[0]) for wanted in extras.values() for each in wanted}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_of_the_product_is_locked_for_it() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    locked = {_normal(line.partition("==")[0].partition("[")[0]) for line in lines if "==" in line}
    with_extras, providers = locked | _extras(), packages_distributions()
    missing = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in (ROOT / "src" / "bunri").rglob("*.py")
        for name, when_called in _imported(ast.parse(file.read_text("utf-8")))
        if name not in sys.stdlib_module_names
        and name != "bunri"
        and (with_extras if when_called else locked).isdisjoint(map(_normal, providers.get(name, [])))
    }
    assert missing == set()
