"""Every worker of the code stands wherever deploy/ lists workers by name."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.support.deploy.tools import CHART, DEPLOY
from workers.fleet.registry import names


def _yaml(path: str) -> Any:
    return yaml.safe_load((DEPLOY / path).read_text("utf-8"))


def _schema() -> set[str]:
    text = (CHART / "values.schema.json").read_text("utf-8")
    return set(json.loads(text)["properties"]["workers"]["properties"])


def _services() -> set[str]:
    services = _yaml("compose.yaml")["services"].items()
    return {name for name, one in services if one.get("command", [""])[0] == "run"}


def _scraped() -> set[str]:
    (job,) = _yaml("prometheus/prometheus.yml")["scrape_configs"]
    return {name for one in job["dns_sd_configs"] for name in one["names"]}


def _missed() -> set[str]:
    groups = _yaml("helm/khabar/files/alerts.yaml")["groups"]
    (rule,) = (
        rule
        for group in groups
        for rule in group["rules"]
        if rule.get("alert") == "KhabarWorkerMissing"
    )
    return set(re.findall(r'absent\(khabar_build_info{worker="(\w+)"}\)', rule["expr"]))


PLACES: dict[str, Callable[[], set[str]]] = {
    "deploy/helm/khabar/values.yaml, workers": lambda: set(
        _yaml("helm/khabar/values.yaml")["workers"]
    ),
    "deploy/helm/khabar/values.schema.json, properties.workers": _schema,
    "deploy/compose.yaml, services": _services,
    "deploy/prometheus/prometheus.yml, names": _scraped,
    "deploy/helm/khabar/files/alerts.yaml, KhabarWorkerMissing": _missed,
}


def differences(place: str, listed: set[str], workers: set[str]) -> str:
    """Say what a list lacks and has too much; empty if nothing."""
    return "\n".join(
        [
            *(f"add the worker {name} to {place}" for name in sorted(workers - listed)),
            *(
                f"{place} has {name}, which is no file of workers/fleet/"
                for name in sorted(listed - workers)
            ),
        ]
    )


@pytest.mark.parametrize("place", PLACES)
def test_every_worker_is_listed(place: str) -> None:
    found = differences(place, PLACES[place](), set(names()))
    assert not found, found


def test_a_worker_that_is_new_or_gone_is_named_with_the_place() -> None:
    assert differences("x.yaml", {"old", "poll"}, {"new", "poll"}).splitlines() == [
        "add the worker new to x.yaml",
        "x.yaml has old, which is no file of workers/fleet/",
    ]
