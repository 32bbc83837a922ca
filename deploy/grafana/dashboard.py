"""Writes the Grafana dashboard: python deploy/grafana/dashboard.py > FILE.

The file is deploy/helm/khabar/files/dashboard.json, from where the chart and
compose.yaml take it; `make dashboard` writes it anew. Layout and queries stand here
once, as JSON for people is no place to keep them.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

WIDTH = 24
"""Columns of Grafana's grid."""
HEIGHT = 8
JOB = 'job="khabar"'
BY_WORKER = "{{worker}}"
SOURCE = {"type": "prometheus", "uid": "${datasource}"}


class Panel(NamedTuple):
    """One panel: what it asks Prometheus, and how the answer is drawn."""

    title: str
    unit: str
    """As Grafana names units: short, s, bytes, percentunit, cps (a second)."""
    queries: Sequence[tuple[str, str]]
    """PromQL, and the legend of its series."""
    meaning: str = ""
    kind: str = "timeseries"
    width: int = 8
    stacked: bool = False


def rate(metric: str, by: str, where: str = "") -> str:
    """Return the query of a counter's rate, summed by the label *by*."""
    chosen = ",".join(part for part in (JOB, where) if part)
    return f"sum by ({by}) (rate({metric}{{{chosen}}}[$__rate_interval]))"


def quantile(share: float, histogram: str, by: str = "worker") -> str:
    """Return the query of a histogram's quantile, for each value of *by*."""
    labels = f"le, {by}" if by else "le"
    buckets = f"rate({histogram}_bucket{{{JOB}}}[$__rate_interval])"
    return f"histogram_quantile({share}, sum by ({labels}) ({buckets}))"


ROWS: Sequence[tuple[str, Sequence[Panel]]] = (
    (
        "Is it well?",
        (
            Panel(
                "Workers that answer",
                "short",
                [(f"sum by (component) (up{{{JOB}}})", "{{component}}")],
                "Processes that Prometheus reaches.",
                kind="stat",
                width=8,
            ),
            Panel(
                "Articles in the last hour",
                "short",
                [(f"sum(increase(khabar_articles_total{{{JOB}}}[1h]))", "articles")],
                "New ones and revisions.",
                kind="stat",
                width=4,
            ),
            Panel(
                "Dead letters in the last hour",
                "short",
                [
                    (
                        (
                            "sum(increase(khabar_records_total"
                            f'{{{JOB},outcome="dead-letter"}}[1h])) or vector(0)'
                        ),
                        "dead letters",
                    )
                ],
                "Records that could not be processed: khabar dlq list.",
                kind="stat",
                width=4,
            ),
            Panel(
                "Feeds",
                "short",
                [(f"sum by (status) (khabar_feeds{{{JOB}}})", "{{status}}")],
                "By their condition: khabar feeds list.",
                kind="stat",
                width=8,
            ),
        ),
    ),
    (
        "The line",
        (
            Panel(
                "Records handled",
                "cps",
                [(rate("khabar_records_total", "worker"), BY_WORKER)],
                "Each input record is counted once, when its transaction is committed.",
            ),
            Panel(
                "Waiting on Kafka",
                "short",
                [
                    (
                        f"sum by (worker, topic) (khabar_lag_records{{{JOB}}})",
                        "{{topic}} for {{worker}}",
                    ),
                    (
                        f"sum by (worker) (khabar_held_records{{{JOB}}})",
                        "put off by {{worker}}",
                    ),
                ],
                "Grows where replicas are too few.",
            ),
            Panel(
                "What became of entries",
                "cps",
                [
                    (
                        rate("khabar_records_total", "outcome", 'worker="articles"'),
                        "{{outcome}}",
                    )
                ],
                "Outcomes of the articles worker.",
                stacked=True,
            ),
            Panel(
                "Time of a batch, 95 %",
                "s",
                [(quantile(0.95, "khabar_batch_seconds"), BY_WORKER)],
            ),
            Panel(
                "Time of a transaction, 95 %",
                "s",
                [(quantile(0.95, "khabar_transaction_seconds"), BY_WORKER)],
            ),
            Panel(
                "Transactions aborted",
                "cps",
                [
                    (
                        rate("khabar_transactions_total", "worker", 'result="aborted"'),
                        BY_WORKER,
                    )
                ],
                "Nothing is lost or doubled by one; many of them are trouble.",
            ),
        ),
    ),
    (
        "Feeds and pages",
        (
            Panel(
                "Polls",
                "cps",
                [(rate("khabar_polls_total", "outcome"), "{{outcome}}")],
                stacked=True,
            ),
            Panel(
                "Entries found",
                "cps",
                [(rate("khabar_entries_total", "reason"), "{{reason}}")],
            ),
            Panel(
                "Received for polls",
                "Bps",
                [
                    (
                        (
                            "sum(rate(khabar_poll_bytes_total"
                            f"{{{JOB}}}[$__rate_interval]))"
                        ),
                        "on the wire",
                    )
                ],
            ),
            Panel(
                "Pages asked for",
                "cps",
                [(rate("khabar_fetches_total", "result"), "{{result}}")],
                stacked=True,
            ),
            Panel(
                "Time of a poll and of a page, 95 %",
                "s",
                [
                    (quantile(0.95, "khabar_poll_seconds", ""), "poll"),
                    (quantile(0.95, "khabar_fetch_seconds", ""), "page"),
                    (quantile(0.95, "khabar_extract_seconds", ""), "extraction"),
                ],
            ),
            Panel(
                "Articles",
                "cps",
                [(rate("khabar_articles_total", "kind"), "{{kind}}")],
            ),
        ),
    ),
    (
        "Language",
        (
            Panel(
                "Entities",
                "cps",
                [(rate("khabar_entities_total", "type"), "{{type}}")],
                stacked=True,
            ),
            Panel(
                "Events",
                "cps",
                [(rate("khabar_events_total", "type"), "{{type}}")],
                stacked=True,
            ),
            Panel(
                "Time of the models and of the events, 95 %",
                "s",
                [
                    (quantile(0.95, "khabar_annotate_seconds", ""), "models, a batch"),
                    (quantile(0.95, "khabar_events_seconds", ""), "events, an article"),
                ],
            ),
        ),
    ),
    (
        "Processes",
        (
            Panel(
                "Memory",
                "bytes",
                [
                    (
                        (
                            "max by (component, instance) "
                            f"(process_resident_memory_bytes{{{JOB}}})"
                        ),
                        "{{component}} {{instance}}",
                    )
                ],
                "Resident, without the processes that parse feeds.",
            ),
            Panel(
                "Processor",
                "short",
                [
                    (
                        (
                            "sum by (component, instance) "
                            f"(rate(process_cpu_seconds_total{{{JOB}}}"
                            "[$__rate_interval]))"
                        ),
                        "{{component}} {{instance}}",
                    )
                ],
                "Cores in use.",
            ),
            Panel(
                "Partitions and their changes",
                "short",
                [
                    (
                        f"sum by (worker) (khabar_assigned_partitions{{{JOB}}})",
                        "partitions of {{worker}}",
                    ),
                    (
                        (
                            "sum by (worker) (increase(khabar_rebalances_total"
                            f"{{{JOB}}}[$__rate_interval]))"
                        ),
                        "changes of {{worker}}",
                    ),
                ],
            ),
        ),
    ),
)


