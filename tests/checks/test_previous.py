"""Which version is the one before, and what of this one is laid over it, in repositories of git's own."""

import subprocess
from pathlib import Path

import pytest
from checks.previous import RELEASED, NotComparable, laid_over, previous

CHAT = Path("src/bunri/domains/chat/migrations")
TABLES = Path("src/bunri/platform/mail/tables.py")


class Repository:
    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        who = ["-c", "user.name=N", "-c", "user.email=n@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *words], cwd=self.root, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, path: Path, text: str) -> str:
        write(self.root / path, text)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", text)
        return self.git("rev-parse", "HEAD")


def write(path: Path, text: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """With two commits: the first has the list of what is released, the second something else."""
    made = Repository(tmp_path / "repository")
    made.commit(RELEASED, "first")
    made.commit(Path("code"), "second")
    return made


class TestPrevious:
    def test_is_the_last_change_of_what_is_released_while_there_is_no_tag(self, repository: Repository) -> None:
        changed = repository.commit(RELEASED, "third")
        repository.commit(Path("code"), "fourth")
        found = previous(repository.root)
        assert found.commit == changed
        assert "no tag" in found.reason

    def test_is_the_newest_tag_by_version(self, repository: Repository) -> None:
        newest = repository.commit(Path("code"), "third")
        for tag, at in (("v0.9.0", "HEAD~2"), ("v0.10.0", "HEAD"), ("v0.11.0-rc1", "HEAD"), ("very", "HEAD")):
            repository.git("tag", tag, at)
        repository.commit(Path("code"), "fourth")
        assert previous(repository.root) == (newest, "the tag v0.10.0")

    def test_is_neither_this_version_nor_one_that_came_later(self, repository: Repository) -> None:
        repository.git("tag", "v0.1.0", "HEAD~1")
        repository.git("tag", "v0.2.0")
        repository.commit(Path("code"), "third")
        repository.git("tag", "v0.3.0")
        repository.git("checkout", "-q", "v0.2.0")
        assert previous(repository.root).reason == "the tag v0.1.0"

    def test_is_what_the_variable_names(self, repository: Repository) -> None:
        repository.git("tag", "v0.1.0", "HEAD~1")
        found = previous(repository.root, "main")
        assert found == (repository.git("rev-parse", "main"), "main, which BUNRI_PREVIOUS names")

    def test_must_be_there(self, repository: Repository) -> None:
        with pytest.raises(NotComparable, match=r"^There is no commit v9 here\.$"):
            previous(repository.root, "v9")

    @pytest.mark.parametrize("named", [None, "v0.1.0"])
    def test_of_a_shallow_clone_is_not_guessed(self, repository: Repository, tmp_path: Path, named: str | None) -> None:
        repository.git("tag", "v0.1.0", "HEAD~1")
        repository.git("clone", "-q", "--depth=1", repository.root.as_uri(), str(tmp_path / "shallow"))
        with pytest.raises(NotComparable, match="git fetch --unshallow"):
            previous(tmp_path / "shallow", named)

    def test_of_no_repository_is_told_in_the_words_of_git(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
        with pytest.raises(NotComparable, match="not a git repository"):
            previous(tmp_path)


class TestLaidOver:
    @pytest.fixture
    def old(self, tmp_path: Path) -> Path:
        write(tmp_path / "old" / CHAT / "0001_rooms.py", "revision = 'as it was released'")
        write(tmp_path / "old/src/bunri/platform/__init__.py", "'''Of the version before.'''")
        return tmp_path / "old"

    @pytest.fixture
    def new(self, tmp_path: Path) -> Path:
        write(tmp_path / "new" / CHAT / "0001_rooms.py", "revision = 'written anew'")
        write(tmp_path / "new" / CHAT / "0002_files.py", "from alembic import op\nimport asyncio.tasks")
        write(tmp_path / "new/src/bunri/platform/__init__.py", "'''Of this one.'''")
        return tmp_path / "new"

    def test_are_the_migrations_that_are_new(self, old: Path, new: Path) -> None:
        assert laid_over(old, new) == [CHAT / "0002_files.py"]

    def test_is_nothing_of_a_domain_that_is_new(self, old: Path, new: Path) -> None:
        write(new / "src/bunri/domains/songs/migrations/0001_songs.py")
        assert laid_over(old, new) == [CHAT / "0002_files.py"]

    @pytest.mark.parametrize(
        "words",
        [
            "from bunri.platform.mail.tables import create_mails",
            "from bunri.platform.mail import tables",
            "import bunri.platform.mail.tables",
            "def upgrade():\n    from bunri.platform.mail.tables import create_mails",
        ],
    )
    def test_is_what_they_import_and_what_that_imports(self, old: Path, new: Path, words: str) -> None:
        write(new / CHAT / "0003_mails.py", words)
        write(new / TABLES, "from bunri.platform.mail.names import NAMES")
        names = TABLES.with_name("names.py")
        write(new / names, "NAMES = ()")
        write(new / TABLES.with_name("__init__.py"))
        write(new / TABLES.with_name("unused.py"))
        found = laid_over(old, new)
        assert found[:2] == [CHAT / "0002_files.py", CHAT / "0003_mails.py"]
        assert set(found[2:]) == {TABLES, names, TABLES.with_name("__init__.py")}

    def test_is_nothing_that_the_old_code_has_alike(self, old: Path, new: Path) -> None:
        write(new / CHAT / "0003_mails.py", "from bunri.platform.mail.tables import create_mails")
        write(old / TABLES, "create_mails = 1")
        write(new / TABLES, "create_mails = 1  # one")
        assert laid_over(old, new) == [CHAT / "0002_files.py", CHAT / "0003_mails.py"]

    def test_is_refused_where_the_old_code_has_it_otherwise(self, old: Path, new: Path) -> None:
        write(new / CHAT / "0003_mails.py", "from bunri.platform.mail.tables import create_mails")
        write(old / TABLES, "create_mails = 1")
        write(new / TABLES, "create_mails = 2")
        with pytest.raises(NotComparable, match=r"0003_mails\.py imports src/bunri/platform/mail/tables\.py, which"):
            laid_over(old, new)
