"""A contract for import-linter: what is inside a domain is imported by itself, by its module in ``app.modules``, and by
the terminal's commands; everybody else sees its ``public`` alone. One contract for all domains, also for new ones."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

DOMAINS = "bunri.domains"
ALLOWED = ("bunri.cli",)
"""A command of the terminal is one more way into a domain, on the machine of its operator."""
SHARED = ("settings",)
"""``app.settings`` is composed of each domain's own."""


class DomainInsidesContract(Contract):
    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002  # import-linter passes it
        broken = [
            (importer, imported)
            for domain in sorted(graph.find_children(DOMAINS))
            for imported in sorted({domain, *graph.find_descendants(domain)})
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not _may_import(importer, imported, domain)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, imported in check.metadata["broken"]:
            output.print_error(f"{importer} may not import {imported}", bold=False)


def _may_import(importer: str, imported: str, domain: str) -> bool:
    """``imported`` is ``domain`` or a module inside it."""
    inside = imported.removeprefix(domain).lstrip(".")
    if _within(importer, domain) or inside in ("", "public"):
        return True
    if importer == "bunri.app.settings":
        return inside in SHARED
    name = domain.rpartition(".")[2]
    return importer == f"bunri.app.modules.{name}" or any(_within(importer, allowed) for allowed in ALLOWED)


def _within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")
