"""`khabar`: the only place where the parts are put together.

Every module here imports what is heavy inside the command that needs it, so that
`khabar --help` and the workers' own start stay quick.
"""

import sys

import typer

from workers.cli import (
    annotate,
    broker,
    dead_letters,
    demo,
    doctor,
    evaluate,
    feeds,
    run,
    schemas,
    settings,
    tail,
    topics,
)
from workers.cli.console import (
    CONFIGURATION,
    INTERRUPTED,
    TEMPORARY,
    Failure,
    complain,
)
from workers.domain.outcomes import ConfigurationError, TransientError

app = typer.Typer(
    name="khabar",
    help="ख़बर: Hindi news as a live stream of articles, entities and events.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Start with:\n\nkhabar demo",
)
app.command(epilog="Examples:\n\nkhabar demo --json\n\nkhabar demo")(demo.demo)
app.command(
    epilog="Examples:\n\nkhabar tail events --json\n\nkhabar tail enriched --max 3"
)(tail.tail)
app.command(
    epilog="Examples:\n\nkhabar annotate --jsonl in.jsonl > out.jsonl\n\n"
    "khabar annotate article.txt"
)(annotate.annotate)
app.add_typer(annotate.events, name="events", help="See how events are found.")
app.add_typer(
    evaluate.app, name="evaluate", help="Score the models against gold of yours."
)
app.command(
    epilog="Examples:\n\nkhabar broker\n\nkhabar broker --data ~/khabar --port 9093"
)(broker.broker)
app.add_typer(topics.app, name="topics", help="Create the topics, or look at them.")
app.add_typer(feeds.app, name="feeds", help="Manage the feeds that are polled.")
app.command(epilog="Example:\n\nKHABAR_WORKER_METRICS_PORT=9101 khabar run poll")(
    run.run
)
app.command(epilog="Examples:\n\nkhabar settings poll\n\nkhabar settings --markdown")(
    settings.settings
)
app.add_typer(
    dead_letters.app, name="dlq", help="Look at records that could not be processed."
)
app.add_typer(
    schemas.app, name="schemas", help="Write or check the contract's schema files."
)
app.command(epilog="Example:\n\nkhabar doctor")(doctor.doctor)


def main() -> None:
    """Run the command line; trouble becomes one line and an exit status."""
    try:
        app(prog_name="khabar")
    except Failure as failure:
        _end(str(failure), failure.status)
    except ConfigurationError as error:
        _end(str(error), CONFIGURATION)
    except TransientError as error:
        _end(str(error), TEMPORARY)
    except BrokenPipeError:  # the reader of a pipe, `head` say, has seen enough
        sys.stderr.close()
        sys.exit(INTERRUPTED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _end(message: str, status: int) -> None:
    complain(f"khabar: {message}")
    sys.exit(status)
