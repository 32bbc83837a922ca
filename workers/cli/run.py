"""`khabar run`: one worker process."""

import importlib
import os
import pkgutil
import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workers import fleet
from workers.cli.console import USAGE, Failure

if TYPE_CHECKING:
    from workers.runtime.worker import Worker


def names() -> list[str]:
    """Return the name of every worker: a module or package in fleet/ is one."""
    return sorted(module.name for module in pkgutil.iter_modules(fleet.__path__))


def load(name: str) -> "Worker[Any]":
    """Import the worker of that name and no other."""
    if name not in names():
        message = f"there is no worker {name!r}; there are {', '.join(names())}"
        raise Failure(message, USAGE)
    module = importlib.import_module(f"{fleet.__name__}.{name}")
    worker: Worker[Any] = module.WORKER
    return worker


def run(
    name: Annotated[
        str, typer.Argument(help="poll, articles, entities or events.", metavar="NAME")
    ],
) -> None:
    """Run one worker until SIGTERM or Ctrl-C.

    Its settings come from the environment; `khabar settings` lists them.
    """
    worker = load(name)
    from workers.runtime import process

    sys.exit(process.run(worker, os.environ, worker_names=names()))
