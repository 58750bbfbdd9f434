"""Writes deploy/monitoring/dashboards/*.json for Grafana: ``python -m checks.dashboards``.

Each panel is one line here; where it stands on the page, and what Grafana wants to know of every panel, is added.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

FOLDER: Final = Path(__file__).parents[1] / "deploy/monitoring/dashboards"
_SOURCE: Final = {"type": "prometheus", "uid": "bunri"}
_COLUMNS: Final = 24


class Panel(NamedTuple):
    """``queries``: each an expression, and how its lines are called. ``limit``: a line that should not be crossed."""

    title: str
    unit: str
    queries: Sequence[tuple[str, str]]
    kind: str = "timeseries"
    width: int = 12
    limit: float | None = None
    exemplars: bool = False


def _share_failing(by: str = "") -> str:
    group = f" by ({by})" if by else ""
    failed = f'sum{group} (rate(bunri_http_requests_total{{status=~"5.."}}[5m]))'
    return f"{failed} / sum{group} (rate(bunri_http_requests_total[5m]))"


def _slowest(share: float, by: str = "", where: str = "") -> str:
    groups = ", ".join(("le", *([by] if by else [])))
    selected = f'{{route!~".*events.*"{where}}}'
    return f"histogram_quantile({share}, sum by ({groups}) (rate(bunri_http_request_seconds_bucket{selected}[5m])))"


def _rate(metric: str, by: str, where: str = "") -> str:
    return f"sum by ({by}) (rate({metric}{where}[5m]))"


_OF_CHAT: Final = '{route=~"/api/v1/chat.*"}'
_OF_LEARNING: Final = '{route=~"/api/v1/learning.*"}'
_OF_THEIR_TASKS: Final = '{task=~"(chat|learning)[.].*"}'
_STAGES: Final = "rate(bunri_analysis_stage_seconds_bucket[10m])"

DASHBOARDS: Final[dict[str, tuple[str, Sequence[Panel]]]] = {
    "overview": (
        "bunri",
        [
            Panel("Processes that answer", "short", [('sum(up{job="bunri"})', "")], "stat", 4),
            Panel("Requests", "reqps", [("sum(rate(bunri_http_requests_total[5m]))", "")], "stat", 4),
            Panel("Failing", "percentunit", [(_share_failing(), "")], "stat", 4, 0.05),
            Panel("Slowest of twenty", "s", [(_slowest(0.95), "")], "stat", 4, 1),
            Panel("Longest wait in a queue", "s", [("max(bunri_queue_oldest_seconds)", "")], "stat", 4, 120),
            Panel(
                "Since the last backup",
                "s",
                [("time() - max(bunri_backup_last_success_timestamp_seconds)", "")],
                "stat",
                4,
                129600,
            ),
            Panel("Requests by status", "reqps", [(_rate("bunri_http_requests_total", "status"), "{{status}}")]),
            Panel("Photos analysed", "ops", [(_rate("bunri_analyses_total", "outcome"), "{{outcome}}")]),
            Panel("Waiting in queues", "short", [("max by (queue) (bunri_queue_waiting)", "{{queue}}")]),
            Panel("Queues that are worked on", "bool_yes_no", [("max by (queue) (bunri_queue_consumed)", "{{queue}}")]),
            Panel(
                "Connections of PostgreSQL",
                "short",
                [("max(bunri_database_connections)", "open"), ("max(bunri_database_connections_limit)", "at most")],
            ),
            Panel(
                "Room on the disk",
                "percentunit",
                [("min by (instance) (bunri_data_free_bytes / bunri_data_size_bytes)", "{{instance}}")],
            ),
            Panel("What could be measured", "bool_yes_no", [("min by (part) (bunri_measure_read)", "{{part}}")]),
            Panel("Spans of traces", "ops", [(_rate("bunri_trace_spans_total", "outcome"), "{{outcome}}")]),
        ],
    ),
    "http": (
        "bunri: HTTP and sockets",
        [
            Panel(
                "Requests by route",
                "reqps",
                [(f"topk(10, {_rate('bunri_http_requests_total', 'route')})", "{{route}}")],
            ),
            Panel(
                "Failing, by route",
                "percentunit",
                [(f"topk(10, {_share_failing('route')} > 0)", "{{route}}")],
                limit=0.05,
            ),
            Panel(
                "How long answers take",
                "s",
                [(_slowest(0.5), "half"), (_slowest(0.95), "19 of 20"), (_slowest(0.99), "99 of 100")],
                limit=1,
                exemplars=True,
            ),
            Panel(
                "Slowest routes, 19 of 20",
                "s",
                [(f"topk(10, {_slowest(0.95, 'route')})", "{{route}}")],
                limit=1,
                exemplars=True,
            ),
            Panel(
                "Refused", "reqps", [(_rate("bunri_http_requests_total", "status", '{status=~"4.."}'), "{{status}}")]
            ),
            Panel("By method", "reqps", [(_rate("bunri_http_requests_total", "method"), "{{method}}")]),
            Panel("Polls of a status, from the cache", "reqps", [("sum(rate(bunri_status_polls_total[5m]))", "polls")]),
            Panel(
                "Events of sockets",
                "ops",
                [(_rate("bunri_socket_events_total", "event, outcome"), "{{event}} {{outcome}}")],
            ),
        ],
    ),
    "queues": (
        "bunri: queues and photos",
        [
            Panel("Waiting", "short", [("max by (queue) (bunri_queue_waiting)", "{{queue}}")]),
            Panel(
                "The next has waited for",
                "s",
                [("max by (queue) (bunri_queue_oldest_seconds)", "{{queue}}")],
                limit=120,
            ),
            Panel("Worked on", "bool_yes_no", [("max by (queue) (bunri_queue_consumed)", "{{queue}}")]),
            Panel("Taken and not finished", "short", [("max(bunri_queue_in_hand)", "in hand")]),
            Panel("Tasks by how they end", "ops", [(_rate("bunri_tasks_total", "outcome"), "{{outcome}}")]),
            Panel(
                "Tasks that failed",
                "short",
                [('sum by (task) (increase(bunri_tasks_total{outcome="failed"}[15m])) > 0', "{{task}}")],
                limit=3,
            ),
            Panel(
                "Longest tasks, 19 of 20",
                "s",
                [
                    (
                        "topk(10, histogram_quantile(0.95, sum by (le, task) (rate(bunri_task_seconds_bucket[10m]))))",
                        "{{task}}",
                    )
                ],
            ),
            Panel("Tasks", "ops", [(f"topk(10, {_rate('bunri_tasks_total', 'task')})", "{{task}}")]),
            Panel("Photos, by outcome", "ops", [(_rate("bunri_analyses_total", "outcome"), "{{outcome}}")]),
            Panel("Photos, answered from", "ops", [(_rate("bunri_analyses_total", "cached"), "{{cached}}")]),
            Panel(
                "Stages of an analysis, 19 of 20",
                "s",
                [(f"histogram_quantile(0.95, sum by (le, stage) ({_STAGES}))", "{{stage}}")],
            ),
        ],
    ),
    "chat-and-learning": (
        "bunri: chat and learning",
        [
            Panel(
                "Requests of the chat",
                "reqps",
                [(f"topk(8, {_rate('bunri_http_requests_total', 'route', _OF_CHAT)})", "{{route}}")],
            ),
            Panel("Events of sockets", "ops", [(_rate("bunri_socket_events_total", "event"), "{{event}}")]),
            Panel(
                "Events that fail or are refused",
                "ops",
                [(_rate("bunri_socket_events_total", "event, outcome", '{outcome!="done"}'), "{{event}} {{outcome}}")],
            ),
            Panel(
                "Requests of learning",
                "reqps",
                [(f"topk(8, {_rate('bunri_http_requests_total', 'route', _OF_LEARNING)})", "{{route}}")],
            ),
            Panel(
                "Answers judged", "ops", [(_rate("bunri_learning_grades_total", "by, rating"), "{{by}}: {{rating}}")]
            ),
            Panel(
                "People knew better",
                "ops",
                [(_rate("bunri_learning_grades_overruled_total", "by, agreed"), "{{by}}, agreed: {{agreed}}")],
            ),
            Panel(
                "Questions to the language model",
                "ops",
                [(_rate("bunri_learning_model_answers_total", "outcome"), "{{outcome}}")],
            ),
            Panel(
                "Their tasks",
                "ops",
                [(_rate("bunri_tasks_total", "task, outcome", _OF_THEIR_TASKS), "{{task}} {{outcome}}")],
            ),
        ],
    ),
    "backups": (
        "bunri: backups",
        [
            Panel(
                "Since the last",
                "s",
                [("time() - max(bunri_backup_last_success_timestamp_seconds)", "")],
                "stat",
                6,
                129600,
            ),
            Panel("The last attempt failed", "bool_yes_no", [("max(bunri_backup_failing)", "")], "stat", 6, 1),
            Panel(
                "Since the last drill that restored",
                "s",
                [("time() - max(bunri_backup_drill_last_success_timestamp_seconds)", "")],
                "stat",
                6,
                864000,
            ),
            Panel(
                "The last drill restored everything",
                "bool_yes_no",
                [("max(bunri_backup_drill_success)", "")],
                "stat",
                6,
            ),
            Panel("Size", "bytes", [("max(bunri_backup_size_bytes)", "size")]),
            Panel(
                "How long it took",
                "s",
                [
                    ("max(bunri_backup_duration_seconds)", "backup"),
                    ("max(bunri_backup_drill_duration_seconds)", "drill"),
                ],
            ),
            Panel("Rows", "short", [("max(bunri_backup_rows)", "rows")]),
            Panel("Objects", "short", [("max(bunri_backup_objects)", "objects")]),
            Panel("Room on the disk", "bytes", [("min by (instance) (bunri_data_free_bytes)", "{{instance}}")]),
            Panel("Since any drill", "s", [("time() - max(bunri_backup_drill_last_timestamp_seconds)", "drill")]),
        ],
    ),
}


def dashboard(name: str) -> dict[str, Any]:
    """What Grafana is given."""
    title, panels = DASHBOARDS[name]
    return {
        "uid": f"bunri-{name}",
        "title": title,
        "tags": ["bunri"],
        "schemaVersion": 39,
        "version": 1,
        "editable": False,
        "refresh": "30s",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": []},
        "annotations": {"list": []},
        "links": [{"type": "dashboards", "tags": ["bunri"], "title": "bunri", "asDropdown": True, "keepTime": True}],
        "panels": [_panel(number, *each) for number, each in enumerate(_placed(panels), 1)],
    }


def _placed(panels: Sequence[Panel]) -> list[tuple[Panel, dict[str, int]]]:
    """Row by row from the left."""
    placed: list[tuple[Panel, dict[str, int]]] = []
    x = y = height = 0
    for panel in panels:
        if x + panel.width > _COLUMNS:
            x, y = 0, y + height
        height = 4 if panel.kind == "stat" else 8
        placed.append((panel, {"x": x, "y": y, "w": panel.width, "h": height}))
        x += panel.width
    return placed


def _panel(number: int, panel: Panel, place: dict[str, int]) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"color": "green", "value": None}]
    if panel.limit is not None:
        steps.append({"color": "red", "value": panel.limit})
    shown = {"thresholdsStyle": {"mode": "dashed" if panel.limit is not None else "off"}, "showPoints": "never"}
    custom = {"custom": shown} if panel.kind == "timeseries" else {}
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "datasource": _SOURCE,
        "gridPos": place,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0, "thresholds": {"mode": "absolute", "steps": steps}, **custom},
            "overrides": [],
        },
        "options": _OPTIONS[panel.kind],
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": _SOURCE,
                "expr": expression,
                "legendFormat": legend or panel.title,
                "exemplar": panel.exemplars,
            }
            for index, (expression, legend) in enumerate(panel.queries)
        ],
    }


_OPTIONS: Final[dict[str, dict[str, Any]]] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom"},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {"reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False}, "colorMode": "value"},
}


def written(name: str) -> str:
    return json.dumps(dashboard(name), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    for name in DASHBOARDS:
        (FOLDER / f"{name}.json").write_text(written(name))


if __name__ == "__main__":
    main()
