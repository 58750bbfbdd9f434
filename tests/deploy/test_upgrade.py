"""The version before this one works on this one's schema: its own tests say so, in a checkout of it."""

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfile
from typing import Final
from xml.etree import ElementTree

import asyncpg
import pytest
from checks.previous import RELEASED, Previous, laid_over, previous
from tests.conftest import OwnSettings
from tests.deploy.engine import ROOT
from tests.support.platform import environment

from bunri.app.migrations import known_revisions

OWN: Final = Path(__file__).with_name("upgrade")
API: Final = (
    "tests/domains",
    "tests/app/test_analysis.py",
    "tests/app/test_chat*.py",
    "tests/app/test_guest_merging.py",
    "tests/app/test_mail.py",
    "tests/app/test_original_client.py",
    "tests/app/test_push.py",
    "tests/app/test_realtime.py",
    "tests/app/test_second_factors.py",
    "tests/app/test_users.py",
)
"""What people and other domains reach through HTTP, sockets, services and repositories."""
LEFT_OUT: Final = {
    "tests/domains/locations/test_models.py::TestMigration": "compares all columns with its own models, and newer ones"
    " are no fault",
}
AT_LEAST: Final = 1000
"""So many tests have to pass: fewer are not the API's."""
WITHIN_S: Final = 1500


@dataclass(frozen=True)
class Result:
    """What a run of pytest came to."""

    passed: int
    skipped: int
    failed: tuple[str, ...]
    said: str


@dataclass(frozen=True)
class Checkout:
    """The version before, in a folder of its own."""

    folder: Path

    @property
    def heads(self) -> dict[str, str]:
        """This version's newest migration of each schema that the version before has, too."""
        released = tomllib.loads((self.folder / RELEASED).read_text("utf-8"))
        return {schema: known[0] for schema, known in known_revisions().items() if schema in released}

    def bring_up_to_date(self) -> list[Path]:
        """Lays this version's migrations over it."""
        files = laid_over(self.folder, ROOT)
        for file in files:
            (self.folder / file).parent.mkdir(parents=True, exist_ok=True)
            copyfile(ROOT / file, self.folder / file)
        return files

    def python(self, *words: str, env: Mapping[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
        """Runs this environment's Python on its code, with none of the settings that are around."""
        around = {name: value for name, value in os.environ.items() if not name.startswith(("BUNRI_", "PYTEST_"))}
        path = os.pathsep.join((str(self.folder / "src"), str(OWN)))
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder,
            env={**around, **(env or {}), "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=WITHIN_S,
            check=False,
        )

    def tested(self, *words: str) -> Result:
        """Its own tests, by pytest. One that fails is tried once more, as by ``make test``."""
        report = self.folder / "result.xml"
        how = ["-p", "no:cacheprovider", "-p", "database_only", "-n", "2", "--dist", "loadfile", "--reruns", "1"]
        done = self.python(
            "-m",
            "pytest",
            *how,
            "-r",
            "fERs",
            f"--junitxml={report}",
            *words,
            env={"NEWER_HEADS": json.dumps(self.heads)},
        )
        said = done.stdout + done.stderr
        assert report.exists(), said[-3000:]
        return _result(report, said)


def _result(report: Path, said: str) -> Result:
    cases = list(ElementTree.parse(report).iter("testcase"))
    skipped = [case for case in cases if case.find("skipped") is not None]
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    names = tuple(sorted({f"{case.get('classname')}.{case.get('name')}" for case in failed}))
    return Result(len(cases) - len(skipped) - len(failed), len(skipped), names, said)


@pytest.fixture(scope="module")
def before() -> Previous:
    return previous(ROOT, os.environ.get("BUNRI_PREVIOUS"))


@contextmanager
def checked_out(commit: str, folder: Path) -> Iterator[Checkout]:
    subprocess.run(["git", "worktree", "add", "--quiet", "--detach", folder, commit], cwd=ROOT, check=True)
    try:
        yield Checkout(folder)
    finally:
        subprocess.run(["git", "worktree", "remove", "--force", folder], cwd=ROOT, check=True)


@pytest.fixture
def checkout(before: Previous, tmp_path: Path) -> Iterator[Checkout]:
    """As it was released. Skips where a roll changes no schema."""
    with checked_out(before.commit, tmp_path / "before") as made:
        if not laid_over(made.folder, ROOT):
            pytest.skip(f"there is no migration that is newer than {before.reason}")
        yield made


async def test_it_starts_on_the_newer_database_and_leaves_it_alone(
    checkout: Checkout, own_settings: OwnSettings
) -> None:
    settings = await own_settings()
    own = {name: value for name, value in environment(settings).items() if os.environ.get(name) != value}
    done = checkout.python("-m", "bunri", "migrate", env=own)
    assert done.returncode == 0, done.stdout + done.stderr
    connection = await asyncpg.connect(str(settings.database_url))
    try:
        for schema, head in checkout.heads.items():
            assert await connection.fetchval(f"select version_num from {schema}.alembic_version") == head
    finally:
        await connection.close()
    newer = {path.parts[3] for path in laid_over(checkout.folder, ROOT) if "migrations" in path.parts}
    logged = [json.loads(line) for line in done.stderr.splitlines() if line.startswith("{")]
    told = {line["schema"] for line in logged if line["event"] == "migrate.newer"}
    assert told == newer


@pytest.mark.timeout(WITHIN_S)
def test_its_own_tests_pass_on_the_newer_schema(before: Previous, checkout: Checkout) -> None:
    files = checkout.bring_up_to_date()
    copyfile(OWN / "witness.py", checkout.folder / "tests/test_witness.py")
    chosen = [str(path.relative_to(checkout.folder)) for each in API for path in sorted(checkout.folder.glob(each))]
    result = checkout.tested("tests/test_witness.py", *chosen, *(f"--deselect={name}" for name in LEFT_OUT))
    print(f"before: {before.commit[:8]}, {before.reason}; laid over it: {', '.join(file.stem for file in files)}")
    print(f"{result.passed} passed, {result.skipped} skipped, {len(result.failed)} failed; left out: {LEFT_OUT}")
    assert result.failed == (), result.said[-5000:]
    assert result.passed >= AT_LEAST, result.said[-3000:]


def test_a_migration_that_takes_something_away_is_found(checkout: Checkout) -> None:
    checkout.bring_up_to_date()
    folder = checkout.folder / "src/bunri/domains/locations/migrations"
    lines = (
        "from alembic import op",
        "revision = 'taken_away'",
        f"down_revision = {checkout.heads['locations']!r}",
        "def upgrade():",
        "    op.execute('alter table locations.votes rename to ballots')",
    )
    (folder / "9999_taken_away.py").write_text("\n".join(lines))
    result = checkout.tested("tests/domains/locations/test_service_votes.py")
    assert result.failed
    assert 'relation "locations.votes" does not exist' in result.said
