"""What Grafana is given, and whether it is what it takes."""

import json
from itertools import combinations
from typing import Any

import pytest
from checks.dashboards import DASHBOARDS, FOLDER, written

FILES = sorted(FOLDER.glob("*.json"))


def test_each_file_is_as_it_would_be_written_today() -> None:
    assert [file.stem for file in FILES] == sorted(DASHBOARDS)
    for file in FILES:
        assert file.read_text() == written(file.stem), "python -m checks.dashboards"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_dashboard_can_be_provisioned(file: Any) -> None:
    found = json.loads(file.read_text())
    assert found["uid"] == f"bunri-{file.stem}"
    assert len(found["uid"]) <= 40
    assert "id" not in found  # Grafana gives it one
    assert "__inputs" not in found  # those are asked for by hand only
    assert found["schemaVersion"] >= 36
    panels = found["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["type"] in ("timeseries", "stat")
        assert panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "bunri"}
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"]) > 0
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
    for one, other in combinations([panel["gridPos"] for panel in panels], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        assert beside or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


def test_no_two_dashboards_have_the_same_uid_or_title() -> None:
    found = [json.loads(file.read_text()) for file in FILES]
    for name in ("uid", "title"):
        assert len({each[name] for each in found}) == len(found)
