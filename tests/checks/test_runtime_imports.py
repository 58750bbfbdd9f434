"""The product imports only what is installed with it, not what merely the tests bring along."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _imported(node: ast.AST) -> Iterator[str]:
    """The top-level packages; those for type checkers alone are not imported."""
    if isinstance(node, ast.Import):
        yield from (alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield node.module.partition(".")[0]
    elif not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
        for child in ast.iter_child_nodes(node):
            yield from _imported(child)


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_every_import_of_the_product_is_locked_for_it() -> None:
    lines = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    locked = {_normal(line.partition("==")[0].partition("[")[0]) for line in lines if "==" in line}
    providers = packages_distributions()
    missing = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in (ROOT / "src" / "bunri").rglob("*.py")
        for name in _imported(ast.parse(file.read_text("utf-8")))
        if name not in sys.stdlib_module_names
        and name != "bunri"
        and locked.isdisjoint(map(_normal, providers.get(name, [])))
    }
    assert missing == set()
