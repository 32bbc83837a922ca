"""`khabar run`: run one worker in this process."""

import os
import sys
from typing import Annotated

import typer

from workers.cli.terminal.console import USAGE, Failure
from workers.fleet import registry


def run(
    name: Annotated[
        str, typer.Argument(help="poll, articles, entities or events.", metavar="NAME")
    ],
) -> None:
    """Run one worker until SIGTERM or Ctrl-C.

    Its settings come from the environment; `khabar settings` lists them.
    """
    try:
        worker = registry.load(name)
    except registry.UnknownWorkerError as error:
        raise Failure(str(error), USAGE) from error
    from workers.runtime import main

    sys.exit(main.run(worker, os.environ, worker_names=registry.names()))
