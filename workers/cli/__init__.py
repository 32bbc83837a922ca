"""`khabar`: the only place where the parts are put together.

Every module here imports what is heavy inside the command that needs it, so that
`khabar --help` and the workers' own start stay quick.
"""

import sys

import typer

from workers.cli import broker, schemas
from workers.cli.console import INTERRUPTED, Failure, complain

app = typer.Typer(
    name="khabar",
    help="ख़बर: Hindi news as a live stream of articles, entities and events.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    epilog="Start with:\n\nkhabar demo",
)
app.command(
    epilog="Examples:\n\nkhabar broker\n\nkhabar broker --data ~/khabar --port 9093"
)(broker.broker)
app.add_typer(
    schemas.app, name="schemas", help="Write or check the contract's schema files."
)


def main() -> None:
    """Run the command line; trouble becomes one line and an exit status."""
    try:
        app()
    except Failure as failure:
        complain(f"khabar: {failure}")
        sys.exit(failure.status)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
