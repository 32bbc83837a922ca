"""`khabar doctor`: what this machine has, and what to do about what it lacks."""

from collections.abc import Callable, Iterator
from typing import Annotated

import typer

from workers.cli.doctor.finding import Finding, Verdict, show
from workers.cli.terminal.connection import BootstrapServers
from workers.cli.terminal.console import PROBLEMS, USAGE, Failure


def doctor(
    *,
    broker: Annotated[
        str | None,
        typer.Option(
            metavar="HOST:PORT",
            help="Check only what workers need of these brokers: before they start.",
            show_default=False,
        ),
    ] = None,
    worker: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="With --broker: what this worker needs, not all."
        ),
    ] = None,
    wait: Annotated[
        float,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="With --broker: so long for brokers and topics to be there.",
        ),
    ] = 0,
    bootstrap_servers: BootstrapServers = None,
) -> None:
    """Check Python packages, Java, Kafka, models, broker and clock.

    Exit status 1 if something is bad; each line says what to do. With --broker, 75 if
    no broker answers, 78 if login, topics or rights are not as they must be.
    """
    from workers.cli.doctor import clock, machine, readiness

    if broker is not None:
        raise typer.Exit(readiness.check_broker(broker, worker, wait))
    if worker is not None or wait:
        raise Failure("--worker and --wait go with --broker", USAGE)
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        machine.python,
        machine.packages,
        machine.java,
        machine.models,
        lambda: machine.broker(bootstrap_servers),
        clock.clock,
    )
    findings = [finding for check in checks for finding in check()]
    show(findings)
    if any(finding.verdict is Verdict.BAD for finding in findings):
        raise typer.Exit(PROBLEMS)
