"""Alerts, their runbooks, and what Prometheus, Alertmanager and Grafana are run with speak of the same things."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ALERTS = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yaml").read_text())["groups"][0]["rules"]
TESTS = yaml.safe_load((ROOT / "deploy/monitoring/alerts.test.yaml").read_text())["tests"]
PAGE = (ROOT / "docs/operations/monitoring.md").read_text()


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each["alert"])
def test_each_alert_has_a_runbook_and_a_test_in_which_it_sounds(alert: dict[str, Any]) -> None:
    name = alert["alert"]
    assert f"\n### {name}\n" in PAGE
    assert alert["annotations"]["runbook"] == f"docs/operations/monitoring.md#{name.lower()}"
    sounding = [one["alertname"] for test in TESTS for one in test["alert_rule_test"] if one["exp_alerts"]]
    assert name in sounding


# What alerts and dashboards ask for is compared with what the product answers in test_observed.py.


def compose(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / f"deploy/compose/{name}.yaml").read_text())
    return found


@pytest.mark.parametrize("name", ["small", "full"])
def test_prometheus_looks_at_every_process_of_an_installation(name: str) -> None:
    services = compose(name)["services"]
    does = {each: service.get("command", [""])[0] for each, service in services.items()}
    targets = yaml.safe_load((ROOT / f"deploy/monitoring/targets/{name}.yaml").read_text())
    served = {f"{each}:8000" for each, command in does.items() if command == "serve"}
    assert {target for group in targets for target in group["targets"]} == served
    [job] = yaml.safe_load((ROOT / "deploy/monitoring/prometheus.yaml").read_text())["scrape_configs"]
    [workers] = job["dns_sd_configs"]
    for each in (each for each, command in does.items() if command == "work"):
        assert each in workers["names"]
        assert services[each]["command"][-4:] == ["--host", "0.0.0.0", "--port", str(workers["port"])]


def test_what_watches_is_not_published_and_has_its_passwords_from_files() -> None:
    overlay = compose("monitoring")
    for service in overlay["services"].values():
        assert "ports" not in service
        assert "data" in service["networks"]  # which has no way out (small.yaml, full.yaml)
        assert service["secrets"]
        assert not [
            name for name in service.get("environment", {}) if "PASSWORD" in name and not name.endswith("_FILE")
        ]
        assert re.search(r":-[a-z/]+:v?\d[\d.]+}$", service["image"]), "a tag that says which"
    with_a_way_out = [name for name, each in overlay["services"].items() if each["networks"] != ["data"]]
    assert with_a_way_out == ["alertmanager"]


def test_grafana_finds_the_dashboards_and_where_to_ask() -> None:
    folder = ROOT / "deploy/monitoring/grafana"
    [source] = yaml.safe_load((folder / "datasources.yaml").read_text())["datasources"]
    [provider] = yaml.safe_load((folder / "dashboards.yaml").read_text())["providers"]
    mounted = {each["target"] for each in compose("monitoring")["services"]["grafana"]["volumes"]}
    assert source["uid"] == "bunri"
    assert source["url"] == "http://prometheus:9090"
    assert provider["options"]["path"] in mounted
