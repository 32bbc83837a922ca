"""`khabar metrics`: every metric that the workers serve, read from their modules."""

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from workers import fleet
from workers.cli.terminal.console import say
from workers.fleet.registry import names

if TYPE_CHECKING:
    from prometheus_client.metrics import MetricWrapperBase


class Metric(NamedTuple):
    """One metric, as it is declared."""

    name: str
    kind: str
    labels: tuple[str, ...]
    meaning: str


def metrics(
    *,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="As docs/metrics.md has them.")
    ] = False,
) -> None:
    """List the metrics that the workers serve at /metrics, and what they mean."""
    if markdown:
        say("\n".join(page()))
        return
    for title, listed in declared():
        say(title)
        for one in listed:
            labels = f" {{{', '.join(one.labels)}}}" if one.labels else ""
            say(f"  {one.name}{labels} [{one.kind}]")
            say(f"      {one.meaning}")
        say()


def declared() -> Iterator[tuple[str, Sequence[Metric]]]:
    """Yield the metrics that all workers share, then each worker's own."""
    yield "Every worker", _of_module("workers.runtime.service.metrics")
    for name in names():
        yield f"Worker {name}", _of_module(f"{fleet.__name__}.{name}")


def _of_module(name: str) -> Sequence[Metric]:
    """Return the metrics of a module, or of a package and the modules in it."""
    from prometheus_client.metrics import MetricWrapperBase

    module = importlib.import_module(name)
    inner = pkgutil.iter_modules(getattr(module, "__path__", ()), f"{name}.")
    modules = [module, *(importlib.import_module(each.name) for each in inner)]
    # one may be imported by another
    values = dict.fromkeys(
        value
        for each in modules
        for value in vars(each).values()
        if isinstance(value, MetricWrapperBase)
    )
    return [_described(value) for value in values]


def _described(metric: "MetricWrapperBase") -> Metric:
    (described,) = metric.describe()
    suffix = "_total" if described.type == "counter" else ""
    labels: tuple[str, ...] = tuple(metric._labelnames)  # noqa: SLF001 not public before a child is made
    return Metric(
        f"{described.name}{suffix}", described.type, labels, described.documentation
    )


def page() -> Iterator[str]:
    """Yield the metrics as lines of Markdown."""
    yield "# Metrics"
    yield ""
    yield (
        "Written by `khabar metrics --markdown`. Each worker serves them in the format"
        " of Prometheus at `/metrics` on `KHABAR_WORKER_METRICS_PORT`, beside"
        " `/healthz` (the loop goes round) and `/readyz` (partitions assigned, models"
        " loaded). Labels come from closed sets, never from a URL. The outcomes in"
        " `khabar_records_total` count each input record once, when its transaction is"
        " committed."
    )
    for title, listed in declared():
        yield ""
        yield f"## {title}"
        yield ""
        yield "| metric | type | labels | meaning |"
        yield "|---|---|---|---|"
        for one in listed:
            labels = ", ".join(f"`{label}`" for label in one.labels)
            yield f"| `{one.name}` | {one.kind} | {labels} | {one.meaning} |"
