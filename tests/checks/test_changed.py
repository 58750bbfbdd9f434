"""Which tests CI runs for a change."""

import subprocess
import sys

from checks.changed import ROOT, Concerned, changed_since, concerned, domains, uses

from bunri.app.registry import REGISTRY

USED = {"auth": set[str](), "users": {"auth"}, "recycling": {"users"}, "locations": set[str]()}


def test_a_domain_concerns_itself_and_who_uses_it() -> None:
    assert concerned(["src/bunri/domains/recycling/service.py"], USED) == Concerned(["recycling"], False)
    assert concerned(["tests/domains/users/test_service.py"], USED) == Concerned(["recycling", "users"], False)
    assert concerned(["src/bunri/app/modules/auth.py"], USED) == Concerned(["auth", "recycling", "users"], False)


def test_what_all_stand_on_concerns_all() -> None:
    everything = Concerned(sorted(USED), True)
    for path in ("src/bunri/kit/clock.py", "requirements.lock", "Makefile", "src/bunri/app/registry.py", "new/file"):
        assert concerned([path], USED) == everything


def test_pages_and_papers_concern_no_service() -> None:
    paths = [
        "web/src/App.tsx",
        "docs/bins.md",
        "README.md",
        "deploy/terraform/aws/host.tf",
        ".github/workflows/ci.yaml",
    ]
    assert concerned(paths, USED) == Concerned([], False)


def test_a_new_domain_is_known_by_its_folder() -> None:
    assert concerned(["src/bunri/domains/songs/service.py"], USED).common


def test_uses_are_those_of_the_registry() -> None:
    used = uses()
    assert set(domains()) == {module.package.rpartition(".")[2] for module in REGISTRY.modules}
    for module in REGISTRY.modules:
        assert set(module.depends_on) <= used[module.package.rpartition(".")[2]], module.name


def test_a_base_that_is_gone_concerns_everything() -> None:
    assert "Makefile" in changed_since("0" * 40)


def test_it_prints_what_github_reads() -> None:
    command = [
        sys.executable,
        "-IS",
        "-c",
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from checks.changed import main; main('HEAD')",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "services=[]\ncommon=false\n"
