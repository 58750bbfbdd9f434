"""A contract for import-linter: frameworks and drivers stay in the files of a domain that are about them. Rules, use
cases and ``public.py`` know none of them; so it is for every domain, also for new ones, and for ``kit``."""

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, output

FRAMEWORKS = ("sqlalchemy", "alembic", "asyncpg", "fastapi", "starlette", "socketio", "celery", "redis", "httpx")
ABOUT_THEM = ("endpoints", "uploads", "models", "repository", "migrations")
"""Files and folders of a domain that speak HTTP or SQL."""


class PureRulesContract(Contract):
    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002  # import-linter passes it
        modules = {"bunri.kit", *graph.find_descendants("bunri.kit"), *graph.find_descendants("bunri.domains")}
        broken = [
            (importer, framework)
            for framework in FRAMEWORKS
            if framework in graph.modules
            for importer in sorted(modules & graph.find_modules_that_directly_import(framework))
            if not _about_frameworks(importer)
        ]
        return ContractCheck(kept=not broken, metadata={"broken": broken})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, framework in check.metadata["broken"]:
            output.print_error(f"{importer} may not import {framework}", bold=False)


def _about_frameworks(module: str) -> bool:
    """``bunri.domains.<domain>.<one of ABOUT_THEM>``, or something below."""
    parts = module.split(".")
    return parts[:2] == ["bunri", "domains"] and len(parts) > 3 and parts[3] in ABOUT_THEM
