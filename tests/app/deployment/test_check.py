"""What would keep an installation from working is found before anything stops."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bunri.app.deployment.check import check_installation
from bunri.app.deployment.initial import PublicUrlUnfit, write_initial
from bunri.app.finding import Finding
from bunri.cli import root
from bunri.cli.root import bunri
from bunri.kit.languages import LANGUAGES, catalogue

Change = Callable[[Path], None]


@pytest.fixture(autouse=True)
def logs_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command configures the logs of its process, for a stream that ends with it: here that is all other tests'."""
    monkeypatch.setattr(root, "configure_logs", lambda *_: None)


@pytest.fixture
def site(tmp_path: Path) -> Path:
    write_initial(tmp_path / "site", "https://bunri.test")
    return tmp_path / "site"


def found(site: Path) -> list[Finding]:
    return check_installation(site / ".env", site / "secrets")


def add(line: str) -> Change:
    def change(site: Path) -> None:
        with (site / ".env").open("a") as env:
            env.write(f"{line}\n")

    return change


def put(name: str, content: str) -> Change:
    def change(site: Path) -> None:
        (site / "secrets" / name).chmod(0o600)
        (site / "secrets" / name).write_text(content)

    return change


def test_what_init_writes_is_sound_and_is_never_written_over(site: Path) -> None:
    assert found(site) == []
    before = {path: path.read_text() for path in (site / "secrets").iterdir()}
    assert len(set(before.values())) == 8
    assert write_initial(site, "https://other.test") == []
    assert {path: path.read_text() for path in (site / "secrets").iterdir()} == before
    assert (site / "secrets").stat().st_mode & 0o777 == 0o700
    (site / "secrets" / "secret").unlink()
    assert write_initial(site, "https://bunri.test") == []
    assert [each.kind for each in found(site)] == ["secret_unreadable"]


@pytest.mark.parametrize("url", ["bunri.test", "ftp://bunri.test", "https://bunri.test/app", "https://"])
def test_an_address_that_people_could_not_reach_is_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(PublicUrlUnfit):
        write_initial(tmp_path, url)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (add("BUNRI_WASTE__MAX_FOTO_MB=3"), "setting_unknown"),
        (add("BUNRI_WASTE__MAX_PHOTO_MB=big"), "refused"),
        (add("no equals sign"), "line_unreadable"),
        (add("BUNRI_PUBLIC_URL=https://other.test"), "named_twice"),
        (add("HTTPS_PORT=99999"), "port_unfit"),
        (add("BUNRI_LLM__API_KEY_FILE=/run/secrets/none"), "refused"),
        (add("BUNRI_SECRET=" + "s" * 40), "refused"),
        (put("secret", "short"), "refused"),
        (put("secret", "change-me-" * 5), "secret_guessable"),
        (put("valkey.conf", ""), "secret_empty"),
        (put("postgres_password", "another one"), "secrets_differ"),
        (put("valkey_url", "redis://:another@valkey:6379"), "secrets_differ"),
        (put("s3.json", json.dumps({"identities": []})), "secrets_differ"),
        (put("s3.json", "not JSON"), "secrets_differ"),
        (put("database_url", "mysql://bunri@postgres/bunri"), "secrets_differ"),
    ],
)
def test_what_would_not_work_is_found(site: Path, change: Change, kind: str) -> None:
    change(site)
    assert kind in {each.kind for each in found(site) if each.severe}


def test_settings_of_this_machine_have_no_part_in_it(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUNRI_WASTE__MAX_PHOTO_MB", "big")
    assert found(site) == []


def test_what_works_but_is_unwise_is_said(tmp_path: Path) -> None:
    write_initial(tmp_path, "http://192.0.2.1:8080")
    (tmp_path / "secrets").chmod(0o755)
    assert [(each.kind, each.severe) for each in check_installation(tmp_path / ".env", tmp_path / "secrets")] == [
        ("secrets_open", False),
        ("without_tls", False),
    ]
    assert "HTTP_PORT=8080" in (tmp_path / ".env").read_text()


def test_a_setting_under_its_old_name_is_said(site: Path, caplog: pytest.LogCaptureFixture) -> None:
    add("BUNRI_DETECTION__REST_S=60")(site)
    (finding,) = found(site)
    assert (finding.kind, finding.severe) == ("setting_renamed", False)
    assert finding.data == {"old": "BUNRI_DETECTION__REST_S", "new": "BUNRI_DETECTION__IDLE_UNLOAD_S"}
    assert caplog.records == []


def test_photos_must_be_sent_to_where_people_are(site: Path) -> None:
    env = (site / ".env").read_text().replace("https://bunri.test", "https://moved.test")
    (site / ".env").write_text(env)
    assert [each.kind for each in found(site)] == ["store_elsewhere"]


def test_other_settings_and_tables_with_free_names_are_known(site: Path) -> None:
    add("BUNRI_REMOTE_TARGETS__AUTH=http://auth:8000")(site)
    add("BUNRI_OAUTH__KAKAO__CLIENT_ID=abc")(site)
    add("BUNRI_OAUTH__KAKAO__CLIENT_SECRET='d e f'")(site)
    assert [each for each in found(site) if each.kind == "setting_unknown"] == []


def test_the_command_says_a_sentence_and_ends_with_its_status(site: Path) -> None:
    run = CliRunner()
    good = run.invoke(bunri, ["deploy", "check", "--env", str(site / ".env"), "--lang", "en"])
    assert (good.exit_code, good.stdout) == (0, f"{site}/.env: nothing is wrong.\n")
    add("BUNRI_WASTE__MAX_FOTO_MB=3")(site)
    bad = run.invoke(bunri, ["deploy", "check", "--env", str(site / ".env"), "--lang", "en"])
    assert bad.exit_code == 1
    assert "There is no setting BUNRI_WASTE__MAX_FOTO_MB. Do you mean BUNRI_WASTE__MAX_PHOTO_MB?" in bad.stderr
    assert run.invoke(bunri, ["deploy", "check", "--env", str(site / "none")]).exit_code == 1


def test_every_sentence_is_in_both_languages() -> None:
    korean, english = ({key for key in catalogue(each) if key.startswith("deploy.")} for each in LANGUAGES)
    assert korean == english
    assert len(korean) > 15
