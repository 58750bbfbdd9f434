"""``bunri gateway``: what it is told becomes a part of a configuration, so it is looked at first."""

import pytest
from typer.testing import CliRunner

from bunri.cli import root
from bunri.cli.root import bunri

TO = ("--to", "all=127.0.0.1:8000")


@pytest.fixture(autouse=True)
def logs_stay_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command configures the logs of its process, for a stream that ends with it: here that is all other tests'."""
    monkeypatch.setattr(root, "configure_logs", lambda *_: None)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--to", "all"),
        ("--to", "all=127.0.0.1:8000; }"),
        ("--to", "nothing=127.0.0.1:8000"),
        (*TO, "--server-name", "a; return 200"),
        (*TO, "--listen", "80 default; include /etc/passwd"),
        (*TO, "--trusted-proxy", "everybody"),
        (*TO, "--bucket", "../x=s3:8333"),
        (*TO, "--certificate", "/etc/tls/chain.pem"),
        (*TO, "--access-log", "/var/log/a b"),
    ],
)
def test_what_does_not_fit_is_refused(words: tuple[str, ...]) -> None:
    run = CliRunner().invoke(bunri, ["gateway", "nginx", *words])
    assert run.exit_code != 0
    assert "server {" not in run.stdout


def test_what_is_told_stands_in_what_is_printed() -> None:
    words = (*TO, "--to", "auth=a:1,[fd00::1]:2", "--server-name", "bunri.test", "--trusted-proxy", "10.1.2.3/8")
    printed = CliRunner().invoke(bunri, ["gateway", "nginx", *words, "--bucket", "photos=s3:8333"]).stdout
    for line in (
        "server a:1 max_fails=0;",
        "server [fd00::1]:2 max_fails=0;",
        "server 127.0.0.1:8000 max_fails=0 backup;",
        "server_name bunri.test;",
        "set_real_ip_from 10.0.0.0/8;",
        "location ^~ /photos/ {",
    ):
        assert line in printed


def test_routes_of_the_gateway_api_are_printed() -> None:
    words = [
        "gateway",
        "gateway-api",
        "--listener",
        "https",
        "--hostname",
        "bunri.test",
        "--weight",
        "blue=90",
        "--weight",
        "green=10",
    ]
    printed = CliRunner().invoke(bunri, words).stdout
    assert printed.count('kind: "HTTPRoute"') == 9
    assert 'name: "waste-green"' in printed
    assert printed.count('sectionName: "https"') == 9
    stray = [("--weight", "red=many"), ("--weight", "a b=1"), ("--hostname", "a b"), ("--gateway", "x/y")]
    for more in (*stray, ("--namespace", ""), ("--listener", 'x"')):
        assert CliRunner().invoke(bunri, [*words, *more]).exit_code != 0


def test_ingresses_are_printed() -> None:
    printed = CliRunner().invoke(bunri, ["gateway", "ingress", "--host", "bunri.test", "--class", "public"]).stdout
    assert printed.count('kind: "Ingress"') == 10
    assert 'ingressClassName: "public"' in printed
    for words in (("--host", 'a" b'), ("--host", "bunri.test", "--class", 'x"')):
        assert CliRunner().invoke(bunri, ["gateway", "ingress", *words]).exit_code != 0