def dashboard() -> dict[str, Any]:
    """Return the dashboard as Grafana reads it."""
    return {
        "uid": "khabar",
        "title": "Khabar",
        "description": "Hindi news as a live stream: is it well, and what flows.",
        "tags": ["khabar", "kafka"],
        "schemaVersion": 39,
        "editable": True,
        "refresh": "30s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "browser",
        "graphTooltip": 1,
        "templating": {
            "list": [
                {
                    "name": "datasource",
                    "type": "datasource",
                    "label": "Prometheus",
                    "query": "prometheus",
                }
            ]
        },
        "panels": [*_panels()],
    }


def _panels() -> Iterator[dict[str, Any]]:
    number, top = 0, 0
    for title, panels in ROWS:
        number += 1
        place = {"x": 0, "y": top, "w": WIDTH, "h": 1}
        yield {
            "id": number,
            "type": "row",
            "title": title,
            "collapsed": False,
            "gridPos": place,
            "panels": [],
        }
        top += 1
        left = 0
        for panel in panels:
            if left + panel.width > WIDTH:
                left, top = 0, top + HEIGHT
            number += 1
            place = {"x": left, "y": top, "w": panel.width, "h": HEIGHT}
            yield {"id": number, "gridPos": place, **_drawn(panel)}
            left += panel.width
        top += HEIGHT


def _drawn(panel: Panel) -> dict[str, Any]:
    custom: dict[str, Any] = {}
    if panel.kind == "timeseries":
        custom = {"fillOpacity": 10, "showPoints": "never"}
        if panel.stacked:
            custom["stacking"] = {"mode": "normal", "group": "A"}
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.meaning,
        "datasource": SOURCE,
        "fieldConfig": {
            "defaults": {"unit": panel.unit, "min": 0, "custom": custom},
            "overrides": [],
        },
        "targets": [
            {
                "refId": chr(ord("A") + place),
                "datasource": SOURCE,
                "expr": query,
                "legendFormat": legend,
            }
            for place, (query, legend) in enumerate(panel.queries)
        ],
    }


if __name__ == "__main__":
    json.dump(dashboard(), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
