"""The closing tables of the demo: figures, and what was found in the seed article."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from workers.cli.demo.ledger import Ledger
from workers.cli.demo.seed import Finding
from workers.cli.demo.worker_processes import Count, WorkerProcess
from workers.domain import topics
from workers.domain.outcomes import Outcome
from workers.domain.records import EnrichedArticle

_KINDS_SHOWN = 9


def summary(
    ledger: Ledger, handled: Mapping[Count, int], seconds: float
) -> dict[str, Any]:
    """Return the figures of the closing table."""
    outcomes: Counter[str] = Counter()
    for count, number in handled.items():
        fetched = count.topic in {topics.ENTRIES.noun, topics.ENTRIES_DELAYED.noun}
        if count.worker == "articles" and fetched and number:
            outcomes[count.outcome] += number
    entities = Counter(
        entity.type.value
        for article in ledger.latest.values()
        for entity in article.entities
    )
    return {
        "feeds": len(ledger.states),
        "problems_of_feeds": {
            name: state.problem
            for name, state in sorted(ledger.states.items())
            if state.problem
        },
        "entries": ledger.seen[topics.ENTRIES.noun],
        "articles": len(ledger.latest),
        "revisions": len(ledger.enriched) - len(ledger.latest),
        "doubled": ledger.doubled,
        "entities": dict(entities.most_common()),
        "events": dict(ledger.events.most_common()),
        "outcomes_of_entries": dict(outcomes.most_common()),
        "dead_letters": sum(
            number
            for count, number in handled.items()
            if count.outcome == Outcome.DEAD_LETTER
        ),
        "seconds": round(seconds, 1),
    }


def print_summary(
    out: Console, figures: Mapping[str, Any], workers: Iterable[WorkerProcess]
) -> None:
    """Print the closing table."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")

    def row(name: str, number: object, remark: object = "") -> None:
        table.add_row(name, str(number), Text(str(remark), "dim"))

    problems = [
        f"{name}: {words}" for name, words in figures["problems_of_feeds"].items()
    ]
    row("feeds", figures["feeds"], "; ".join(problems))
    row("entries", figures["entries"], _listed(figures["outcomes_of_entries"]))
    row(
        "articles",
        figures["articles"],
        f"{figures['revisions']} revised, {figures['doubled']} doubled",
    )
    for name in ("entities", "events"):
        row(name, sum(figures[name].values()), _listed(figures[name]))
    row("dead letters", figures["dead_letters"])
    row("seconds", figures["seconds"], "from the first feed to the last record")
    for number, worker in enumerate(workers):
        name = "" if number else "metrics"
        table.add_row(name, "", Text(f"{worker.name:<9} {worker.metrics}"))
    out.print(table)


def print_seed(
    out: Console, article: EnrichedArticle | None, findings: Sequence[Finding]
) -> None:
    """Print what was to be found in the seed article, and whether it was."""
    out.print()
    if article is None:
        out.print(Text("The seed article did not come out.", "bold red"))
        return
    out.print(Text.assemble(("Seed article", "bold"), f" {article.title}"))
    for finding in findings:
        mark = Text("✓", "green") if finding.found else Text("✗ missing", "bold red")
        out.print(Text.assemble("  ", mark, f" {finding.kind} {finding.text}"))


def _listed(counts: Mapping[str, int]) -> str:
    """Return the first few, of counts that are in falling order."""
    shown = [f"{number} {name}" for name, number in counts.items()][:_KINDS_SHOWN]
    left = len(counts) - len(shown)
    return ", ".join([*shown, f"{left} more kinds"] if left else shown)
