"""Alerts, their runbooks and the measures that they are made of speak of the same things."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
ALERTS = yaml.safe_load((ROOT / "deploy/monitoring/alerts.yaml").read_text())["groups"][0]["rules"]
TESTS = yaml.safe_load((ROOT / "deploy/monitoring/alerts.test.yaml").read_text())["tests"]
PAGE = (ROOT / "docs/operations/monitoring.md").read_text()
SOURCE = "\n".join(file.read_text() for file in (ROOT / "src/bunri").rglob("*.py"))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda each: each["alert"])
def test_each_alert_has_a_runbook_and_a_test_in_which_it_sounds(alert: dict[str, Any]) -> None:
    name = alert["alert"]
    assert f"\n### {name}\n" in PAGE
    assert alert["annotations"]["runbook"] == f"docs/operations/monitoring.md#{name.lower()}"
    sounding = [one["alertname"] for test in TESTS for one in test["alert_rule_test"] if one["exp_alerts"]]
    assert name in sounding


def test_alerts_ask_for_measures_that_there_are() -> None:
    asked = {
        name.removesuffix("_bucket").removesuffix("_count")
        for alert in ALERTS
        for name in re.findall(r"\bbunri_\w+", alert["expr"])
    }
    assert asked
    written = {name: name.replace("bunri_backup_", "", 1) for name in asked}  # those of backups share a beginning
    assert [name for name, own in written.items() if f'"{own}"' not in SOURCE] == []
