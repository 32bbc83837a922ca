"""Alert rules and dashboard: about metrics that there are, and alerts that fire."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.deploy.tools import CHART, DEPLOY, debian_tool, python_tool, run
from workers.cli.metrics import declared
from workers.domain.outcomes import Outcome
from workers.fleet.registry import names
from workers.stages.feeds.polls import FeedHealth

ALERTS = CHART / "files/alerts.yaml"
CASES = Path(__file__).with_name("alerts_test.yaml")
DASHBOARD = CHART / "files/dashboard.json"
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load(ALERTS.read_text("utf-8"))["groups"]
    for rule in group["rules"]
]
MEASURES = {one.name: one for _, measures in declared() for one in measures}
OF_THE_TARGET = {"job", "instance", "component", "le"}
VALUES = {
    "outcome": {outcome.value for outcome in Outcome},
    "status": {health.value for health in FeedHealth},
    "worker": set(names()),
}
METRIC = re.compile(r"(?<![\w:])(khabar_\w+)(?![\w:])(?:\{([^}]*)\})?")
MATCHER = re.compile(r'(\w+)(=~|!~|!=|=)"([^"]*)"')


def panels() -> Iterator[dict[str, Any]]:
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        if panel["type"] != "row":
            yield panel


def queries() -> list[str]:
    asked = [target["expr"] for panel in panels() for target in panel["targets"]]
    return [*asked, *(rule["expr"] for rule in RULES)]


@pytest.mark.parametrize("query", queries())
def test_query_is_about_metrics_and_labels_that_there_are(query: str) -> None:
    grouped = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", query))))
    found = METRIC.findall(query)
    known: set[str] = set()
    for name, selector in found:
        if name in grouped:
            continue
        bare = re.sub(r"_(bucket|sum|count)$", "", name)
        measure = MEASURES.get(name) or MEASURES.get(bare)
        assert measure, name
        assert (name == bare) or measure.kind == "histogram", name
        known |= {*measure.labels, *OF_THE_TARGET}
        for label, sign, value in MATCHER.findall(selector):
            assert label in known, (name, label)
            if label in VALUES and sign in {"=", "=~"}:
                assert set(value.split("|")) <= VALUES[label], (label, value)
    if found:
        assert grouped <= known


def test_recorded_names_are_used_as_they_are_made() -> None:
    made = {rule["record"] for rule in RULES if "record" in rule}
    used = set(re.findall(r"\w+:\w+:\w+", " ".join(queries())))
    assert used <= made
    assert made <= used | {"worker:khabar_records:rate5m"}


def test_alerts_say_how_bad_it_is_and_what_to_do() -> None:
    alerts = [rule for rule in RULES if "alert" in rule]
    assert len(alerts) == len({rule["alert"] for rule in alerts})
    for rule in alerts:
        assert rule["labels"]["severity"] in {"critical", "warning", "info"}
        assert set(rule["annotations"]) == {"summary", "description"}


def test_every_alert_has_a_case_in_which_it_fires() -> None:
    cases = yaml.safe_load(CASES.read_text("utf-8"))["tests"]
    text = [json.dumps(case) for case in cases]
    for rule in RULES:
        if "alert" in rule:
            mine = [case for case in text if f'"name": "{rule["alert"]}' in case]
            assert len(mine) == 1, rule["alert"]
            assert '"severity' in mine[0] or "severity=" in mine[0]


def test_alerts_fire_when_they_should() -> None:
    promtool = debian_tool("promtool", "prometheus")
    run(promtool, "check", "rules", ALERTS)
    run(promtool, "test", "rules", CASES)


def test_configurations_are_prometheus_and_alertmanager_s(tmp_path: Path) -> None:
    promtool = debian_tool("promtool", "prometheus")
    amtool = debian_tool("amtool", "prometheus-alertmanager")
    config = tmp_path / "prometheus.yml"
    config.write_text((DEPLOY / "prometheus/prometheus.yml").read_text("utf-8"))
    (tmp_path / "alerts.yaml").write_text(ALERTS.read_text("utf-8"))
    run(promtool, "check", "config", config)
    run(amtool, "check-config", DEPLOY / "alertmanager/alertmanager.yml")


def test_dashboard_is_what_its_program_writes() -> None:
    written = run(sys.executable, DEPLOY / "grafana/dashboard.py")
    assert written == DASHBOARD.read_text("utf-8"), "run make dashboard"


def test_grafana_s_own_types_know_all_of_the_dashboard() -> None:
    run(python_tool("python"), DEPLOY / "grafana/check.py", DASHBOARD)


def test_panels_do_not_overlap_and_have_units() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
        assert panel["fieldConfig"]["defaults"]["unit"]
        assert panel["targets"]


def test_what_all_workers_measure_is_watched() -> None:
    shown = " ".join(queries())
    shared = [
        one.name for title, group in declared() for one in group if "Every" in title
    ]
    missing = {name for name in shared if name not in shown}
    assert missing <= {"khabar_batch_records"}
