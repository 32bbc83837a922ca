"""`khabar topics`: create the topics, compare them with the plan, describe them."""

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from workers.cli.terminal.connection import BootstrapServers, kafka_settings
from workers.cli.terminal.console import PROBLEMS, console, say
from workers.cli.topics import backup
from workers.fleet.registry import load, names

if TYPE_CHECKING:
    from workers.runtime.kafka.admin import TopicReport, TopicState

app = typer.Typer(no_args_is_help=True)
_STYLE = {"created": "green", "present": "", "different": "yellow", "missing": "red"}


@app.command(epilog="Example:\n\nkhabar topics apply --bootstrap-servers kafka:9092")
def apply(
    *,
    bootstrap_servers: BootstrapServers = None,
    replication: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Copies of each partition; else the broker's default.",
        ),
    ] = None,
) -> None:
    """Create the topics that are missing; topics that exist are never changed.

    Exit status 1 if one exists and is not as planned.
    """
    from workers.runtime.kafka import admin

    kafka = kafka_settings(bootstrap_servers)
    planned = admin.plans(kafka, names())
    reports = admin.apply_topics(kafka, planned, replication=replication)
    _show(reports, bad={admin.TopicState.DIFFERENT})


@app.command("list", epilog="Example:\n\nkhabar topics list")
def list_(*, bootstrap_servers: BootstrapServers = None) -> None:
    """Compare the topics on the broker with the plan; change nothing.

    Exit status 1 if one is missing or not as planned.
    """
    from workers.runtime.kafka import admin

    kafka = kafka_settings(bootstrap_servers)
    reports = admin.list_topics(kafka, admin.plans(kafka, names()))
    bad = {admin.TopicState.DIFFERENT, admin.TopicState.MISSING}
    _show(reports, bad=bad)


app.command(
    epilog="Example:\n\nkhabar topics dump article-states > article-states.jsonl"
)(backup.dump)
app.command(
    epilog="Example:\n\nkhabar topics load article-states article-states.jsonl"
)(backup.load)


@app.command(epilog="Example:\n\nkhabar topics describe > docs/topics.md")
def describe() -> None:
    """Print what each topic holds, field by field, in Markdown; asks no broker."""
    from workers.contract.topics_page import topics_page

    say(topics_page([load(name) for name in names()]))


def _show(reports: "Sequence[TopicReport]", bad: "Collection[TopicState]") -> None:
    from rich.text import Text

    out = console()
    width = max(len(report.name) for report in reports)
    for report in reports:
        state = (f"{report.state:<9}", _STYLE.get(report.state, ""))
        count = f"  {report.partitions} partitions" if report.partitions else ""
        out.print(Text.assemble(f"{report.name:<{width}}  ", state, count))
        for difference in report.differences:
            out.print(Text(f"    {difference}"))
    if any(report.state in bad for report in reports):
        raise typer.Exit(PROBLEMS)
