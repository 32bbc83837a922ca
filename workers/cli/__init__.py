"""`khabar`: the command line, and the only place where the parts are put together.

Every module here imports what is heavy inside the command that needs it, so that
`khabar --help` and the workers' own start stay quick.
"""

import sys
import traceback
from collections.abc import Callable
from typing import Annotated

import typer

from workers import __version__
from workers.cli import (
    annotate,
    broker,
    dead_letters,
    demo,
    doctor,
    evaluate,
    export,
    extract,
    metrics,
    models,
    run,
    schemas,
    settings,
    tail,
)
from workers.cli.feeds import commands as feeds
from workers.cli.terminal.console import (
    CONFIGURATION,
    DEBUG,
    INTERNAL,
    INTERRUPTED,
    TEMPORARY,
    Failure,
    print_error,
    say,
)
from workers.cli.topics import commands as topics
from workers.domain.outcomes import ConfigurationError, TransientError

# Panels of `khabar --help`.
_SEE = "See it"
_RUN = "Run it"
_BUILD = "Build on it"

app = typer.Typer(
    name="khabar",
    help="ख़बर: Hindi news as a live stream of articles, entities and events.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Start with:\n\nkhabar demo",
)


def _show_version(asked: bool) -> None:  # noqa: FBT001 typer's signature
    if asked:
        say(f"khabar {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    _debug: Annotated[
        bool,
        typer.Option(
            DEBUG, help="Show the traceback of an internal error, for a report."
        ),
    ] = False,
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_show_version,
            is_eager=True,
            help="Show the version and exit.",
        ),
    ] = False,
) -> None:
    pass


def _command(function: Callable[..., None], panel: str, *examples: str) -> None:
    lines = ["Example:" if len(examples) == 1 else "Examples:", *examples]
    app.command(epilog="\n\n".join(lines), rich_help_panel=panel)(function)


_command(demo.demo, _SEE, "khabar demo --json", "khabar demo")
_command(tail.tail, _SEE, "khabar tail events --json", "khabar tail enriched --max 3")
_command(
    annotate.annotate,
    _SEE,
    "khabar annotate --jsonl in.jsonl > out.jsonl",
    "khabar annotate article.txt --date 2026-11-24",
    "khabar annotate --csv texts/ > events.csv",
)
_command(
    extract.extract,
    _SEE,
    "khabar extract page.html --json",
    "khabar extract https://example.com/khabar-510231.html",
)
_command(
    broker.broker, _RUN, "khabar broker", "khabar broker --data ~/khabar --port 9093"
)
_command(run.run, _RUN, "KHABAR_WORKER_METRICS_PORT=9101 khabar run poll")
_command(
    doctor.doctor,
    _RUN,
    "khabar doctor",
    "khabar doctor --broker kafka:9092 --worker events --wait 60",
)
_command(
    settings.settings, _BUILD, "khabar settings poll", "khabar settings --markdown"
)
_command(metrics.metrics, _BUILD, "khabar metrics")

for group, name, panel, words in (
    (annotate.events, "events", _SEE, "See how events are found."),
    (export.app, "export", _SEE, "Write events for other programs."),
    (topics.app, "topics", _RUN, "Create the topics, or look at them."),
    (feeds.app, "feeds", _RUN, "Manage the feeds that are polled."),
    (dead_letters.app, "dlq", _RUN, "Look at records that could not be processed."),
    (models.app, "models", _RUN, "Check the models."),
    (schemas.app, "schemas", _BUILD, "Write or check the contract's schema files."),
    (evaluate.app, "evaluate", _BUILD, "Score the models against gold of yours."),
):
    app.add_typer(group, name=name, help=words, rich_help_panel=panel)


def main() -> None:
    """Run the command line; an error becomes one line and an exit status."""
    try:
        app(prog_name="khabar")
    except Failure as failure:
        _end(str(failure), failure.status)
    except ConfigurationError as error:
        _end(str(error), CONFIGURATION)
    except TransientError as error:
        _end(str(error), TEMPORARY)
    except BrokenPipeError:  # the reader of a pipe, such as `head`, has ended
        sys.stderr.close()
        sys.exit(INTERRUPTED)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as error:  # noqa: BLE001 whatever it is, the last line says why
        _end(_internal_error(error), INTERNAL)


def _internal_error(error: Exception) -> str:
    """Return where an unexpected error was raised; --debug prints the traceback too."""
    debug = DEBUG in sys.argv
    if debug:
        traceback.print_exception(error)
    *_, place = traceback.extract_tb(error.__traceback__)
    where = f"in {place.name}, {place.filename}:{place.lineno}"
    hint = "" if debug else f"; khabar {DEBUG} … shows the traceback"
    return f"internal error: {type(error).__name__}: {error} ({where}){hint}"


def _end(message: str, status: int) -> None:
    print_error(f"khabar: {message}")
    sys.exit(status)
